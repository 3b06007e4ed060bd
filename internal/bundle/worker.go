package bundle

import (
	"context"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/fault"
)

// Some code takes the parser time beyond all bounds, and the parser cannot be
// stopped, only left behind.
const (
	fileTime  = 5 * time.Second // for a workflow with its imports, or a pass over many; common ones take milliseconds
	closeTime = time.Second     // for a build to notice that its caller gave up
)

// worker is one esbuild context with its project.
type worker struct {
	project *project
	build   api.BuildContext
	busy    chan struct{} // closed when no work is being done
}

// newWorker makes a worker for builds of n entries.
func newWorker(src check.Source, l check.Limits, n int) (*worker, error) {
	p := newProject(src, l)
	build, fail := api.Context(options(p, n))
	if fail != nil {
		return nil, fault.Wrap(fail, fault.Internal, "bundler", "the bundler could not be set up")
	}
	return &worker{project: p, build: build}, nil
}

// within runs work on w. If done is false w was left behind in it, and is of no
// more use.
func within[T any](ctx context.Context, w *worker, work func() T) (result T, done bool) {
	answer := make(chan T, 1)
	w.busy = make(chan struct{})
	go func(busy chan struct{}) {
		defer close(busy)
		answer <- work()
	}(w.busy)
	late := time.NewTimer(fileTime)
	defer late.Stop()
	select {
	case result = <-answer:
		return result, true
	case <-ctx.Done():
	case <-late.C:
	}
	w.close()
	return result, false
}

// close ends the worker, if there is one, if need be when its work is done.
func (w *worker) close() {
	if w == nil {
		return
	}
	closed := make(chan struct{})
	go func() {
		defer close(closed)
		w.build.Cancel()
		if w.busy != nil {
			<-w.busy
		}
		w.build.Dispose()
	}()
	late := time.NewTimer(closeTime)
	defer late.Stop()
	select {
	case <-closed:
	case <-late.C:
	}
}
