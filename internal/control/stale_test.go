package control_test

import (
	"context"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/storetest"
)

// movedElsewhere is a world whose process knows prod, which another process has
// removed since, and added anew where anew is set. before is what is known.
func movedElsewhere(t *testing.T, anew bool, first func(w *world)) (w *world, before string) {
	t.Helper()
	w, _, elsewhere, _ := watched(t)
	before = must[control.EnvironmentView](t)(w.Environment(w.ctx, "prod")).ID
	if first != nil {
		first(w)
	}
	must[slipway.Removal](t)(elsewhere.RemoveEnvironment(w.ctx, "prod", ana))
	if anew {
		addAnew(t, w, elsewhere)
	}
	return w, before
}

func addAnew(t *testing.T, w *world, p *control.Plane) {
	t.Helper()
	must[slipway.Environment](t)(p.AddEnvironment(w.ctx, control.NewEnvironment{
		Slug: "prod", Repository: slipway.Repository{URL: w.repo.Dir}, Actor: ana.Actor,
	}))
	must[slipway.Sync](t)(p.Sync(w.ctx, "prod", control.SyncOptions{Actor: ana.Actor}))
}

func TestRemovedElsewhere(t *testing.T) {
	t.Parallel()
	w, before := movedElsewhere(t, false, nil)
	rows := storetest.Whole(t, w.store, before)
	for name, err := range map[string]error{
		"freeze":    second(w.Freeze(w.ctx, "prod", nil, ana)),
		"roll back": second(w.MakeLive(w.ctx, "prod", "a", control.PreviousName, ana, control.MakeLiveOptions{})),
		"thaw":      second(w.Thaw(w.ctx, "prod", ana)), // which would change nothing
	} {
		if fault.CodeOf(err) != "unknown-environment" || fault.Of(err).Hint != "there is no environment yet; add one" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if now := storetest.Whole(t, w.store, before); len(now) != len(rows) {
		t.Errorf("%d rows in what was removed, had %d", len(now), len(rows))
	}
}

// TestAddedAnewElsewhere: commands of a process that knows the environment of
// before are about the one there is.
func TestAddedAnewElsewhere(t *testing.T) {
	t.Parallel()
	keyed := ana
	keyed.Key = "k"
	newest := ""
	for name, c := range map[string]struct {
		first func(w *world)
		do    func(w *world) (control.Result, error)
		moves bool
	}{
		"what moves the ledger": {
			do: func(w *world) (control.Result, error) { return w.Freeze(w.ctx, "prod", nil, ana) }, moves: true,
		},
		"what was so before": {
			first: func(w *world) { must[control.Result](w.t)(w.Freeze(w.ctx, "prod", nil, ana)) },
			do:    func(w *world) (control.Result, error) { return w.Freeze(w.ctx, "prod", nil, ana) }, moves: true,
		},
		"what was refused before": {
			first: func(w *world) {
				newest = w.live("a")
				must[control.Result](w.t)(w.Reject(w.ctx, "prod", "a", newest, ana, ""))
			},
			do: func(w *world) (control.Result, error) {
				return w.MakeLive(w.ctx, "prod", "a", newest, ana, control.MakeLiveOptions{}) // it is live already
			},
		},
		"what was done before under its key": {
			first: func(w *world) { must[control.Result](w.t)(w.Hold(w.ctx, "prod", "a", keyed)) },
			do:    func(w *world) (control.Result, error) { return w.Hold(w.ctx, "prod", "a", keyed) }, moves: true,
		},
		"a preview": {
			do: func(w *world) (control.Result, error) { return w.Hold(w.ctx, "prod", "a", w.previews()) },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, before := movedElsewhere(t, true, c.first)
			rows := storetest.Whole(t, w.store, before)
			res := must[control.Result](t)(c.do(w))
			e := must[slipway.Environment](t)(w.store.Environment(w.ctx, "prod"))
			if e.ID == before || res.Environment.ID != e.ID || res.Environment.Slug != "prod" {
				t.Errorf("it was done in %+v, not in %s", res.Environment, e.ID)
			}
			want := 1 // the sync's
			if c.moves {
				want++
			}
			if now := storetest.Whole(t, w.store, e.ID); len(now) != want {
				t.Errorf("%d rows, want %d", len(now), want)
			}
			if now := storetest.Whole(t, w.store, before); len(now) != len(rows) {
				t.Errorf("%d rows in what was removed, had %d", len(now), len(rows))
			}
		})
	}
}

// forgetful is a store whose next append is written and not answered; then it does
// something before anybody asks again, and never reads the ledger of down.
type forgetful struct {
	control.Store
	then func()
	down string
}

func (f *forgetful) Append(ctx context.Context, env string, row slipway.Row, fence *slipway.Fence) (slipway.Row, error) {
	stored, err := f.Store.Append(ctx, env, row, fence)
	if f.then == nil || err != nil {
		return stored, err
	}
	then := f.then
	f.then = nil
	then()
	return slipway.Row{}, unanswered()
}

func (f *forgetful) Head(ctx context.Context, env string) (slipway.Row, error) {
	if env == f.down {
		return slipway.Row{}, unanswered()
	}
	return f.Store.Head(ctx, env)
}

func unanswered() error {
	return fault.New(fault.Unavailable, "store-busy", "the store did not answer")
}

// TestWrittenBeforeItWasRemoved: a command whose answer was lost, in an environment
// that another process removes and adds anew right then, is not done there too,
// whether it finds its row or cannot look.
func TestWrittenBeforeItWasRemoved(t *testing.T) {
	t.Parallel()
	for name, found := range map[string]bool{"found": true, "not to be found": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := &forgetful{}
			w, _ := threeReleases(t, func(s control.Store) control.Store {
				store.Store = s
				return store
			})
			o := w.options
			o.Store = store.Store
			elsewhere := control.New(o)
			before := must[control.EnvironmentView](t)(w.Environment(w.ctx, "prod")).ID
			store.then = func() {
				must[slipway.Removal](t)(elsewhere.RemoveEnvironment(w.ctx, "prod", ana))
				addAnew(t, w, elsewhere)
				if !found {
					store.down = before
				}
			}
			res, err := w.Freeze(w.ctx, "prod", nil, ana)
			if found != (err == nil) || found != res.Changed || err != nil && !fault.Is(err, fault.Unavailable) || res.Environment.ID != before {
				t.Errorf("it gave %+v, %v", res, err)
			}
			e := must[slipway.Environment](t)(w.store.Environment(w.ctx, "prod"))
			if now := storetest.Whole(t, w.store, e.ID); e.ID == before || len(now) != 1 {
				t.Errorf("%d rows in %s, want that of the sync alone", len(now), e.ID)
			}
		})
	}
}
