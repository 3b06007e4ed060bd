// Package statemachine holds the definition of a sync's state machine, which AWS
// Step Functions and the local interpreter both run. README.md lists its states,
// faults and ends.
package statemachine

import _ "embed"

// Definition is sync.asl.json.
//
//go:embed sync.asl.json
var Definition string
