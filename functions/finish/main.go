// The function finish ends a sync, however its steps went, from its records, and
// starts the one that waited for it. It is on every path of the state machine, so
// it needs little: the table, and what starts executions.
package main

import (
	"context"
	"os"

	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/functionwire/launch"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
	"github.com/slipway-dev/slipway/internal/task"
)

func main() {
	os.Exit(functionwire.Serve(os.Stderr, os.Getenv, wire, functionwire.Table))
}

func wire(_ context.Context, p functionwire.Parts) (lambdaevent.Function, error) {
	plane, err := launch.Wire(p, nil)
	if err != nil {
		return lambdaevent.Function{}, err
	}
	return lambdaevent.Function{Task: task.Tasks(plane)[task.Finish]}, nil
}
