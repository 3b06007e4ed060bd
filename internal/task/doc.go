// Package task is the edge between the state machine and control: each step of a
// sync as a task from JSON to JSON, errors under the names that the definition
// retries and catches, and the engine that runs the definition in this process.
package task
