package api

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/control"
)

// Group is a part of the operations that can be mounted alone.
type Group int

// The groups.
const (
	Reads    Group = 1 << iota // lists and reads, of plans too; resolve
	Syncs                      // syncs, environments and their settings, tokens, pruning
	MakeLive                   // the commands that move the ledger
	Plans                      // asking for dry runs
	All      = Reads | Syncs | MakeLive | Plans
)

// Options are what an API is made of. Plane, Guard, Log and Now are required.
type Options struct {
	Plane   *control.Plane
	Answers Answers // of writes that are repeated; the store has them
	Keys    Keys    // of cursors; the store has them
	Guard   *auth.Guard
	Log     *slog.Logger
	Now     func() time.Time
	Version string // of the program, for the description
	Groups  Group  // 0 is All
	// DescribeAll describes the operations of all groups, also where others serve
	// them at the same address.
	DescribeAll bool
	Hosts       []string // whose requests are answered, without ports; empty for any
	// Address gives the address that a request came from; nil takes the peer's.
	Address func(*http.Request) string
	// Observe is told of every answer, nil for nobody.
	Observe func(Answered)
}

// Answers is the part of control.Answers that is used here.
type Answers = control.Answers

// Keys is the part of control.Keys that is used here.
type Keys = control.Keys

// Answered is an answer that was given.
type Answered struct {
	Operation string // its id, such as list-syncs, "" for no operation
	Status    int
	Took      time.Duration
}

// api is the operations, on their way to a handler.
type api struct {
	Options
	plane     *control.Plane
	mux       *http.ServeMux
	table     []operation // that are served
	described []register  // those, and with DescribeAll the others
	cursors   sealer
}

// New returns the handler. It reads the key of the cursors from the store.
func New(ctx context.Context, o Options) (http.Handler, error) {
	a, err := build(ctx, o)
	if err != nil {
		return nil, err
	}
	return a.around(a.mux), nil
}

// build mounts the operations of the groups. What huma has to know of their inputs
// and outputs is found out at the first request that needs it: a function that has
// just started serves one operation, not all of them.
func build(ctx context.Context, o Options) (*api, error) {
	if o.Groups == 0 {
		o.Groups = All
	}
	if o.Observe == nil {
		o.Observe = func(Answered) {}
	}
	if o.Address == nil {
		o.Address = peer
	}
	key, err := o.Keys.Key(ctx, "cursors")
	if err != nil {
		return nil, fmt.Errorf("read the key of the cursors: %w", err)
	}
	a := &api{Options: o, plane: o.Plane, mux: http.NewServeMux(), cursors: sealer{key}}
	a.self()
	a.tokens()
	a.environments()
	a.syncs()
	a.plans()
	a.workflows()
	a.deployments()
	a.commands()
	a.releases()
	a.freeze()
	a.resolve()
	a.describe()
	return a, nil
}
