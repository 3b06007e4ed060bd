package control_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/storetest"
)

const day = 24 * time.Hour

// shallow keeps two codes and a day.
func shallow(dry bool) control.PruneOptions {
	return control.PruneOptions{DryRun: dry, Policy: slipway.PrunePolicy{Keep: 2, Age: day}}
}

func (w *world) prune(o control.PruneOptions) control.PruneReport {
	w.t.Helper()
	r, err := w.Prune(w.ctx, o)
	if err != nil {
		w.t.Fatalf("prune: %v", err)
	}
	return r
}

// pruneAlike prunes after a dry run that said the same.
func (w *world) pruneAlike(o control.PruneOptions) control.PruneReport {
	w.t.Helper()
	dry := o
	dry.DryRun = true
	want, got := w.prune(dry), w.prune(o)
	want.DryRun, want.At = false, got.At
	if diff := cmp.Diff(want, got); diff != "" {
		w.t.Fatalf("a dry run said otherwise (-dry +real):\n%s", diff)
	}
	return got
}

// codes brings n codes of workflow a.
func (w *world) codes(n int) {
	w.t.Helper()
	for i := range n {
		w.commit(gittest.Options{}, "aWorkflow.ts", file("a", "user:post_authentication", fmt.Sprint(i)))
		if i == 0 {
			w.add()
		}
		w.sync(slipway.SyncSucceeded)
	}
}

func blobsOf(r control.PruneReport, kind string) control.PrunedBlobs {
	for _, b := range r.Blobs {
		if b.Kind == kind {
			return b
		}
	}
	return control.PrunedBlobs{}
}

func wantCounts(t *testing.T, r control.PruneReport, deployments, syncs, marked, deleted int) {
	t.Helper()
	e, b := r.Environments[0], blobsOf(r, "bundles")
	if len(e.Deployments) != deployments || len(e.Syncs) != syncs || b.Marked.Count != marked || b.Deleted.Count != deleted {
		t.Fatalf("%d deployments, %d syncs, %d bundles marked and %d deleted; want %d, %d, %d, %d: %+v",
			len(e.Deployments), len(e.Syncs), b.Marked.Count, b.Deleted.Count, deployments, syncs, marked, deleted, r)
	}
}

func TestPrune(t *testing.T) {
	w := newWorld(t, nil)
	w.codes(6)
	w.clock = time.Now() // the blobs' times are the disk's
	wantCounts(t, w.pruneAlike(control.PruneOptions{}), 0, 0, 0, 0)
	w.pass(365 * day)
	wantCounts(t, w.pruneAlike(control.PruneOptions{}), 0, 0, 0, 0) // never by age alone
	// Two codes are the newest two; what a roll back goes to is one of them.
	r := w.pruneAlike(shallow(false))
	wantCounts(t, r, 4, 4, 4, 0)
	if s := blobsOf(r, "snapshots"); s.Marked.Count != 0 || s.Kept.Count != 6 { // marked by the prune before
		t.Errorf("snapshots: %+v", s)
	}
	wantCounts(t, w.pruneAlike(shallow(false)), 0, 0, 0, 0)
	w.pass(6 * day)
	wantCounts(t, w.pruneAlike(shallow(false)), 0, 0, 0, 0)
	w.pass(2 * day)
	r = w.pruneAlike(shallow(false))
	wantCounts(t, r, 0, 0, 0, 4)
	if s := blobsOf(r, "snapshots"); s.Kept.Count != 1 {
		t.Errorf("snapshots: %+v", s)
	}
	storetest.Readable(t, w.store, r.Environments[0].ID)
	if len(w.releases()) != 6 {
		t.Error("a row of the ledger is gone")
	}
	if _, err := w.MakeLive(w.ctx, "prod", "a", control.PreviousName, ana, control.MakeLiveOptions{}); err != nil {
		t.Errorf("roll back: %v", err)
	}
	w.sync(slipway.SyncSucceeded)
}

// TestPrunePutsAgain brings code back whose bundle was marked meanwhile.
func TestPrunePutsAgain(t *testing.T) {
	w := newWorld(t, nil)
	w.codes(4)
	w.clock = time.Now()
	w.pass(30 * day)
	wantCounts(t, w.pruneAlike(shallow(false)), 2, 2, 2, 0)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", "user:post_authentication", "0"))
	w.sync(slipway.SyncSucceeded)
	w.pass(8 * day)
	wantCounts(t, w.pruneAlike(shallow(false)), 1, 1, 1, 2)
	live := w.workflow("a").Live
	d, err := w.store.Deployment(w.ctx, w.environment().ID, live.Deployment)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.options.Blobs.Content(w.ctx, "bundles", d.Digest); err != nil {
		t.Errorf("the live bundle is gone: %v", err)
	}
}

