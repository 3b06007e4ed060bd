package control_test

import (
	"context"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/storetest"
)

// meanwhile is a store in which something happens before the next row that takes
// for granted that no sync was asked for.
type meanwhile struct {
	control.Store
	do    func()
	lists int
}

func (m *meanwhile) Append(ctx context.Context, env string, row slipway.Row, f *slipway.Fence) (slipway.Row, error) {
	if do := m.do; do != nil && row.LastSync > 0 {
		m.do = nil
		do()
	}
	return m.Store.Append(ctx, env, row, f)
}

func (m *meanwhile) Deployments(ctx context.Context, env string, q control.DeploymentQuery) ([]slipway.Deployment, string, error) {
	m.lists++
	return m.Store.Deployments(ctx, env, q)
}

// TestNewestNeedsNoList makes the newest deployment live without reading a list,
// unless another sync has checked a newer one by then: that needs a hold to stay.
func TestNewestNeedsNoList(t *testing.T) {
	t.Parallel()
	for name, newer := range map[string]bool{"alone": false, "beside a sync": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &meanwhile{}
			w, _ := threeReleases(t, func(s control.Store) control.Store { m.Store = s; return m })
			must[control.Result](t)(w.Hold(w.ctx, "prod", "a", ana))
			w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "held"))
			w.sync(slipway.SyncSucceeded)
			target := w.workflow("a").Latest.Deployment
			d := must[slipway.Deployment](t)(m.Store.Deployment(w.ctx, w.env(), target))
			if newer {
				m.do = func() { checkNewer(t, w, d) }
			}
			m.lists = 0
			r := must[control.Result](t)(w.MakeLive(w.ctx, "prod", "a", target, ana, control.MakeLiveOptions{}))
			if held := r.Row.About.Hold == slipway.HoldSet; held != newer || (m.lists > 0) != newer || r.Row.Number != 6 {
				t.Errorf("release %d was for %+v, after %d looks at lists", r.Row.Number, r.Row.About, m.lists)
			}
		})
	}
}

// TestPreviewGuessesNothing previews what has just become older.
func TestPreviewGuessesNothing(t *testing.T) {
	t.Parallel()
	w, _ := threeReleases(t, nil)
	must[control.Result](t)(w.Deactivate(w.ctx, "prod", "a", ana, ""))
	target := w.workflow("a").Latest.Deployment
	checkNewer(t, w, must[slipway.Deployment](t)(w.store.Deployment(w.ctx, w.env(), target)))
	r := must[control.Result](t)(w.MakeLive(w.ctx, "prod", "a", target, w.previews(), control.MakeLiveOptions{}))
	if r.Row.About.Hold != slipway.HoldSet {
		t.Errorf("the preview says nothing of a hold: %+v", r.Row.About)
	}
}

// checkNewer has a sync check a deployment that is newer than d, and come no
// further.
func checkNewer(t *testing.T, w *world, d slipway.Deployment) {
	t.Helper()
	s := must[slipway.Sync](t)(storetest.Begin(w.ctx, w.store, slipway.Sync{ID: "sync_newer", Environment: d.Environment, Generation: 1, Status: slipway.SyncRunning}))
	d.ID, d.Sync, d.Sequence, d.FirstLive = "dep_newer", s.ID, s.Sequence, 0
	if err := w.store.PutDeployments(w.ctx, s.Fence(), []slipway.Deployment{d}, nil); err != nil {
		t.Error(err)
	}
}

// previews is ana's request of what would be.
func (w *world) previews() control.Request {
	w.t.Helper()
	r := ana
	r.Preview = w.look()
	return r
}
