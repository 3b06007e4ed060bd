package control_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// watching is a store that says what it was asked for since it was looked at last:
// what a command or a resolve asks for.
type watching struct {
	control.Store
	mu    sync.Mutex
	calls []string
}

func (a *watching) note(call string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.calls = append(a.calls, call)
}

// look gives the calls, in order.
func (a *watching) look() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	calls := strings.Join(a.calls, " ")
	a.calls = nil
	return calls
}

func (a *watching) Environment(ctx context.Context, slug string) (slipway.Environment, error) {
	a.note("environment")
	return a.Store.Environment(ctx, slug)
}

func (a *watching) Environments(ctx context.Context) ([]slipway.Environment, error) {
	a.note("environments")
	return a.Store.Environments(ctx)
}

func (a *watching) Resolved(ctx context.Context, slug string) (string, slipway.Resolved, error) {
	a.note("resolved")
	return a.Store.Resolved(ctx, slug)
}

func (a *watching) Head(ctx context.Context, env string) (slipway.Row, error) {
	a.note("head")
	return a.Store.Head(ctx, env)
}

func (a *watching) RowByID(ctx context.Context, env, id string) (slipway.Row, error) {
	a.note("row")
	return a.Store.RowByID(ctx, env, id)
}

func (a *watching) Workflow(ctx context.Context, env, id string) (slipway.Workflow, error) {
	a.note("workflow")
	return a.Store.Workflow(ctx, env, id)
}

func (a *watching) Deployment(ctx context.Context, env, id string) (slipway.Deployment, error) {
	a.note("deployment")
	return a.Store.Deployment(ctx, env, id)
}

func (a *watching) Deployments(ctx context.Context, env string, q control.DeploymentQuery) ([]slipway.Deployment, string, error) {
	a.note("deployments")
	return a.Store.Deployments(ctx, env, q)
}

func (a *watching) Append(ctx context.Context, env string, row slipway.Row, f *slipway.Fence) (slipway.Row, error) {
	a.note("append")
	return a.Store.Append(ctx, env, row, f)
}

// watched is a world of three releases whose store says what it is asked for, the
// world of another process beside it, and the shas.
func watched(t *testing.T) (w *world, store *watching, elsewhere *control.Plane, shas []string) {
	t.Helper()
	w, shas = threeReleases(t, func(s control.Store) control.Store {
		store = &watching{Store: s}
		return store
	})
	o := w.options
	o.Store = store.Store
	store.look()
	return w, store, control.New(o), shas
}

// asks wants that do asks the store for want.
func (a *watching) asks(t *testing.T, what, want string, do func() error) {
	t.Helper()
	a.look()
	if err := do(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if got := a.look(); got != want {
		t.Errorf("%s asks for %q, want %q", what, got, want)
	}
}

func TestResolveReadsOneRecord(t *testing.T) {
	t.Parallel()
	w, store, elsewhere, _ := watched(t)
	resolve := func(p *control.Plane) func() error {
		return func() error { return second(p.Resolve(w.ctx, "prod")) }
	}
	fresh := control.New(w.options)
	w.pass(time.Minute)
	store.asks(t, "a resolve", "resolved", resolve(w.Plane))
	store.asks(t, "that of a fresh process", "resolved", resolve(fresh))

	must[slipway.Removal](t)(elsewhere.RemoveEnvironment(w.ctx, "prod", ana))
	w.pass(time.Minute)
	if _, err := w.Resolve(w.ctx, "prod"); fault.CodeOf(err) != "unknown-environment" || fault.Of(err).Hint != "there is no environment yet; add one" {
		t.Errorf("of a removed environment: %v, %q", err, fault.Of(err).Hint)
	}
	w.add()
	r := must[*control.Resolution](t)(w.Resolve(w.ctx, "prod"))
	e := must[control.EnvironmentView](t)(w.Environment(w.ctx, "prod"))
	if r.Environment != e.ID || r.Release != 0 || len(r.Live) != 0 {
		t.Errorf("added anew it resolves to %+v, not to nothing of %s", r, e.ID)
	}
}

// TestCommandsReadNoEnvironmentTwice: a process that has seen an environment reads
// it again only for a command that wrote nothing.
func TestCommandsReadNoEnvironmentTwice(t *testing.T) {
	t.Parallel()
	w, store, _, shas := watched(t)
	hold := func(p *control.Plane, r control.Request) func() error {
		return func() error { return second(p.Hold(w.ctx, "prod", "a", r)) }
	}
	lift := func(p *control.Plane, r control.Request) func() error {
		return func() error { return second(p.Lift(w.ctx, "prod", "a", r)) }
	}
	fresh, resolved := control.New(w.options), control.New(w.options)
	must[*control.Resolution](t)(resolved.Resolve(w.ctx, "prod"))
	store.asks(t, "a preview", "environment head", func() error { return hold(w.Plane, w.previews())() })
	store.asks(t, "a hold", "head append", hold(w.Plane, ana))
	store.asks(t, "a hold that is there", "head environment head", hold(w.Plane, ana))
	store.asks(t, "the first of a process", "environment head append", lift(fresh, ana))
	store.asks(t, "the second", "head append", hold(fresh, ana))
	store.asks(t, "the first of one that resolves", "head append", lift(resolved, ana))
	ids := map[string]string{}
	for _, sha := range shas {
		ids[sha] = must[string](t)(w.Find(w.ctx, "prod", "a", sha))
	}
	makeLive := func(p *control.Plane, sha string) func() error {
		return func() error {
			return second(p.MakeLive(w.ctx, "prod", "a", ids[sha], ana, control.MakeLiveOptions{}))
		}
	}
	store.asks(t, "a roll back by id", "head deployment append", makeLive(w.Plane, shas[0]))
	store.asks(t, "the newest by id", "head deployment append", makeLive(w.Plane, shas[2]))
	store.asks(t, "the same in a new process", "environment head deployment append", makeLive(control.New(w.options), shas[0]))
	keyed := ana
	keyed.Key = "k"
	store.asks(t, "one with a key", "head row append", lift(w.Plane, keyed))
	store.asks(t, "the same again", "head row environment head row", lift(w.Plane, keyed))
}

// second is the error of a use case whose result does not matter.
func second[A any](_ A, err error) error { return err }

// TestUnknownEnvironmentSaysOnce: what to do about a name that there is not is said
// once, and is something that helps.
func TestUnknownEnvironmentSaysOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"))
	fixes := func() string {
		_, err := w.Environment(w.ctx, "prd")
		return fmt.Sprint(fault.CodeOf(err), fault.Of(err).Fixes)
	}
	if got := fixes(); got != "unknown-environment[[env add prd --repo URL_OR_PATH]]" {
		t.Errorf("with none: %s", got)
	}
	w.add()
	if got := fixes(); got != "unknown-environment[[env list]]" {
		t.Errorf("with another: %s", got)
	}
}
