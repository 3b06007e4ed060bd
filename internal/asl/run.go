package asl

import (
	"context"
	"encoding/json"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// MaxPayload is how many bytes of JSON may pass between states, as on AWS.
const MaxPayload = 256 << 10

// defaultGrace is what a Run without Grace gives.
const defaultGrace = 5 * time.Second

// Faults of a Run that cannot begin.
const (
	CodeBadInput      = "bad-input"      // Invalid: no JSON, or more than MaxPayload
	CodeIncompleteRun = "incomplete-run" // Internal: the Run lacks a field, or a task
)

// Task is what a Task state calls. It should return soon after its context has
// ended: see Run.Grace.
type Task func(ctx context.Context, input json.RawMessage) (json.RawMessage, error)

// Run is what an execution needs from its world. All fields but Entered and
// Grace have to be there.
type Run struct {
	Name      string                                     // $$.Execution.Name, and $$.Execution.Id
	Tasks     map[string]Task                            // by Resource
	ErrorName func(error) string                         // of a task's error; "" is States.TaskFailed
	Sleep     func(context.Context, time.Duration) error // before a retry; it ends with its context
	Now       func() time.Time                           // $$.State.EnteredTime
	Rand      func() float64                             // from 0 to 1, for jitter

	// Entered is told of each attempt at each state before it is made; the first
	// is 1. The state is a path: Check, or Validate[3].Check for the state Check of
	// the Map Validate on its item 3. Items tell side by side. Its error is handled
	// like a task's: retried, caught, or the end. It is always waited for.
	Entered func(ctx context.Context, state string, attempt int) error

	// Grace is how long a task is waited for once its context has ended, by its
	// time-out, by the failure of another item of its Map, or with the whole
	// execution. Then the machine goes on, and what the task still gives is
	// dropped. Zero is five seconds.
	Grace time.Duration
}

// execution is one Run of a Machine.
type execution struct {
	Run
	input any
}

// Run runs the machine on an input and gives its output. No input is {}.
//
// An execution that fails gives an *ExecutionError. When ctx ends, Run gives its
// cause, after the running tasks have returned or their Grace is over. A Run or
// an input that is not right is a fault, and nothing has been run.
func (m *Machine) Run(ctx context.Context, r Run, input json.RawMessage) (json.RawMessage, error) {
	if err := m.complete(r); err != nil {
		return nil, err
	}
	if len(input) == 0 {
		input = json.RawMessage("{}")
	}
	data, err := decodeValue(input)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, CodeBadInput, "the input is no JSON")
	}
	if len(input) > MaxPayload {
		return nil, fault.New(fault.Invalid, CodeBadInput, "the input has %d bytes, over %d", len(input), MaxPayload)
	}
	if r.Grace == 0 {
		r.Grace = defaultGrace
	}
	e := &execution{Run: r, input: data}
	out, err := e.scope(ctx, m.top, "", data)
	if err != nil {
		return nil, err
	}
	return encodeValue(out)
}

// complete refuses a Run that lacks something.
func (m *Machine) complete(r Run) error {
	if r.ErrorName == nil || r.Sleep == nil || r.Now == nil || r.Rand == nil {
		return fault.New(fault.Internal, CodeIncompleteRun, "a run needs ErrorName, Sleep, Now and Rand")
	}
	for _, name := range m.Resources() {
		if r.Tasks[name] == nil {
			return fault.New(fault.Internal, CodeIncompleteRun, "a run needs a task for %q", name)
		}
	}
	return nil
}

// scope runs states until one is the end. Its error is an *ExecutionError, or
// the cause of ctx's end.
func (e *execution) scope(ctx context.Context, s *scope, prefix string, data any) (any, error) {
	for st := s.start; st != nil; {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		v := &visit{execution: e, state: st, path: prefix + st.Name, raw: data, context: e.contextOf(st)}
		out, next, err := v.run(ctx)
		if err != nil {
			return nil, err
		}
		st, data = next, out
	}
	return data, nil
}

// contextObject is what $$ leads to.
type contextObject map[string]any

func (e *execution) contextOf(st *state) contextObject {
	return contextObject{
		"Execution": map[string]any{"Id": e.Name, "Name": e.Name, "Input": e.input},
		"State":     map[string]any{"Name": st.Name, "EnteredTime": e.Now().UTC().Format("2006-01-02T15:04:05.000Z")},
	}
}
