package task

import (
	"encoding/json"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// failure is an error on its way through the state machine, which passes on a
// name and a text: the text is the problem as the sync's record will keep it.
type failure struct {
	problem slipway.Problem
	cause   error
}

func fail(err error) error {
	if err == nil {
		return nil
	}
	f := fault.Of(err)
	passing := f.Kind == fault.Unavailable || f.Kind == fault.Conflict || f.Kind == fault.Internal
	return &failure{slipway.Problem{Code: f.Code, Detail: f.Detail, Hint: f.Hint, Transient: passing}, err}
}

// Error is the problem as JSON.
func (f *failure) Error() string {
	text, err := json.Marshal(f.problem)
	if err != nil { // texts and a bool always encode
		return f.problem.Detail
	}
	return string(text)
}

func (f *failure) Unwrap() error { return f.cause }

// ErrorName is the name of an error in the definition: its fault's kind, such as
// Unavailable or LeaseLost.
func ErrorName(err error) string { return fault.KindOf(err).Name() }

// stateError is what a Catch puts into the state: the error's name, and for a
// task's the JSON of its type and its message.
type stateError struct {
	Error string
	Cause string
}

// problem is a state's error as a sync's record keeps it.
func (e stateError) problem() *slipway.Problem {
	var cause struct {
		Message string `json:"errorMessage"`
	}
	var p slipway.Problem
	if json.Unmarshal([]byte(e.Cause), &cause) == nil && json.Unmarshal([]byte(cause.Message), &p) == nil && p.Code != "" {
		return &p
	}
	switch e.Error {
	case "States.Timeout", "Sandbox.Timedout":
		return &slipway.Problem{Code: "timed-out", Detail: "a step took longer than it may", Hint: "sync again", Transient: true}
	case "Runtime.ExitError", "Runtime.OutOfMemory", "Lambda.Unknown":
		return &slipway.Problem{Code: "crashed", Detail: "a step crashed", Hint: "sync again; if it crashes again, report it", Transient: true}
	case "Lambda.TooManyRequestsException":
		return &slipway.Problem{Code: "throttled", Detail: "AWS Lambda refused a step for want of concurrency", Hint: "sync again; if it happens often, ask for a higher limit", Transient: true}
	}
	return &slipway.Problem{Code: "internal", Detail: "a step failed: " + e.Error, Hint: "sync again", Transient: true}
}
