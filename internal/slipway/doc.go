// Package slipway holds the nouns (environment, sync, workflow, deployment,
// ledger) and every decision about them, as values and pure functions: no
// clock, no store, no context, no logger. Time comes in as a value.
//
// The heart is the ledger: a numbered log per environment whose newest row, the
// head, says what is live. Every command is a value whose Decide reads the head
// and gives the rows to append, none if nothing would change, or the fault that
// refuses it. The invariants of the product are kept, and tested, here.
package slipway
