// Package web is what the edges that answer HTTP requests have alike, whichever of
// them answers: the status of a fault, and a writer that remembers the status that
// was sent. It writes no answers itself.
package web
