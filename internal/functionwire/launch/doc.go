// Package launch begins elsewhere what control asks for: an execution of the
// state machine for the sync that waits, an invocation for a plan. It is the
// Start of a plane in a function, which may not leave work behind when it has
// answered: so it waits until the work has begun, and records where it could not.
package launch
