package control

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"time"

	"github.com/oklog/ulid/v2"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Plane is the control plane: every use case is one of its methods. Its parts
// are the ports' adapters; it keeps nothing between calls but the last snapshot
// it read, for a moment what is live, and which environments there are.
type Plane struct {
	store    Store
	blobs    Blobs
	reads    BlobReader
	remote   Remote
	checker  Checker
	now      func() time.Time
	progress func(Progress)
	engine   Engine
	locks    Locks
	leases   func(step string, batches int) time.Duration
	owner    string // this worker, in leases
	cache    snapshotCache
	checked  checkedCount
	checks   chan struct{} // has room for those that run at once
	resolved resolveCache
	ids      environmentIDs
	observe  func(Event)
	start    func(Work)
}

// Engine runs the steps of a sync, the last one too. Its error says why it did
// not come to that one.
type Engine func(ctx context.Context, p *Plane, in SyncRef) error

// Options are what a Plane is made of. Store, Blobs, Remote, Checker and Now are
// required by what uses them: a function has those of its use cases.
type Options struct {
	Store    Store
	Blobs    Blobs
	Reads    BlobReader // where blobs are read; nil is Blobs
	Remote   Remote
	Checker  Checker
	Now      func() time.Time
	Progress func(Progress) // told of every step of a sync, from one goroutine at a time
	Engine   Engine         // nil runs the steps in order
	Locks    Locks          // nil where workers are not on one machine
	// Leases is how long a worker may be silent in a step: start, fetch, validate,
	// go live or finish. Nil is ten minutes.
	Leases func(step string, batches int) time.Duration
	// Observe is told of what happened, from any goroutine, and does not wait.
	Observe func(Event)
	// Start sees to it that the work is done soon, and does not wait for it; that
	// it cannot be begun is for it to record. Nil: whoever ticks runs the syncs
	// that wait, and whoever asks for a plan makes it.
	Start func(Work)
}

// Work is something to do for whoever starts work: to call RunPlan where a plan
// is named, else RunWaiting, or StartWaiting and have the steps done elsewhere.
type Work struct {
	Environment string // id
	Plan        string // id, "" for the syncs that wait
}

// Event is something that happened: a row that was written, or a sync that
// began here or ended.
type Event struct {
	Environment string        // id
	Began       *slipway.Sync // as this worker begins its steps
	Row         *slipway.Row  // as written
	Sync        *slipway.Sync // as ended
	Took        time.Duration // writing the row
}

// New returns a control plane.
func New(o Options) *Plane {
	if o.Reads == nil {
		o.Reads = o.Blobs
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if o.Engine == nil {
		o.Engine = inOrder
	}
	if o.Leases == nil {
		o.Leases = defaultLease
	}
	if o.Observe == nil {
		o.Observe = func(Event) {}
	}
	return &Plane{
		store: o.Store, blobs: o.Blobs, reads: o.Reads, remote: o.Remote, checker: o.Checker, now: o.Now, progress: o.Progress,
		engine: o.Engine, locks: o.Locks, leases: o.Leases, observe: o.Observe, start: o.Start, owner: "worker_" + rand.Text(),
		checks: make(chan struct{}, checksAtOnce),
	}
}

func (p *Plane) versions(e slipway.Environment) slipway.Versions {
	return slipway.Versions{Configuration: e.Version, Checker: check.Version()}
}

// newID makes an id that sorts by time: prefix_ULID.
func newID(prefix string, at time.Time) (string, error) {
	id, err := ulid.New(ulid.Timestamp(at), rand.Reader)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "no-randomness", "the system gives no randomness for an id")
	}
	return prefix + "_" + id.String(), nil
}

// deploymentID is the id of what sync s makes of the file at path: the same
// whenever and wherever the step runs.
func deploymentID(s slipway.Sync, path string) string {
	sum := sha256.Sum256([]byte(s.ID + "\x00" + path))
	var id ulid.ULID
	if err := id.SetTime(ulid.Timestamp(s.RequestedAt)); err == nil {
		copy(id[6:], sum[:10])
	}
	return "dep_" + id.String()
}
