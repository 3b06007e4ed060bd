//go:build race

package sandbox

// raceEnabled: the race detector makes the engine about ten times slower.
const raceEnabled = true
