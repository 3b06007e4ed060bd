// Package asl runs a state machine written in the part of the Amazon States
// Language that Slipway uses: JSONPath; Task, Choice, Pass, inline Map, Succeed
// and Fail; Retry and Catch. What it runs ends as it would on Step Functions.
//
// Load refuses whatever lies outside that part, all of it at once, and says of
// each place what would be right. It also refuses what has no longest time:
// loops, and tasks without a time-out. Clock, chance and tasks come in with a
// Run; only time-outs of tasks are kept by their contexts.
package asl
