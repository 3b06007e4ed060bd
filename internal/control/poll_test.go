package control_test

import (
	"context"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// hooked is a remote that does something when it is asked for a tip, and whose
// fetch can be broken.
type hooked struct {
	control.Remote
	onTip func() error // nil: nothing
	fetch error
}

// Tip asks, unless the hook fails.
func (h *hooked) Tip(ctx context.Context, r slipway.Repository) (string, error) {
	if h.onTip != nil {
		if err := h.onTip(); err != nil {
			return "", err
		}
	}
	return h.Remote.Tip(ctx, r)
}

// Fetch fetches, unless it is broken.
func (h *hooked) Fetch(ctx context.Context, r slipway.Repository) (slipway.Commit, *snapshot.Snapshot, error) {
	if h.fetch != nil {
		return slipway.Commit{}, nil, h.fetch
	}
	return h.Remote.Fetch(ctx, r)
}

// polledWorld is a world with one workflow and no sync yet.
func polledWorld(t *testing.T, wrap func(control.Store) control.Store) (*world, *hooked) {
	t.Helper()
	w := newWorld(t, wrap)
	h := &hooked{Remote: w.options.Remote}
	w.options.Remote = h
	w.Plane = control.New(w.options)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"))
	w.add()
	return w, h
}

func (w *world) poll() slipway.Poll {
	w.t.Helper()
	env, err := w.store.Environment(w.ctx, "prod")
	if err != nil {
		w.t.Fatal(err)
	}
	p, err := w.store.Poll(w.ctx, env.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

// untilDue lets time pass until the poll is due.
func (w *world) untilDue() { w.pass(max(0, w.poll().Due.Sub(w.now()))) }

// TestASyncThatKeepsFailingBacksOff: the tip can be read, and what it names can
// not. The clock tries again, and less and less often.
func TestASyncThatKeepsFailingBacksOff(t *testing.T) {
	t.Parallel()
	w, remote := polledWorld(t, nil)
	remote.fetch = fault.New(fault.Unavailable, "repository-unreachable", "it breaks off").WithHint("try again")
	for n, wait := range []time.Duration{0, 2 * slipway.DefaultPoll, 4 * slipway.DefaultPoll} {
		w.untilDue()
		ticked := w.tick()
		if len(ticked) != 1 || len(ticked[0].Ran) != 1 || ticked[0].Ran[0].Status != slipway.SyncFailed || w.syncCount() != n+1 {
			t.Fatalf("sync %d: %+v", n+1, ticked)
		}
		p := w.poll()
		if p.Failures != n || wait > 0 && p.Due.Sub(p.AskedAt) < wait {
			t.Errorf("after sync %d: %+v, want due after %v", n+1, p, wait)
		}
	}
	remote.fetch = nil
	w.untilDue()
	if ticked := w.tick(); len(ticked) != 1 || ticked[0].Ran[0].Status != slipway.SyncSucceeded {
		t.Errorf("it is back: %+v", ticked)
	}
	w.untilDue()
	w.tick()
	if p := w.poll(); p.Failures != 0 || p.Problem != nil || w.syncCount() != 4 {
		t.Errorf("it is back: %+v, %d syncs", p, w.syncCount())
	}
}

func (w *world) configure(seconds int) {
	w.t.Helper()
	if _, err := w.SetEnvironment(w.ctx, "prod", control.EnvironmentChange{PollSeconds: &seconds}, ana); err != nil {
		w.t.Error(err)
	}
}

// TestSettingsResetThePoll, also while the branch is asked: what came of the old
// settings says nothing of the new ones.
func TestSettingsResetThePoll(t *testing.T) {
	t.Parallel()
	w, remote := polledWorld(t, nil)
	down := fault.New(fault.Unavailable, "repository-unreachable", "it is down")
	remote.onTip = func() error { return down }
	w.untilDue()
	w.tick()
	w.configure(30)
	if p := w.poll(); p.Failures != 0 || p.Problem != nil || p.Due.After(w.now().Add(30*time.Second)) {
		t.Errorf("after new settings: %+v", p)
	}
	remote.onTip = func() error {
		w.configure(60)
		return down
	}
	w.untilDue()
	w.tick()
	if p := w.poll(); p.Failures != 0 || p.Problem != nil || p.Due.After(w.now().Add(time.Minute)) {
		t.Errorf("after new settings that came while the branch was asked: %+v", p)
	}
}

// TestARunningSyncIsEnough while it brings the tip, or has yet to fetch; a poll
// asks for another where the branch has moved on.
func TestARunningSyncIsEnough(t *testing.T) {
	t.Parallel()
	w, _ := polledWorld(t, nil)
	w.options.Start = func(control.Work) {}
	w.Plane = control.New(w.options)
	running := w.started()
	w.untilDue()
	if ticked := w.tick(); len(ticked) != 0 || w.syncCount() != 1 {
		t.Errorf("the running sync has yet to fetch: %+v", ticked)
	}
	if _, err := w.Fetch(w.ctx, running); err != nil {
		t.Fatal(err)
	}
	w.untilDue()
	if ticked := w.tick(); len(ticked) != 0 || w.syncCount() != 1 {
		t.Errorf("the running sync brings this tip: %+v", ticked)
	}
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "2"))
	w.untilDue()
	if ticked := w.tick(); len(ticked) != 1 || ticked[0].Asked == nil || ticked[0].Asked.Status != slipway.SyncQueued {
		t.Errorf("the running sync does not bring this tip: %+v", ticked)
	}
}

// TestATroubleOfTheStoreIsNotTheRepositorys: it is told by the tick, and the
// branch is asked again as ever.
func TestATroubleOfTheStoreIsNotTheRepositorys(t *testing.T) {
	t.Parallel()
	w, _ := polledWorld(t, nil)
	before := w.poll()
	w.options.Store = &busySlots{w.store}
	w.Plane = control.New(w.options)
	w.untilDue()
	if ticked, err := w.Tick(w.ctx); fault.CodeOf(err) != "store-busy" || len(ticked) != 0 {
		t.Errorf("ticked %+v, %v", ticked, err)
	}
	if p := w.poll(); p.Version != before.Version+1 || p.Failures != 0 || p.Problem != nil {
		t.Errorf("the poll is %+v", p)
	}
}

// busySlots is a store whose slots cannot be read now.
type busySlots struct{ control.Store }

// Slot fails.
func (*busySlots) Slot(context.Context, string) (slipway.Slot, error) {
	return slipway.Slot{}, fault.New(fault.Unavailable, "store-busy", "another process is writing").WithHint("ask again")
}

// TestWhatWaitsDoesNotWaitForBranches: a sync that waits is started before the
// branch of any environment is asked.
func TestWhatWaitsDoesNotWaitForBranches(t *testing.T) {
	t.Parallel()
	w, remote := polledWorld(t, nil)
	if _, err := w.AddEnvironment(w.ctx, control.NewEnvironment{
		Slug: "alone", Repository: slipway.Repository{URL: w.repo.Dir}, Actor: ana.Actor,
	}); err != nil {
		t.Fatal(err)
	}
	waiting := w.request(control.SyncOptions{})
	w.pass(slipway.DefaultPoll)
	asked := 0
	remote.onTip = func() error {
		asked++
		if s := w.read(waiting); !s.Status.Ended() {
			t.Errorf("the sync that waits is %s when a branch is asked", s.Status)
		}
		return nil
	}
	if ticked := w.tick(); len(ticked) != 2 || asked == 0 {
		t.Errorf("ticked %+v", ticked)
	}
}
