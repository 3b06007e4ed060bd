// The function sync takes the writes of the API that are about syncs,
// environments and tokens, and the asking for plans; and it is the clock. What it
// starts runs elsewhere: syncs in the state machine, plans in fetch and validate.
package main

import (
	"context"
	"errors"
	"os"

	"github.com/slipway-dev/slipway/internal/api"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/functionwire/bucket"
	"github.com/slipway-dev/slipway/internal/functionwire/launch"
	"github.com/slipway-dev/slipway/internal/functionwire/operator"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

func main() {
	os.Exit(functionwire.Serve(os.Stderr, os.Getenv, wire, functionwire.Table, bucket.Blobs))
}

func wire(ctx context.Context, p functionwire.Parts) (lambdaevent.Function, error) {
	secrets := operator.Open(p)
	plane, err := launch.Wire(p, secrets.Remote())
	if err != nil {
		return lambdaevent.Function{}, err
	}
	handler, err := p.API(ctx, plane, api.Syncs|api.Plans)
	return lambdaevent.Function{HTTP: handler, Tick: func(ctx context.Context) error {
		err := secrets.EnsureFirstToken(ctx, plane)
		_, tickErr := plane.Tick(ctx)
		return errors.Join(err, tickErr)
	}}, err
}
