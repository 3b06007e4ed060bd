package control_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// asked is a remote that counts questions for a tip, and fails while it is told to.
type asked struct {
	control.Remote
	mu   sync.Mutex
	tips int
	fail error
}

// Tip counts and asks.
func (a *asked) Tip(ctx context.Context, r slipway.Repository) (string, error) {
	a.mu.Lock()
	a.tips++
	err := a.fail
	a.mu.Unlock()
	if err != nil {
		return "", err
	}
	return a.Remote.Tip(ctx, r)
}

func (a *asked) count() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.tips
}

// ticking is a world with an environment, one sync and a counting remote.
func ticking(t *testing.T) (*world, *asked) {
	t.Helper()
	w := newWorld(t, nil)
	remote := &asked{Remote: w.options.Remote}
	w.options.Remote = remote
	w.Plane = control.New(w.options)
	w.commit(gittest.Options{Message: "one"}, "greetWorkflow.ts", file("greet", "user:post_authentication", "one"))
	w.add()
	w.sync(slipway.SyncSucceeded)
	remote.tips = 0
	return w, remote
}

func (w *world) tick() []control.Ticked {
	w.t.Helper()
	ticked, err := w.Tick(w.ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return ticked
}

func (w *world) syncCount() int {
	w.t.Helper()
	syncs, _, err := w.Syncs(w.ctx, "prod", control.SyncFilter{}, control.Page{Limit: 100})
	if err != nil {
		w.t.Fatal(err)
	}
	return len(syncs)
}

func TestClockAsksAfterAnInterval(t *testing.T) {
	w, remote := ticking(t)
	w.tick()
	if remote.count() != 0 {
		t.Error("a new environment was asked for at once")
	}
	w.pass(slipway.DefaultPoll)
	if ticked := w.tick(); remote.count() != 1 || w.syncCount() != 1 || len(ticked) != 0 {
		t.Errorf("a branch that has not moved: %d tips, %d syncs, %+v", remote.count(), w.syncCount(), ticked)
	}
	w.tick()
	if remote.count() != 1 {
		t.Error("asked again before the interval was over")
	}
}

func TestClockBringsWhatMoved(t *testing.T) {
	w, _ := ticking(t)
	sha := w.commit(gittest.Options{Message: "two"}, "greetWorkflow.ts", file("greet", "user:post_authentication", "two"))
	w.pass(slipway.DefaultPoll)
	ticked := w.tick()
	if len(ticked) != 1 || ticked[0].Asked == nil || len(ticked[0].Ran) != 1 {
		t.Fatalf("ticked %+v", ticked)
	}
	ran := ticked[0].Ran[0]
	if ran.StartedBy != slipway.ClockActor() || !ran.IfChanged || ran.Status != slipway.SyncSucceeded || ran.Commit.SHA != sha {
		t.Errorf("the clock's sync: %+v", ran)
	}
	w.pass(2 * slipway.DefaultPoll)
	if w.tick(); w.syncCount() != 2 {
		t.Errorf("%d syncs for two commits", w.syncCount())
	}
}

// TestClockDoublesNothing: while a sync waits, the clock asks for none.
func TestClockDoublesNothing(t *testing.T) {
	w, remote := ticking(t)
	w.options.Start = func(control.Work) {} // nobody runs what waits
	w.Plane = control.New(w.options)
	w.commit(gittest.Options{Message: "two"}, "greetWorkflow.ts", file("greet", "user:post_authentication", "two"))
	if _, err := w.RequestSync(w.ctx, "prod", control.SyncOptions{Actor: ana.Actor}); err != nil {
		t.Fatal(err)
	}
	w.pass(slipway.DefaultPoll)
	if ticked := w.tick(); len(ticked) != 0 || w.syncCount() != 2 || remote.count() != 0 {
		t.Errorf("%+v, %d syncs, %d tips", ticked, w.syncCount(), remote.count())
	}
}

func TestClockBacksOffAndRecovers(t *testing.T) {
	w, remote := ticking(t)
	remote.fail = fault.New(fault.Unavailable, "repository-unreachable", "the Git host is silent")
	w.pass(slipway.DefaultPoll)
	ticked := w.tick()
	if len(ticked) != 1 || ticked[0].Problem == nil || ticked[0].Problem.Code != "repository-unreachable" || w.syncCount() != 1 {
		t.Fatalf("ticked %+v", ticked)
	}
	v, err := w.Environment(w.ctx, "prod")
	if err != nil || v.Poll.Failures != 1 || v.Poll.Problem == nil {
		t.Fatalf("the poll is %+v, %v", v.Poll, err)
	}
	w.pass(slipway.DefaultPoll + slipway.DefaultPoll/2)
	w.tick()
	if remote.count() != 1 {
		t.Error("a host that failed was asked again as soon as one that did not")
	}
	w.pass(time.Hour)
	remote.mu.Lock()
	remote.fail = nil
	remote.mu.Unlock()
	w.tick()
	if v, err = w.Environment(w.ctx, "prod"); err != nil || v.Poll.Failures != 0 || v.Poll.Problem != nil || remote.count() != 2 {
		t.Errorf("after it answered the poll is %+v, %v, asked %d times", v.Poll, err, remote.count())
	}
}

func TestClockIsOffAndOn(t *testing.T) {
	w, remote := ticking(t)
	set := func(seconds int) {
		if _, err := w.SetEnvironment(w.ctx, "prod", control.EnvironmentChange{PollSeconds: &seconds}, ana); err != nil {
			t.Fatal(err)
		}
	}
	set(0)
	w.pass(48 * time.Hour)
	if w.tick(); remote.count() != 0 {
		t.Error("asked though polls are off")
	}
	set(30)
	w.pass(31 * time.Second)
	if w.tick(); remote.count() == 0 {
		t.Error("not asked after polls were switched on")
	}
	if _, err := w.SetEnvironment(w.ctx, "prod", control.EnvironmentChange{PollSeconds: new(3)}, ana); fault.CodeOf(err) != "bad-poll" {
		t.Errorf("every three seconds: %v", err)
	}
}

// TestTwoClocksAskOnce: of clocks that tick at once, one asks.
func TestTwoClocksAskOnce(t *testing.T) {
	w, remote := ticking(t)
	w.commit(gittest.Options{Message: "two"}, "greetWorkflow.ts", file("greet", "user:post_authentication", "two"))
	w.pass(slipway.DefaultPoll)
	var wg sync.WaitGroup
	for range 8 {
		other := control.New(w.options)
		wg.Go(func() {
			if _, err := other.Tick(w.ctx); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	// The sync itself asks once more, and fetches.
	if w.syncCount() != 2 || remote.count() > 2 {
		t.Errorf("%d syncs, %d tips", w.syncCount(), remote.count())
	}
}

// sick is a store that fails for one environment.
type sick struct {
	control.Store
	env string
}

// Slot fails for the environment.
func (s *sick) Slot(ctx context.Context, env string) (slipway.Slot, error) {
	if env == s.env {
		return slipway.Slot{}, errSick
	}
	return s.Store.Slot(ctx, env)
}

var errSick = errors.New("sick")

// TestTroubleInOneEnvironmentKeepsNoOtherWaiting, and is told.
func TestTroubleInOneEnvironmentKeepsNoOtherWaiting(t *testing.T) {
	w, _ := ticking(t)
	bad, err := w.AddEnvironment(w.ctx, control.NewEnvironment{Slug: "bad", Repository: slipway.Repository{URL: w.repo.Dir}, Actor: ana.Actor})
	if err != nil {
		t.Fatal(err)
	}
	w.options.Store = &sick{w.store, bad.ID}
	w.Plane = control.New(w.options)
	w.commit(gittest.Options{Message: "two"}, "greetWorkflow.ts", file("greet", "user:post_authentication", "two"))
	w.pass(slipway.DefaultPoll)
	ticked, err := w.Tick(w.ctx)
	if !errors.Is(err, errSick) || !strings.Contains(err.Error(), "environment bad: ") {
		t.Errorf("the trouble is told as %v", err)
	}
	if len(ticked) != 1 || ticked[0].Environment != "prod" || len(ticked[0].Ran) != 1 {
		t.Errorf("ticked %+v", ticked)
	}
}
