package control_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// leftWaiting is polledWorld where the tick runs nothing itself.
func leftWaiting(t *testing.T, wrap func(control.Store) control.Store) (*world, *hooked) {
	t.Helper()
	w, remote := polledWorld(t, wrap)
	w.options.Start = func(control.Work) {}
	w.Plane = control.New(w.options)
	return w, remote
}

// next ticks when the branch is due, and gives the sync that was asked for, nil
// for none.
func (w *world) next() *slipway.Sync {
	w.t.Helper()
	w.untilDue()
	ticked := w.tick()
	if len(ticked) == 0 {
		return nil
	}
	if len(ticked) != 1 || ticked[0].Asked == nil {
		w.t.Fatalf("ticked %+v", ticked)
	}
	return ticked[0].Asked
}

// runNext runs the sync that waits.
func (w *world) runNext() slipway.Sync {
	w.t.Helper()
	ran, err := w.RunWaiting(w.ctx, w.poll().Environment)
	if err != nil || len(ran) != 1 {
		w.t.Fatalf("ran %+v, %v", ran, err)
	}
	return ran[0]
}

// TestWhatCannotBeFetchedIsTriedLessOften, however final the problem is: the
// commit is not known, so the clock cannot see that it is the same. That another
// try is under way says nothing yet.
func TestWhatCannotBeFetchedIsTriedLessOften(t *testing.T) {
	t.Parallel()
	w, remote := leftWaiting(t, nil)
	remote.fetch = fault.New(fault.Invalid, "repository-too-large", "the repository is too large")
	if w.next() == nil {
		t.Fatal("nothing was asked for")
	}
	for n := 1; n <= 4; n++ {
		if s := w.runNext(); s.Status != slipway.SyncFailed || s.Commit != nil {
			t.Fatalf("it ended as %+v", s)
		}
		if w.next() == nil {
			t.Fatalf("try %d: nothing was asked for", n)
		}
		if p := w.poll(); p.Failures != n || p.Problem.Code != "repository-too-large" || p.Due.Sub(p.AskedAt) < slipway.DefaultPoll<<n {
			t.Errorf("try %d: %+v", n, p)
		}
		if s := w.next(); s != nil {
			t.Errorf("try %d is asked for twice: %+v", n, s)
		}
		if p := w.poll(); p.Failures != n {
			t.Errorf("try %d is forgotten: %+v", n, p)
		}
	}
	remote.fetch = nil
	w.runNext()
	if s := w.next(); s != nil {
		t.Errorf("asked for %+v", s)
	}
	if p := w.poll(); p.Failures != 0 || p.Problem != nil {
		t.Errorf("after it was brought: %+v", p)
	}
}

// TestATryThatRunsIsNoSuccess: the failures are counted on when it has ended.
func TestATryThatRunsIsNoSuccess(t *testing.T) {
	t.Parallel()
	w, remote := leftWaiting(t, nil)
	remote.fetch = fault.New(fault.Unavailable, "repository-unreachable", "it breaks off")
	w.next()
	w.runNext()
	w.next()
	w.runNext()
	w.started()
	if s := w.next(); s != nil || w.poll().Failures != 1 {
		t.Errorf("while one more try runs: %+v, and asked for %+v", w.poll(), s)
	}
}

// TestAClockThatDiesWhileItAsks, of a branch that is asked once a day: the next
// one asks before long.
func TestAClockThatDiesWhileItAsks(t *testing.T) {
	t.Parallel()
	w, remote := leftWaiting(t, nil)
	w.configure(86400)
	w.untilDue()
	ctx, die := context.WithCancel(w.ctx)
	remote.onTip = func() error {
		die()
		return ctx.Err()
	}
	if _, err := w.Tick(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("a clock that was stopped says %v", err)
	}
	if p := w.poll(); p.Failures != 0 || p.Due.Sub(p.AskedAt) > 5*time.Minute {
		t.Errorf("it leaves %+v", p)
	}
	remote.onTip = nil
	if w.next() == nil {
		t.Error("the next one does not ask")
	}
	if p := w.poll(); p.Due.Sub(p.AskedAt) < 24*time.Hour || p.Due.Sub(p.AskedAt) > 24*time.Hour+time.Minute {
		t.Errorf("the next one leaves %+v", p)
	}
}

