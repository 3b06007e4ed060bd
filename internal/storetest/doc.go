// Package storetest is the one conformance suite that every control.Store runs:
// Run checks each promise that the ports make, each fault and each order, also
// under concurrency and, where a store can be opened twice, across handles.
//
// Flaky wraps a store so that its writes fail before they happen, or happen and
// report that they did not, or lose a race; tests of the layers above use it.
package storetest
