package functionwire

import (
	"context"
	"io"
	"log/slog"

	"github.com/aws/aws-lambda-go/lambdacontext"

	"github.com/slipway-dev/slipway/internal/control"
)

// newLog writes JSON lines that name the invocation they were written in.
func newLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(invocations{slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level})})
}

// invocations adds the id of the invocation that a line's context belongs to.
type invocations struct{ slog.Handler }

// Handle writes a line.
func (i invocations) Handle(ctx context.Context, r slog.Record) error {
	if id := invocation(ctx); id != "" {
		r.AddAttrs(slog.String("invocation", id))
	}
	return i.Handler.Handle(ctx, r)
}

// WithAttrs implements slog.Handler.
func (i invocations) WithAttrs(attrs []slog.Attr) slog.Handler {
	return invocations{i.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (i invocations) WithGroup(name string) slog.Handler {
	return invocations{i.Handler.WithGroup(name)}
}

// invocation is Lambda's id of the request that ctx belongs to, "" for none.
func invocation(ctx context.Context) string {
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		return lc.AwsRequestID
	}
	return ""
}

// observe logs what the plane did.
func (p Parts) observe(e control.Event) {
	switch {
	case e.Sync != nil:
		attributes := []any{"environment", e.Environment, "sync", e.Sync.ID, "status", e.Sync.Status, "found", e.Sync.Counts.Found, "live", e.Sync.Counts.Live}
		if e.Sync.Problem != nil {
			attributes = append(attributes, "code", e.Sync.Problem.Code, "detail", e.Sync.Problem.Detail)
		}
		p.Log.Info("sync ended", attributes...)
	case e.Row != nil:
		p.Log.Info("release", "environment", e.Environment, "number", e.Row.Number, "cause", e.Row.Cause,
			"actor", e.Row.Actor.String(), "changes", len(e.Row.Changes), "took", e.Took)
	}
}
