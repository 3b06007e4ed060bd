// The function fetch does the first step of a sync: it brings the newest commit
// into blobs and divides its workflow files into batches. It prepares a plan in
// the same way, and hands it to validate.
package main

import (
	"context"
	"os"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/functionwire/bucket"
	"github.com/slipway-dev/slipway/internal/functionwire/launch"
	"github.com/slipway-dev/slipway/internal/functionwire/operator"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
	"github.com/slipway-dev/slipway/internal/task"
)

func main() {
	os.Exit(functionwire.Serve(os.Stderr, os.Getenv, wire, functionwire.Table, bucket.Blobs))
}

func wire(_ context.Context, p functionwire.Parts) (lambdaevent.Function, error) {
	machine, err := task.Load()
	if err != nil {
		return lambdaevent.Function{}, err
	}
	plans, o := launch.NewPlans(p.AWS, p.Settings.ValidateFunction), p.Options()
	o.Remote, o.Leases = operator.Open(p).Remote(), machine.Lease
	o.Checker = check.New(nil, nil, check.DefaultLimits()) // it discovers, and runs no code
	plane := control.New(o)
	return lambdaevent.Function{Task: task.Tasks(plane)[task.Fetch], Plan: func(ctx context.Context, plan lambdaevent.Plan) error {
		prepared, err := plane.PreparePlan(ctx, plan.Environment, plan.ID)
		if err != nil || prepared.Status != control.PlanRunning {
			return err
		}
		return plans.Hand(ctx, plan.Environment, plan.ID)
	}}, nil
}
