package lambdaevent

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambda/messages"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Plan names a plan to the function that works on it.
type Plan struct {
	Environment string `json:"environment"` // id
	ID          string `json:"id"`
}

// PlanEvent is the payload of an invocation for a plan.
type PlanEvent struct {
	Plan Plan `json:"plan"`
}

// Function is what a function does for each source of events; nil for one that
// does not invoke it.
type Function struct {
	HTTP http.Handler
	Tick func(ctx context.Context) error
	Plan func(ctx context.Context, p Plan) error
	// Task does a task of the state machine. The text of its error is passed on.
	Task func(ctx context.Context, input json.RawMessage) (json.RawMessage, error)
	Log  *slog.Logger
}

var _ lambda.Handler = Function{}

// crashed is the name under which the state machine knows a function that died.
const crashed = "Runtime.ExitError"

// probe is what tells events apart.
type probe struct {
	Version        string `json:"version"`
	RequestContext struct {
		HTTP json.RawMessage `json:"http"`
	} `json:"requestContext"`
	Tick bool   `json:"tick"`
	Plan *Plan  `json:"plan"`
	Sync string `json:"sync"`
}

// Invoke handles one event. An error has the kind of its fault as its name:
// Lambda would otherwise name the Go type that happens to be outermost. After a
// panic the process ends, as it does after any other crash.
func (f Function) Invoke(ctx context.Context, payload []byte) (answer []byte, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			f.Log.ErrorContext(ctx, "function broke", "panic", fmt.Sprint(broken), "stack", string(debug.Stack()))
			answer, err = nil, messages.InvokeResponse_Error{Type: crashed, Message: "the function crashed", ShouldExit: true}
		}
	}()
	var p probe
	if err := json.Unmarshal(payload, &p); err != nil {
		return nil, f.failed(ctx, unexpected("an event that is no JSON object"))
	}
	switch {
	case p.Version == "2.0" && p.RequestContext.HTTP != nil && f.HTTP != nil:
		return f.serve(ctx, payload)
	case p.RequestContext.HTTP != nil:
		return nil, f.failed(ctx, unexpected("an HTTP request"))
	case p.Tick && f.Tick != nil:
		return f.done(ctx, f.Tick(ctx))
	case p.Plan != nil && f.Plan != nil:
		return f.done(ctx, f.Plan(ctx, *p.Plan))
	case p.Sync != "" && f.Task != nil:
		answer, err := f.Task(ctx, payload)
		if err != nil {
			f.Log.ErrorContext(ctx, "task failed", "name", fault.KindOf(err).Name(), "sync", p.Sync, "error", err)
			return nil, messages.InvokeResponse_Error{Type: fault.KindOf(err).Name(), Message: err.Error()}
		}
		return answer, nil
	}
	return nil, f.failed(ctx, unexpected("this event"))
}

// done answers those that wait for no answer.
func (f Function) done(ctx context.Context, err error) ([]byte, error) {
	if err != nil {
		return nil, f.failed(ctx, err)
	}
	return []byte("{}"), nil
}

// failed is err on its way out: its text stays in the log.
func (f Function) failed(ctx context.Context, err error) error {
	of := fault.Of(err)
	f.Log.ErrorContext(ctx, "invocation failed", "name", of.Kind.Name(), "code", of.Code, "error", err)
	return messages.InvokeResponse_Error{Type: of.Kind.Name(), Message: of.Detail}
}

func unexpected(what string) error {
	return fault.New(fault.Invalid, "unexpected-event", "this function is not invoked with %s", what).
		WithHint("the event.json beside each function is a sample of what it takes")
}
