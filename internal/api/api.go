package api

import (
	"context"
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
	Reads    Group = 1 << iota // lists and reads, resolve, tokens' own
	Syncs                      // syncs, environments' settings, tokens, pruning
	MakeLive                   // the commands that move the ledger
	Plans                      // dry runs
	All      = Reads | Syncs | MakeLive | Plans
)

// Options are what an API is made of. Plane, Guard, Log and Now are required.
type Options struct {
	Plane  *control.Plane
	Guard  *auth.Guard
	Log    *slog.Logger
	Now    func() time.Time
	Groups Group    // 0 is All
	Hosts  []string // whose requests are answered, with their ports; empty for any
	// Observe is told of every answer, nil for nobody.
	Observe func(Answered)
}

// Answered is an answer that was given.
type Answered struct {
	Operation string // its id, such as list-syncs, "" for no operation
	Status    int
	Took      time.Duration
}

// New returns the handler. It reads the key of the cursors from the store.
func New(ctx context.Context, o Options) (http.Handler, error) {
	return nil, nil
}
