package control_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// oneWorkflow is a world whose repository has workflow a, with the environment.
func oneWorkflow(t *testing.T) (w *world, sha string) {
	t.Helper()
	w = newWorld(t, nil)
	sha = w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"))
	w.add()
	return w, sha
}

func (w *world) request(o control.SyncOptions) slipway.Sync {
	w.t.Helper()
	if o.Actor == (slipway.Actor{}) {
		o.Actor = ana.Actor
	}
	s, err := w.RequestSync(w.ctx, "prod", o)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) read(s slipway.Sync) slipway.Sync {
	w.t.Helper()
	s, err := w.store.Sync(w.ctx, s.Environment, s.ID)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func TestOneRunsAndOneWaits(t *testing.T) {
	t.Parallel()
	w, _ := oneWorkflow(t)
	running := w.started()
	first := w.request(control.SyncOptions{})
	second := w.request(control.SyncOptions{IfChanged: true, Actor: slipway.LocalActor("bo")})
	third := w.request(control.SyncOptions{IfChanged: true, Actor: slipway.LocalActor("cy")})
	if first.Status != slipway.SyncQueued || w.read(first).Status != slipway.SyncSuperseded {
		t.Errorf("the first waited as %s and is %s", first.Status, w.read(first).Status)
	}
	got, err := w.Follow(w.ctx, first.Environment, first.ID)
	if err != nil || got.ID != third.ID || got.IfChanged || len(got.Requesters) != 3 || got.Sequence != second.Sequence+1 {
		t.Errorf("the first leads to %+v, %v", got, err)
	}
	poll := w.request(control.SyncOptions{IfChanged: true, Actor: slipway.ClockActor()})
	if poll.ID != third.ID {
		t.Errorf("a poll replaced what waits: %+v", poll)
	}
	slot, err := w.store.Slot(w.ctx, running.Environment)
	if err != nil || slot.Running != running.Sync || slot.Waiting != third.ID {
		t.Errorf("slot %+v, %v", slot, err)
	}
}

func TestTickRunsWhatWaits(t *testing.T) {
	t.Parallel()
	w, sha := oneWorkflow(t)
	s := w.request(control.SyncOptions{})
	ticked, err := w.Tick(w.ctx)
	if err != nil || len(ticked) != 1 || len(ticked[0].Ran) != 1 || ticked[0].Ran[0].ID != s.ID {
		t.Fatalf("ticked %+v, %v", ticked, err)
	}
	w.wantLive("a", sha)
	if ticked, err := w.Tick(w.ctx); err != nil || len(ticked) != 0 {
		t.Errorf("a second tick did %+v, %v", ticked, err)
	}
}

func TestInvariant8ADeadWorkersSyncEnds(t *testing.T) {
	t.Parallel()
	w, sha := oneWorkflow(t)
	w.sync(slipway.SyncSucceeded)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "2"))
	dead := w.started()
	fetched := must[control.FetchOutput](t)(w.Fetch(w.ctx, dead))
	waiting := w.request(control.SyncOptions{})
	if ticked, err := w.Tick(w.ctx); err != nil || len(ticked) != 0 {
		t.Fatalf("the tick ended a living sync: %+v, %v", ticked, err)
	}
	w.pass(time.Hour)
	newest := w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "3"))
	ticked, err := w.Tick(w.ctx)
	if err != nil || len(ticked) != 1 || ticked[0].Ended == nil || len(ticked[0].Ran) != 1 || ticked[0].Ran[0].ID != waiting.ID {
		t.Fatalf("ticked %+v, %v", ticked, err)
	}
	if e := ticked[0].Ended; e.ID != dead.Sync || e.Status != slipway.SyncFailed || e.Problem.Code != control.CodeDied || e.Counts.Fail != 1 {
		t.Errorf("the dead sync ended as %+v %+v", e.Status, e.Problem)
	}
	w.wantLive("a", newest)
	_ = sha

	// The worker was not dead, only asleep: it changes nothing any more.
	before := w.releases()
	for _, b := range fetched.Batches {
		if _, err := w.Validate(w.ctx, b); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.GoLive(w.ctx, control.GoLiveInput{SyncRef: dead, Complete: true, Batches: fetched.BatchCount}); !fault.Is(err, fault.LeaseLost) {
		t.Errorf("a zombie's go-live: %v", err)
	}
	if _, err := w.Fetch(w.ctx, dead); !fault.Is(err, fault.LeaseLost) {
		t.Errorf("a zombie's fetch: %v", err)
	}
	if end, err := w.Finish(w.ctx, control.FinishInput{SyncRef: dead}); err != nil || end.Problem == nil || end.Problem.Code != control.CodeDied {
		t.Errorf("a zombie's finish: %+v, %v", end.Problem, err)
	}
	if after := w.releases(); len(after) != len(before) {
		t.Errorf("a zombie wrote %d releases", len(after)-len(before))
	}
	w.wantLive("a", newest)
}

