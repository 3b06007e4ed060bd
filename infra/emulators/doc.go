// Emulators starts what stands for AWS in tests, runs a command beside it, and
// stops it again, however the command ends:
//
//	emulators [-need] go test ./internal/dynamo
//
// It fetches the pinned versions into .bin/emulators the first time. What the
// machine has no tool for is left out with one line that says so; with -need that
// is a failure. The command finds the endpoints in SLIPWAY_DYNAMODB_ENDPOINTS.
package main
