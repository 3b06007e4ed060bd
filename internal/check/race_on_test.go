//go:build race

package check_test

// raceEnabled: the race detector makes the engine about ten times slower.
const raceEnabled = true
