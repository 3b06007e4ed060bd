// The function console is the web console. It reads as list does, asks for syncs
// and changes environments as sync does, and moves the ledger as make-live does;
// what it starts runs in the state machine.
package main

import (
	"context"
	"os"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/functionwire/launch"
	"github.com/slipway-dev/slipway/internal/functionwire/operator"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

func main() {
	os.Exit(functionwire.Serve(os.Stderr, os.Getenv, wire, functionwire.Table, functionwire.BlobsToRead))
}

func wire(ctx context.Context, p functionwire.Parts) (lambdaevent.Function, error) {
	secrets := operator.Open(p)
	plane, err := launch.Wire(p, secrets.Remote())
	if err != nil {
		return lambdaevent.Function{}, err
	}
	pages, err := console.New(ctx, console.Options{
		Plane: plane, Answers: p.Store, Keys: p.Store, Guard: auth.New(plane, p.Now), Log: p.Log, Now: p.Now,
		Version: functionwire.Version(), Hosts: p.Settings.Hosts, Secure: true,
	})
	return lambdaevent.Function{HTTP: pages}, err
}
