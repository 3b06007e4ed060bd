//go:build race

package bundle

// raceEnabled: the race detector makes the engine about ten times slower.
const raceEnabled = true
