// Package diagnostic holds the messages about the user's own files: data with a
// stable code and a place, never a Go error. Every code is registered in
// codes.go and explained in docs/diagnostics.md.
//
// A diagnostic never holds a secret or the value of a binding's option: the
// line's text is left out for any place inside bindings.
package diagnostic