// TestPruneFindsWhatItMarkedTooSoon marks a bundle that a record needs, as a
// prune beside a sync could: the next prunes copy it before it goes.
func TestPruneFindsWhatItMarkedTooSoon(t *testing.T) {
	w := newWorld(t, nil)
	w.codes(1)
	w.clock = time.Now()
	list, err := w.options.Blobs.Stored(w.ctx, "bundles", "", 10)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	if err := w.options.Blobs.Mark(w.ctx, list[0].Name, w.now()); err != nil {
		t.Fatal(err)
	}
	w.pass(30 * day)
	r := w.pruneAlike(control.PruneOptions{})
	if b := blobsOf(r, "bundles"); b.Again.Count != 1 || b.Deleted.Count != 0 {
		t.Fatalf("%+v", b)
	}
	r = w.pruneAlike(control.PruneOptions{})
	if b := blobsOf(r, "bundles"); b.Again.Count != 0 || b.Deleted.Count != 1 || b.Kept.Count != 1 {
		t.Fatalf("%+v", b)
	}
	if _, err := w.options.Blobs.Content(w.ctx, "bundles", list[0].Digest); err != nil {
		t.Errorf("a live bundle is gone: %v", err)
	}
}

func (w *world) environment() slipway.Environment {
	w.t.Helper()
	e, err := w.store.Environment(w.ctx, "prod")
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// TestPruneBesidePeople prunes while people make old deployments live: each is
// live, or was refused because it is gone, and nothing live is gone.
func TestPruneBesidePeople(t *testing.T) {
	w := newWorld(t, nil)
	w.codes(9)
	w.clock = time.Now()
	w.pass(30 * day)
	ds, _, err := w.Deployments(w.ctx, "prod", control.DeploymentFilter{Workflow: "a"}, control.Page{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for _, d := range ds[4:] {
		wg.Go(func() {
			_, err := w.MakeLive(w.ctx, "prod", "a", d.ID, ana, control.MakeLiveOptions{})
			if err != nil && fault.CodeOf(err) != "unknown-deployment" {
				t.Errorf("make %s live: %v", d.ID, err)
			}
		})
	}
	for range 4 {
		wg.Go(func() {
			if _, err := w.Prune(w.ctx, shallow(false)); err != nil && !strings.Contains(fault.CodeOf(err), "ledger-moved") {
				t.Errorf("prune: %v", err)
			}
		})
	}
	wg.Wait()
	live := w.workflow("a").Live
	d, err := w.store.Deployment(w.ctx, w.environment().ID, live.Deployment)
	if err != nil {
		t.Fatalf("what is live is gone: %v", err)
	}
	if _, err := w.options.Blobs.Content(w.ctx, "bundles", d.Digest); err != nil {
		t.Errorf("its bundle is gone: %v", err)
	}
}

// TestPruneOnAFlakyStore ends as on one that is well.
func TestPruneOnAFlakyStore(t *testing.T) {
	on := false
	choose := storetest.Seeded(7, 2)
	w := newWorld(t, func(s control.Store) control.Store {
		return storetest.NewFlaky(s, func(op storetest.Op) storetest.Fault {
			if !on {
				return storetest.None
			}
			return choose(op)
		})
	})
	w.codes(6)
	w.clock = time.Now()
	w.pass(30 * day)
	on = true
	wantCounts(t, w.prune(shallow(false)), 4, 4, 4, 0)
	on = false
	wantCounts(t, w.prune(shallow(true)), 0, 0, 0, 0)
}

// TestPruneLeavesWhatIsUnderWay has a sync that has not ended for a year.
func TestPruneLeavesWhatIsUnderWay(t *testing.T) {
	w := newWorld(t, nil)
	w.codes(3)
	s, err := w.StartSync(w.ctx, "prod", control.SyncOptions{Actor: ana.Actor})
	if err != nil {
		t.Fatal(err)
	}
	in := control.SyncRef{Environment: s.Environment, Sync: s.ID, Generation: s.Generation}
	if _, err := w.Fetch(w.ctx, in); err != nil {
		t.Fatal(err)
	}
	w.clock = time.Now()
	w.pass(365 * day)
	r := w.pruneAlike(control.PruneOptions{Policy: slipway.PrunePolicy{Keep: 1, Age: day}})
	if kept := r.Environments[0].Kept; kept[slipway.StaysProcessing] != 1 {
		t.Errorf("kept %v", kept)
	}
	for _, kind := range []string{"batches", "snapshots"} {
		if b := blobsOf(r, kind); b.Kept.Count == 0 {
			t.Errorf("%s: %+v", kind, b)
		}
	}
	if _, err := w.store.Sync(w.ctx, s.Environment, s.ID); err != nil {
		t.Error(err)
	}
}
