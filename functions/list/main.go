// The function list answers the reads of the API, resolve among them, and the
// description of the whole API. It is small and fast to start: it links neither
// what checks code nor what reads repositories.
package main

import (
	"context"
	"os"

	"github.com/slipway-dev/slipway/internal/api"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

func main() {
	os.Exit(functionwire.Serve(os.Stderr, os.Getenv, wire, functionwire.Table, functionwire.BlobsToRead))
}

func wire(ctx context.Context, p functionwire.Parts) (lambdaevent.Function, error) {
	handler, err := p.API(ctx, control.New(p.Options()), api.Reads)
	return lambdaevent.Function{HTTP: handler}, err
}
