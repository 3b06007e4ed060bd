package bundle

import (
	"context"
	"time"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
)

// Some code takes the parser time beyond all bounds, and the parser cannot be
// stopped, only left behind.
const (
	fileTime  = 5 * time.Second // for one workflow with its imports; common ones take milliseconds
	closeTime = time.Second     // for a build to notice that its caller gave up
)

// worker is one esbuild context with its project.
type worker struct {
	project *project
	build   api.BuildContext
	busy    chan struct{} // closed when no bundle is being made
}

func newWorker(src check.Source, l check.Limits) (*worker, error) {
	p := newProject(src, l)
	build, fail := api.Context(options(p))
	if fail != nil {
		return nil, fault.Wrap(fail, fault.Internal, "bundler", "the bundler could not be set up")
	}
	return &worker{project: p, build: build}, nil
}

// bundle makes one bundle. If done is false the worker was left behind in it, and
// is of no more use.
func (w *worker) bundle(ctx context.Context, entry string) (result check.Bundled, done bool) {
	answer := make(chan check.Bundled, 1)
	w.busy = make(chan struct{})
	go func(busy chan struct{}) {
		defer close(busy)
		answer <- w.project.bundle(w.build, entry)
	}(w.busy)
	late := time.NewTimer(fileTime)
	defer late.Stop()
	select {
	case result := <-answer:
		return result, true
	case <-ctx.Done():
		w.close()
		return check.Bundled{Path: entry}, false
	case <-late.C:
		w.close()
		d := diagnostic.New(diagnostic.NestingTooDeep, entry, "the file with its imports takes too long to bundle", "simplify deeply nested code")
		return check.Bundled{Path: entry, Diagnostics: []diagnostic.Diagnostic{d}}, false
	}
}

// close ends the worker, if need be when the bundle it is at is made.
func (w *worker) close() {
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
