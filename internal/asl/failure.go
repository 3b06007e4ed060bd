package asl

import (
	"errors"
	"fmt"
	"strings"
)

// ExecutionError is the end of an execution that failed.
type ExecutionError struct {
	Name  string // the error name: of a task's error, a Fail state, or the language
	Cause string // for people; of a task, JSON as AWS gives it: {"errorType": …, "errorMessage": …}
	State string // the state that failed, as a path such as Validate[3].Check
	err   error
}

// Error names the state, the error and the cause.
func (e *ExecutionError) Error() string {
	return fmt.Sprintf("state %s: %s: %s", e.State, e.Name, e.Cause)
}

// Unwrap is the error of the task, a *Crash if it panicked, or nil.
func (e *ExecutionError) Unwrap() error { return e.err }

// Crash is the error of a task that panicked or ended its goroutine; its name is
// Runtime.ExitError, as of a function that dies on AWS.
type Crash struct {
	Value any    // what it panicked with
	Stack []byte // where
}

// Error says what the task panicked with.
func (c *Crash) Error() string { return fmt.Sprintf("the task crashed: %v", c.Value) }

// maxMessage is how many bytes of an error's text a cause keeps, so that it
// fits between states.
const maxMessage = 8 << 10

// taskFailure is the failure of a task, or of Entered.
func (v *visit) taskFailure(err error) *ExecutionError {
	name := errorCrash
	if _, crashed := errors.AsType[*Crash](err); !crashed {
		name = v.ErrorName(err)
	}
	if name == "" {
		name = errorTask
	}
	message := err.Error()
	if len(message) > maxMessage {
		message = strings.ToValidUTF8(message[:maxMessage], "") + " …"
	}
	cause, _ := encodeValue(map[string]any{"errorType": name, "errorMessage": message})
	return &ExecutionError{Name: name, Cause: string(cause), State: v.path, err: err}
}

// failure is one of the language's own.
func (v *visit) failure(name, format string, args ...any) *ExecutionError {
	return &ExecutionError{Name: name, Cause: fmt.Sprintf(format, args...), State: v.path}
}

// nowhere is the failure of a path in a field.
func (v *visit) nowhere(field string, p *path) *ExecutionError {
	return v.failure(errorRuntime, "%s: the path %s leads nowhere", field, p.text)
}

// fits refuses data that is too much to pass on.
func (v *visit) fits(what string, data any) ([]byte, *ExecutionError) {
	encoded, err := encodeValue(data)
	if err != nil {
		return nil, v.failure(errorRuntime, "%s: %v", what, err)
	}
	if len(encoded) > MaxPayload {
		return nil, v.failure(errorDataLimit, "%s has %d bytes, over %d", what, len(encoded), MaxPayload)
	}
	return encoded, nil
}
