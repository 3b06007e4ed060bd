package functionwire

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"github.com/slipway-dev/slipway/internal/awswire"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

// Wire puts a function together.
type Wire func(ctx context.Context, p Parts) (lambdaevent.Function, error)

// Serve wires a function and serves it until Lambda ends the process. It comes
// back only where that failed, with the process's exit code; the log says why.
func Serve(log io.Writer, getenv func(string) string, wire Wire, needs ...Need) int {
	p := Parts{Log: newLog(log, slog.LevelInfo), Now: time.Now}
	f, err := p.function(context.Background(), getenv, wire, needs, log)
	if err != nil {
		p.Log.Error("function not wired", "error", err)
		return 1
	}
	slog.SetDefault(f.Log) // what the runtime says of itself is a line like the others
	lambda.Start(f)
	return 1
}

func (p *Parts) function(ctx context.Context, getenv func(string) string, wire Wire, needs []Need, log io.Writer) (lambdaevent.Function, error) {
	var err error
	if p.Settings, err = ReadSettings(getenv); err != nil {
		return lambdaevent.Function{}, err
	}
	p.Log = newLog(log, p.Settings.LogLevel)
	if p.AWS, err = awswire.Load(ctx); err != nil {
		return lambdaevent.Function{}, err
	}
	for _, open := range needs {
		if err := open(ctx, p); err != nil {
			return lambdaevent.Function{}, err
		}
	}
	f, err := wire(ctx, *p)
	f.Log = p.Log
	return f, err
}
