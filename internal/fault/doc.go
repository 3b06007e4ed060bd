// Package fault is the one vocabulary of errors. A Fault has a kind, which an
// edge translates to an exit status, an HTTP status or an error type name; a
// stable code, which programs read; a detail and a hint, which people read; and
// often a fix, the command that would make the refused thing possible.
//
// Everything below an edge returns faults or wraps them with the operation in
// lower case ("read head: %w"). Nothing compares texts.
package fault
