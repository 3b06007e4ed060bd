package server

import (
	"context"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
)

// Runner does the work that control asks for, in goroutines: at most one in an
// environment, some syncs side by side, and as many plans.
type Runner struct {
	log    *slog.Logger
	ctx    context.Context
	cancel context.CancelFunc
	syncs  chan struct{} // places
	plans  chan struct{}
	work   sync.WaitGroup

	mu     sync.Mutex
	plane  Plane
	closed chan struct{}
	busy   map[string]bool // environments; true when it was asked for again
	count  int             // of goroutines
}

// NewRunner returns a runner for this many syncs side by side. It starts nothing
// until Drive has given it a plane.
func NewRunner(syncs int, log *slog.Logger) *Runner {
	ctx, cancel := context.WithCancel(context.Background())
	return &Runner{
		log: log, ctx: ctx, cancel: cancel, syncs: make(chan struct{}, syncs), plans: make(chan struct{}, syncs),
		closed: make(chan struct{}), busy: map[string]bool{},
	}
}

// Drive gives the runner the plane whose work it does: the plane is made with the
// runner's Start, so it comes after it.
func (r *Runner) Drive(p Plane) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.plane = p
}

// Start is control.Options.Start. After Close it starts no sync: what waits is in
// the store, for whoever comes next. A plan waits for nobody, so it ends.
func (r *Runner) Start(w control.Work) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.plane == nil || r.isClosed() && w.Plan == "" {
		return
	}
	if _, running := r.busy[w.Environment]; running && w.Plan == "" {
		r.busy[w.Environment] = true
		return
	}
	if w.Plan == "" {
		r.busy[w.Environment] = false
	}
	r.count++
	r.work.Go(func() { r.do(r.plane, w) })
}

func (r *Runner) isClosed() bool {
	select {
	case <-r.closed:
		return true
	default:
		return false
	}
}

// do does one piece of work once there is a place for it.
func (r *Runner) do(p Plane, w control.Work) {
	defer func() {
		r.mu.Lock()
		r.count--
		r.mu.Unlock()
	}()
	places := r.syncs
	if w.Plan != "" {
		places = r.plans
	}
	ctx := r.ctx
	select {
	case <-r.closed: // also where there is a place
		ctx = ended()
	default:
		select {
		case places <- struct{}{}:
			defer func() { <-places }()
		case <-r.closed:
			ctx = ended()
		}
	}
	if w.Plan != "" {
		r.guarded(w, func() error { _, err := p.RunPlan(ctx, w.Environment, w.Plan); return err })
		return
	}
	if ctx.Err() != nil {
		return
	}
	for r.more(p, w) {
	}
}

// ended is a context for work that comes too late: it is told so, and records it.
func ended() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}

// more runs what waits in an environment, and says whether to look again.
func (r *Runner) more(p Plane, w control.Work) bool {
	ran := false
	r.guarded(w, func() (err error) {
		ran, err = p.RunNext(r.ctx, w.Environment)
		return err
	})
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isClosed() && (ran || r.busy[w.Environment]) {
		r.busy[w.Environment] = false
		return true
	}
	delete(r.busy, w.Environment)
	return false
}

// guarded runs f and logs how it failed. A panic is one sync's or one plan's: the
// lock that its worker held is free, and the next tick ends it.
func (r *Runner) guarded(w control.Work, f func() error) {
	defer func() {
		if broken := recover(); broken != nil {
			r.log.Error("work broke", "environment", w.Environment, "plan", w.Plan, "panic", broken, "stack", string(debug.Stack()))
		}
	}()
	if err := f(); err != nil && r.ctx.Err() == nil {
		r.log.Error("work failed", "environment", w.Environment, "plan", w.Plan, "error", err)
	}
}

// Close lets nothing new begin. What is under way goes on.
func (r *Runner) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.isClosed() {
		close(r.closed)
	}
}

// Wait waits until nothing is under way or ctx ends, and says how much is.
func (r *Runner) Wait(ctx context.Context) int {
	for {
		r.mu.Lock()
		n := r.count
		r.mu.Unlock()
		if n == 0 {
			return 0
		}
		select {
		case <-ctx.Done():
			return n
		case <-time.After(lookEvery):
		}
	}
}

const lookEvery = 20 * time.Millisecond

// Interrupt ends what is under way and waits until its end is recorded.
func (r *Runner) Interrupt() {
	r.Close()
	r.cancel()
	r.work.Wait()
}
