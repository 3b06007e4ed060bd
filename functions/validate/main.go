// The function validate checks one batch of a sync, divides one whose check has
// crashed, or checks a plan. It runs foreign code, so it knows the bucket alone:
// no table, no repository, no secret.
package main

import (
	"context"
	"os"

	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/functionwire/bucket"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
	"github.com/slipway-dev/slipway/internal/sandbox"
	"github.com/slipway-dev/slipway/internal/task"
)

func main() {
	os.Exit(functionwire.Serve(os.Stderr, os.Getenv, wire, bucket.Blobs))
}

func wire(_ context.Context, p functionwire.Parts) (lambdaevent.Function, error) {
	o := p.Options()
	o.Checker = check.New(bundle.New(), sandbox.New(), check.DefaultLimits())
	plane := control.New(o)
	return lambdaevent.Function{Task: task.Batch(plane), Plan: func(ctx context.Context, plan lambdaevent.Plan) error {
		_, err := plane.CheckPlan(ctx, plan.Environment, plan.ID)
		return err
	}}, nil
}