// TestManyWaitForADeadSync: several that wait find at once that the running sync
// is dead. One ends it, and none of them fails for that.
func TestManyWaitForADeadSync(t *testing.T) {
	t.Parallel()
	w, sha := oneWorkflow(t)
	dead := w.started()
	w.pass(time.Hour)
	var wg sync.WaitGroup
	for i := range 8 {
		p := control.New(w.options)
		wg.Go(func() {
			s, err := p.Sync(w.ctx, "prod", control.SyncOptions{Actor: slipway.LocalActor(fmt.Sprint("p", i))})
			if err != nil || s.Status != slipway.SyncSucceeded {
				t.Errorf("waiter %d: %s, %v", i, s.Status, err)
			}
		})
	}
	wg.Wait()
	w.wantLive("a", sha)
	if end := w.read(slipway.Sync{ID: dead.Sync, Environment: dead.Environment}); end.Problem == nil || end.Problem.Code != control.CodeDied {
		t.Errorf("the dead sync ended as %s: %+v", end.Status, end.Problem)
	}
}

func TestCancel(t *testing.T) {
	t.Parallel()
	w, _ := oneWorkflow(t)
	running := w.started()
	waiting := w.request(control.SyncOptions{})
	r := control.Request{Actor: slipway.LocalActor("bo"), Reason: "wrong branch"}
	for _, id := range []string{waiting.ID, running.Sync} {
		s, changed, err := w.Cancel(w.ctx, "prod", id, r)
		if err != nil || !changed || s.Status != slipway.SyncCancelled || s.Problem.Detail != `cancelled by bo ("wrong branch")` {
			t.Errorf("cancelled %s: %+v %+v, %v", id, s.Status, s.Problem, err)
		}
	}
	if _, changed, err := w.Cancel(w.ctx, "prod", running.Sync, r); err != nil || changed {
		t.Errorf("cancelled twice: %v, %v", changed, err)
	}
	if _, err := w.Fetch(w.ctx, running); !fault.Is(err, fault.LeaseLost) {
		t.Errorf("a cancelled sync fetched: %v", err)
	}
	if _, _, err := w.Cancel(w.ctx, "prod", "sync_none", r); fault.CodeOf(err) != "unknown-sync" {
		t.Errorf("cancelled an unknown sync: %v", err)
	}
	w.sync(slipway.SyncSucceeded)
}

// TestTenAtOnce asks for ten syncs from ten workers, the newest commit coming
// before the last: few run, all lead to one that ran, and the newest is live.
func TestTenAtOnce(t *testing.T) {
	t.Parallel()
	w, _ := oneWorkflow(t)
	var wg sync.WaitGroup
	ends := make([]slipway.Sync, 10)
	sha := ""
	for i := range ends {
		if i == len(ends)-1 {
			sha = w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "newest"))
		}
		p := control.New(w.options)
		wg.Add(1)
		go func() {
			defer wg.Done()
			var err error
			if ends[i], err = p.Sync(w.ctx, "prod", control.SyncOptions{Actor: slipway.LocalActor(fmt.Sprint("p", i))}); err != nil {
				t.Error(err)
			}
		}()
	}
	wg.Wait()
	ran := map[string]bool{}
	for i, s := range ends {
		if s.Status != slipway.SyncSucceeded {
			t.Errorf("request %d ended as %s: %+v", i, s.Status, s.Problem)
		}
		ran[s.ID] = true
	}
	syncs, _, err := w.Syncs(w.ctx, "prod", control.SyncFilter{}, control.Page{})
	if err != nil || len(syncs) != len(ends) {
		t.Fatalf("%d syncs, %v", len(syncs), err)
	}
	for _, s := range syncs {
		if !s.Status.Ended() || ran[s.ID] != (s.Status == slipway.SyncSucceeded) {
			t.Errorf("sync %d is %s", s.Sequence, s.Status)
		}
	}
	w.wantLive("a", sha)
	t.Logf("%d of %d ran", len(ran), len(ends))
}
