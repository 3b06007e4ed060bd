// The function sync takes the writes of the API that are about syncs,
// environments and tokens, and the asking for plans; and it is the clock. What it
// starts runs elsewhere: syncs in the state machine, plans in fetch and validate.
package main

import (
	"context"
	"errors"
	"os"

	"github.com/slipway-dev/slipway/internal/api"
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

func wire(ctx context.Context, p functionwire.Parts) (lambdaevent.Function, error) {
	machine, err := task.Load()
	if err != nil {
		return lambdaevent.Function{}, err
	}
	launcher, secrets, o := launch.New(p), operator.Open(p), p.Options()
	o.Remote, o.Leases, o.Start = secrets.Remote(), machine.Lease, launcher.Start
	plane := control.New(o)
	launcher.Drive(plane)
	handler, err := p.API(ctx, plane, api.Syncs|api.Plans)
	return lambdaevent.Function{HTTP: handler, Tick: func(ctx context.Context) error {
		err := secrets.EnsureFirstToken(ctx, plane)
		_, tickErr := plane.Tick(ctx)
		return errors.Join(err, tickErr)
	}}, err
}