// TestMoreAreDueThanOneTickAsks: the next ticks ask the others, and every one is
// asked once.
func TestMoreAreDueThanOneTickAsks(t *testing.T) {
	t.Parallel()
	w, remote := leftWaiting(t, nil)
	const many = 600
	for n := range many - 1 {
		e := slipway.Environment{
			ID: fmt.Sprint("env_", n), Slug: fmt.Sprint("e", n), Repository: slipway.Repository{URL: "/"}, Version: 1, CreatedAt: w.clock, CreatedBy: ana.Actor,
			PollSeconds: new(86400),
		}
		if err := w.store.CreateEnvironment(w.ctx, e, nil); err != nil {
			t.Fatal(err)
		}
	}
	remote.onTip = func() error { return fault.New(fault.Unavailable, "repository-unreachable", "it is down") }
	w.configure(86400)
	w.pass(25 * time.Hour)
	var asked []string
	for range 3 {
		for _, ticked := range w.tick() {
			asked = append(asked, ticked.Environment)
		}
	}
	slices.Sort(asked)
	if n := len(slices.Compact(slices.Clone(asked))); len(asked) != many || n != many {
		t.Errorf("asked %d times, of %d environments", len(asked), n)
	}
}

// TestWhatNoSyncCanBring: something waits for the next sync, since a freeze ran
// out, and the commit has nothing that could go live for it. One sync looks; the
// clock does not ask for the same again and again.
func TestWhatNoSyncCanBring(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*world){
		"broken": func(w *world) { w.commit(gittest.Options{}, "aWorkflow.ts", "export default async (") },
		"removed": func(w *world) {
			w.commit(gittest.Options{Remove: []string{folder + "aWorkflow.ts"}}, "bWorkflow.ts", file("b", tokens, "1"))
		},
		"emptied": func(w *world) { w.repo.Commit(map[string]string{"README.md": "nothing"}, gittest.Options{Fresh: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, _ := leftWaiting(t, nil)
			w.next()
			w.runNext()
			until := w.clock.Add(time.Hour)
			if _, err := w.Freeze(w.ctx, "prod", &until, ana); err != nil {
				t.Fatal(err)
			}
			w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "2"))
			w.next()
			w.runNext()
			change(w)
			w.next()
			w.runNext()
			if s := w.next(); s != nil {
				t.Fatalf("frozen, and asked for %+v", s)
			}
			w.pass(time.Hour)
			asked := 0
			for range 8 {
				if w.next() != nil {
					w.runNext()
					asked++
				}
			}
			if asked != 1 {
				t.Errorf("asked for %d syncs of the same commit", asked)
			}
		})
	}
}

// TestHowOftenItIsAskedChangesNoCheck: the same commit is not checked anew
// because it is looked for at other times.
func TestHowOftenItIsAskedChangesNoCheck(t *testing.T) {
	t.Parallel()
	w, _ := leftWaiting(t, nil)
	w.next()
	w.runNext()
	w.configure(600)
	if s := w.next(); s != nil {
		t.Errorf("asked for %+v", s)
	}
	if _, err := w.SetEnvironment(w.ctx, "prod", control.EnvironmentChange{Triggers: &[]string{"user:signed_out"}}, ana); err != nil {
		t.Fatal(err)
	}
	if w.next() == nil {
		t.Error("other triggers change what is found, and no sync was asked for")
	}
}

// TestSettingsThatChangeWhileItAsks stand: what came of the old ones is not
// written over them, and no other environment of that name gets a sync.
func TestSettingsThatChangeWhileItAsks(t *testing.T) {
	t.Parallel()
	remove := func(w *world) {
		if _, err := w.RemoveEnvironment(w.ctx, "prod", ana); err != nil {
			w.t.Error(err)
		}
	}
	for name, change := range map[string]func(*world){
		"off":                 func(w *world) { w.configure(0) },
		"another":             func(w *world) { w.configure(3600) },
		"removed":             remove,
		"another of its name": func(w *world) { remove(w); w.add() },
	} {
		for _, answer := range []error{nil, fault.New(fault.Unavailable, "repository-unreachable", "it is down")} {
			t.Run(fmt.Sprint(name, " ", answer), func(t *testing.T) {
				t.Parallel()
				w, remote := leftWaiting(t, nil)
				remote.onTip = func() error {
					remote.onTip = nil
					change(w)
					return answer
				}
				w.untilDue()
				w.tick()
				if name == "removed" {
					_, err := w.Environment(w.ctx, "prod")
					wantCode(t, err, "unknown-environment")
					return
				}
				p := w.poll()
				if p.Failures != 0 || name == "off" && !p.Due.IsZero() || name == "another" && p.Due.Sub(w.clock) < 50*time.Minute {
					t.Errorf("the poll is %+v", p)
				}
				if name == "another of its name" && w.syncCount() != 0 {
					t.Error("the clock asked for a sync of another environment")
				}
			})
		}
	}
}
