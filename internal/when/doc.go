// Package when reads times and lengths of time as people write them: on the
// command line, and in the console's forms. What it is given is UTC, and now comes
// in as a value.
package when
