// Command bench measures Slipway beside what does the same work without it, and
// prints a table of ratios. Run it from the module's root: go run ./internal/bench.
//
// Each number and the number it is divided by come from one run, their
// repetitions one after the other in turns; a row holds the medians. It is no
// test: nothing passes or fails by a time. docs/performance.md says what each row
// means.
package main
