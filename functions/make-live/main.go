// The function make-live does the step of a sync that goes live, and takes the
// commands of people that move the ledger. It links neither what checks code nor
// what reads repositories.
package main

import (
	"context"
	"os"

	"github.com/slipway-dev/slipway/internal/api"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
	"github.com/slipway-dev/slipway/internal/task"
)

func main() {
	os.Exit(functionwire.Serve(os.Stderr, os.Getenv, wire, functionwire.Table, functionwire.BlobsToRead))
}

func wire(ctx context.Context, p functionwire.Parts) (lambdaevent.Function, error) {
	machine, err := task.Load()
	if err != nil {
		return lambdaevent.Function{}, err
	}
	o := p.Options()
	o.Leases = machine.Lease
	plane := control.New(o)
	handler, err := p.API(ctx, plane, api.MakeLive)
	return lambdaevent.Function{HTTP: handler, Task: task.Tasks(plane)[task.GoLive]}, err
}
