package control_test

import (
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

func (w *world) look() *control.Look {
	w.t.Helper()
	l, err := w.Look(w.ctx, "prod")
	if err != nil {
		w.t.Fatal(err)
	}
	return l
}

// TestLookIsOfOneMoment: what somebody does meanwhile is not in any of what a look
// says, and a preview decides at its head.
func TestLookIsOfOneMoment(t *testing.T) {
	t.Parallel()
	w, shas := threeReleases(t, nil)
	l := w.look()
	before := must[control.WorkflowView](t)(l.Workflow(w.ctx, "a"))
	previous := must[control.DeploymentView](t)(l.Previous(w.ctx, "a"))
	moved := must[control.Result](t)(w.MakeLive(w.ctx, "prod", "a", shas[0], ana, control.MakeLiveOptions{}))
	w.wantLive("a", shas[0])

	d, err := l.Deployment(w.ctx, before.Live.Deployment)
	if err != nil || d.Status != "Live" || d.Commit.SHA != shas[2] {
		t.Errorf("the look has %s of %s: %v", d.Status, d.Commit.SHA, err)
	}
	if again, err := l.Previous(w.ctx, "a"); err != nil || again.ID != previous.ID || previous.Commit.SHA != shas[1] {
		t.Errorf("the look goes back to %+v: %v", again, err)
	}
	if e, err := l.Environment(w.ctx); err != nil || e.Release != moved.Row.Number-1 || e.Held != 0 {
		t.Errorf("the look is at release %d with %d held: %v", e.Release, e.Held, err)
	}
	r := ana
	r.Preview = l
	res, err := w.MakeLive(w.ctx, "prod", "a", control.PreviousName, r, control.MakeLiveOptions{From: before.Live.Deployment})
	if err != nil || res.Before.Number != moved.Row.Number-1 || res.Row.Number != moved.Row.Number || res.Rows[0].State.Workflows["a"].Live.Deployment != previous.ID {
		t.Errorf("the preview would write %+v after %d: %v", res.Row, res.Before.Number, err)
	}
	w.wantLive("a", shas[0]) // nothing was written
	if n := len(w.releases()); int64(n) != moved.Row.Number {
		t.Errorf("there are %d releases", n)
	}
	// Who looks anew sees it.
	l = w.look()
	if v, err := l.Workflow(w.ctx, "a"); err != nil || v.Live.Commit != shas[0] || v.Hold == nil {
		t.Errorf("another look has %+v: %v", v.Live, err)
	}
}

// TestLookAtNothing: what is not there is refused each time it is asked for, with
// what there is.
func TestLookAtNothing(t *testing.T) {
	t.Parallel()
	w, _ := threeReleases(t, nil)
	if _, err := w.Look(w.ctx, "prods"); fault.CodeOf(err) != "unknown-environment" {
		t.Errorf("got %v", err)
	}
	l := w.look()
	for range 2 {
		if _, err := l.Workflow(w.ctx, "A"); fault.CodeOf(err) != "unknown-workflow" || fault.Of(err).Hint != `did you mean "a"?` {
			t.Errorf("got %v", err)
		}
		if _, err := l.Deployment(w.ctx, "dep_nobody"); fault.CodeOf(err) != "unknown-deployment" {
			t.Errorf("got %v", err)
		}
		for _, number := range []int64{0, 4} {
			if _, err := l.Release(w.ctx, number); fault.CodeOf(err) != "unknown-release" || fault.Of(err).Hint != "the newest is release 3; look at those there are" {
				t.Errorf("got %v", err)
			}
		}
	}
}
