// Emulators starts what stands for AWS in tests, runs a command beside it, and
// stops it again: emulators [-need] [-stack] go test ./...
//
// It fetches the pinned versions into .bin/emulators. What the machine has no tool
// for is left out with one line that says so; with -need that is a failure. The
// command finds the endpoints in SLIPWAY_DYNAMODB_ENDPOINTS. With -stack it also
// builds and deploys template.yaml with the SAM CLI, and deletes it afterwards; the
// API is then in SLIPWAY_TARGET, SLIPWAY_TARGET_HOST and SLIPWAY_TARGET_TOKEN; the
// emulator, the state machine and the guard in SLIPWAY_TARGET_AWS, _STATE_MACHINE and
// _GUARD. -at deploys to what runs already, such as LocalStack, without a guard.
package main
