package control_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/storetest"
)

// threeReleases is a world where workflow a went live with three codes.
func threeReleases(t *testing.T, wrap func(control.Store) control.Store) (*world, []string) {
	t.Helper()
	w := newWorld(t, wrap)
	var shas []string
	for i := range 3 {
		shas = append(shas, w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, fmt.Sprint(i))))
		if i == 0 {
			w.add()
		}
		w.sync(slipway.SyncSucceeded)
	}
	return w, shas
}

func TestRollBackGoesToOtherCode(t *testing.T) {
	t.Parallel()
	w, shas := threeReleases(t, nil)
	w.sync(slipway.SyncSucceeded) // the same commit once more
	if _, err := w.MakeLive(w.ctx, "prod", "a", control.PreviousName, ana, control.MakeLiveOptions{}); err != nil {
		t.Fatal(err)
	}
	w.wantLive("a", shas[1])
	if _, err := w.MakeLive(w.ctx, "prod", "a", control.PreviousName, ana, control.MakeLiveOptions{}); err != nil {
		t.Fatal(err)
	}
	w.wantLive("a", shas[0])
	_, err := w.MakeLive(w.ctx, "prod", "a", control.PreviousName, ana, control.MakeLiveOptions{})
	if fault.CodeOf(err) != "nothing-to-go-back-to" || len(fault.Of(err).Fixes) == 0 {
		t.Errorf("got %v", err)
	}
}

// TestOnlyWhatIsNotTheNewestIsHeld: with the newest code rejected, what was live
// before it is the newest, and anything older needs a hold to stay.
func TestOnlyWhatIsNotTheNewestIsHeld(t *testing.T) {
	t.Parallel()
	w, shas := threeReleases(t, nil)
	makeLive := func(sha string, held bool) {
		t.Helper()
		id := must[string](t)(w.Find(w.ctx, "prod", "a", sha))
		if _, err := w.MakeLive(w.ctx, "prod", "a", id, ana, control.MakeLiveOptions{}); err != nil {
			t.Fatal(err)
		}
		w.wantLive("a", sha)
		if v := w.workflow("a"); (v.Hold != nil) != held {
			t.Errorf("%s is live with the hold %+v", sha[:7], v.Hold)
		}
	}
	makeLive(shas[0], true)  // the live one is newer
	makeLive(shas[1], true)  // forward, and one newer still waits
	makeLive(shas[2], false) // the newest
	if _, err := w.Reject(w.ctx, "prod", "a", shas[2], ana, ""); err != nil {
		t.Fatal(err)
	}
	makeLive(shas[0], true)
	makeLive(shas[1], false)
}

