// Testcount reads the events of go test -json and prints what a person wants of
// them: one line for each package, the whole output of what failed, then what
// was skipped and why, and at the end the counts, alone on a line:
//
//	412 passed, 0 failed, 3 skipped
//
// It exits with 1 if anything failed, and if nothing ran. A test with subtests
// counts by its subtests.
package main