func TestACommitNamesItsNewestValidDeployment(t *testing.T) {
	t.Parallel()
	w, shas := threeReleases(t, nil)
	w.sync(slipway.SyncSucceeded)
	newest := w.workflow("a").Live.Deployment
	for _, name := range []string{shas[2][:7], shas[2]} {
		if id, err := w.Find(w.ctx, "prod", "a", name); err != nil || id != newest {
			t.Errorf("%s names %s, want %s (%v)", name, id, newest, err)
		}
	}
	for name, code := range map[string]string{
		shas[0][:6]: "bad-deployment-name", "": "", "0000000": "unknown-deployment", "dep_": "unknown-deployment",
	} {
		if _, err := w.Find(w.ctx, "prod", "a", name); fault.CodeOf(err) != code {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestTheSameKeyIsTheSameCommand(t *testing.T) {
	t.Parallel()
	w, shas := threeReleases(t, nil)
	r := control.Request{Actor: ana.Actor, Reason: "once", Key: "button-1"}
	first, err := w.MakeLive(w.ctx, "prod", "a", shas[0], r, control.MakeLiveOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Lift(w.ctx, "prod", "a", ana); err != nil {
		t.Fatal(err)
	}
	again, err := w.MakeLive(w.ctx, "prod", "a", shas[0], r, control.MakeLiveOptions{})
	if err != nil || again.Row.ID != first.Row.ID || again.Row.Number != first.Row.Number {
		t.Fatalf("again: %+v, %v", again.Row, err)
	}
	w.wantLive("a", shas[2])
}

func TestOneWinnerAtATime(t *testing.T) {
	t.Parallel()
	w, shas := threeReleases(t, nil)
	before := len(w.releases())
	var wg sync.WaitGroup
	const rounds = 20
	for i := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range rounds {
				_, err := w.MakeLive(w.ctx, "prod", "a", shas[(i+j)%3], control.Request{Actor: slipway.LocalActor(fmt.Sprint("p", i))}, control.MakeLiveOptions{})
				if err != nil {
					t.Error(err)
				}
			}
		}()
	}
	wg.Wait()
	rs := w.releases()
	for i := range len(rs) - before {
		if r, older := rs[i], rs[i+1]; r.Changes[0].From != older.Changes[0].To {
			t.Fatalf("release %d goes from %s, release %d went to %s", r.Number, r.Changes[0].From, older.Number, older.Changes[0].To)
		}
	}
}

// TestLostAnswers runs commands on a store whose writes fail or whose answers
// are lost: each is one row, or none with a fault.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			flaky := false
			chosen := storetest.Seeded(seed, 2)
			w, shas := threeReleases(t, func(s control.Store) control.Store {
				return storetest.NewFlaky(s, func(op storetest.Op) storetest.Fault {
					if !flaky {
						return storetest.None
					}
					return chosen(op)
				})
			})
			flaky = true
			for i := range 12 {
				before := w.releases()
				target := shas[i%2]
				wasLive := w.live("a") == target
				res, err := w.MakeLive(w.ctx, "prod", "a", target, ana, control.MakeLiveOptions{})
				rows := len(w.releases()) - len(before)
				switch {
				case err != nil && !fault.Is(err, fault.Unavailable):
					t.Fatal(err)
				case err != nil && rows > 1, err == nil && wasLive != (rows == 0), err == nil && rows > 1:
					t.Fatalf("make live wrote %d rows, was live %v, err %v", rows, wasLive, err)
				case err == nil && !wasLive && (!res.Changed || res.Row.Number != w.releases()[0].Number):
					t.Fatalf("the answer %+v is not the row that was written", res.Row)
				case err == nil:
					w.wantLive("a", target)
				}
			}
		})
	}
}

// TestSyncsOnAFlakyStore: whatever befalls its writes, a sync ends, nothing is
// live that is not valid, and the ledger has no gaps.
func TestSyncsOnAFlakyStore(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			flaky := false
			chosen := storetest.Seeded(seed, 4)
			w, _ := threeReleases(t, func(s control.Store) control.Store {
				return storetest.NewFlaky(s, func(op storetest.Op) storetest.Fault {
					if !flaky || op == storetest.OpMoveSlot {
						return storetest.None
					}
					return chosen(op)
				})
			})
			for i := range 4 {
				w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, fmt.Sprint("flaky", i)), "bWorkflow.ts", file("b", tokens, fmt.Sprint(i)))
				flaky = true
				s, err := w.Sync(w.ctx, "prod", control.SyncOptions{Actor: ana.Actor})
				flaky = false
				if err != nil || !s.Status.Ended() || s.Status != slipway.SyncSucceeded && s.Problem == nil {
					t.Fatalf("sync %+v, %v", s, err)
				}
				w.releases()
				detail, err := w.SyncByID(w.ctx, "prod", s.ID)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range detail.Deployments {
					if d.Status == slipway.StatusProcessing {
						t.Errorf("%s is still processing", d.ID)
					}
				}
			}
			sha := w.commit(gittest.Options{})
			w.sync(slipway.SyncSucceeded)
			w.wantLive("a", sha)
			w.wantLive("b", sha)
		})
	}
}
