package control_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const auth, tokens = "user:post_authentication", "user:tokens_generation"

func TestSyncBringsEveryWorkflowLive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	sha := w.commit(gittest.Options{Author: "Ana", Message: "First\n\nwith a body"}, "aWorkflow.ts", file("a", auth, "1"), "bWorkflow.ts", file("b", tokens, "1"))
	w.add()
	s := w.sync(slipway.SyncSucceeded)
	if s.Commit.SHA != sha || s.Commit.Author != "Ana" || s.Commit.Subject() != "First" || s.Counts.Live != 2 || s.EndedAt == nil || len(s.Steps) != 3 {
		t.Fatalf("sync %+v", s)
	}
	w.wantLive("a", sha)
	w.wantLive("b", sha)
	if rs := w.releases(); len(rs) != 1 || len(rs[0].Changes) != 2 || rs[0].Cause != slipway.CauseSync {
		t.Fatalf("releases %+v", rs)
	}
}

func TestInvariant7NothingIsLostWithItsFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	first := w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"), "bWorkflow.ts", file("b", tokens, "1"))
	w.add()
	w.sync(slipway.SyncSucceeded)

	second := w.commit(gittest.Options{Remove: []string{folder + "aWorkflow.ts"}})
	w.sync(slipway.SyncSucceeded)
	w.wantLive("a", first)
	w.wantLive("b", second)
	if v := w.workflow("a"); v.MissingSince == nil || v.Why.Code != slipway.WhyMissing {
		t.Errorf("a is not flagged missing: %+v", v)
	}
	for _, workflow := range []string{"", "a", "b"} { // a page with several live ones, and with one
		ds, _, err := w.Deployments(w.ctx, "prod", control.DeploymentFilter{Workflow: workflow}, control.Page{})
		if err != nil || len(ds) == 0 {
			t.Fatalf("deployments %+v, %v", ds, err)
		}
		for _, d := range ds {
			want := d.Status == slipway.StatusLive && d.Workflow == "a"
			if slices.Contains(d.Notes, slipway.NoteMissing) != want {
				t.Errorf("of %q: %s of %s has the notes %v", workflow, d.Status, d.Workflow, d.Notes)
			}
		}
	}

	// The file comes back elsewhere, under its id.
	third := w.commit(gittest.Options{}, "moved/aWorkflow.ts", file("a", auth, "1"))
	w.sync(slipway.SyncSucceeded)
	w.wantLive("a", third)
	if v := w.workflow("a"); v.MissingSince != nil || !strings.Contains(v.Path, "moved") {
		t.Errorf("a: %+v", v)
	}
}

func TestInvariant7AnEmptyRepositoryEmptiesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	first := w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"))
	w.add()
	w.sync(slipway.SyncSucceeded)
	for _, files := range []map[string]string{{"README.md": "nothing"}, {"kinde.json": "{}", "README.md": "nothing"}, {"kinde.json": `{"rootDir" "src"}`}} {
		w.repo.Commit(files, gittest.Options{Fresh: true})
		w.sync(slipway.SyncFailed)
		w.wantLive("a", first)
	}
}

func TestABrokenFileHarmsNoNeighbour(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	first := w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"), "bWorkflow.ts", file("b", tokens, "1"))
	w.add()
	w.sync(slipway.SyncSucceeded)
	second := w.commit(gittest.Options{}, "aWorkflow.ts", "export default async (", "bWorkflow.ts", file("b", tokens, "2"))
	s := w.sync(slipway.SyncIncomplete)
	w.wantLive("a", first)
	w.wantLive("b", second)
	if s.Counts.Fail != 1 || s.Counts.Valid != 1 || len(s.Diagnostics) == 0 || s.Diagnostics[0].Line != 1 {
		t.Errorf("sync %+v", s)
	}
	// Its id cannot be read, so the failure belongs to the workflow seen at its path.
	if v := w.workflow("a"); v.Latest.Status != slipway.StatusFailed || v.Latest.Commit != second || v.Why.Code != slipway.WhyNewestFailed {
		t.Errorf("a: %+v", v)
	}
	if got := w.statuses("a"); got != "Failed Live" {
		t.Errorf("deployments of a: %s", got)
	}
}

func TestAFileThatGetsAnotherID(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	first := w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"))
	w.add()
	w.sync(slipway.SyncSucceeded)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("renamed", auth, "1"))
	s := w.sync(slipway.SyncSucceeded)
	w.wantLive("a", first)
	w.wantLive("renamed", "")
	if s.Counts.Kept[slipway.NoteTriggerInUse] != 1 {
		t.Errorf("counts %+v", s.Counts)
	}
	if v := w.workflow("a"); v.Latest.Commit != first {
		t.Errorf("the renamed file counts as a's newest: %+v", v.Latest)
	}
	if _, err := w.Deactivate(w.ctx, "prod", "a", ana, ""); err != nil {
		t.Fatal(err)
	}
	third := w.commit(gittest.Options{}, "bWorkflow.ts", file("b", tokens, "1"))
	w.sync(slipway.SyncSucceeded)
	w.wantLive("renamed", third)
}

func TestWorkflowsThatExchangeTriggers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"), "bWorkflow.ts", file("b", tokens, "1"))
	w.add()
	w.sync(slipway.SyncSucceeded)
	second := w.commit(gittest.Options{}, "aWorkflow.ts", file("a", tokens, "1"), "bWorkflow.ts", file("b", auth, "1"))
	w.sync(slipway.SyncSucceeded)
	w.wantLive("a", second)
	w.wantLive("b", second)
	if rs := w.releases(); len(rs) != 2 {
		t.Errorf("the exchange took %d releases", len(rs)-1)
	}
}

func TestUnchanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"))
	w.add()
	ifChanged := control.SyncOptions{Actor: ana.Actor, IfChanged: true}
	w.syncWith(ifChanged, slipway.SyncSucceeded)
	if s := w.syncWith(ifChanged, slipway.SyncUnchanged); s.Commit == nil || len(s.Diagnostics) != 0 {
		t.Errorf("sync %+v", s)
	}
	w.syncWith(ifChanged, slipway.SyncUnchanged)
	w.sync(slipway.SyncSucceeded) // asked for by a person: it checks
	if got := w.statuses("a"); got != "Live Deactivated" {
		t.Errorf("deployments of a: %s", got)
	}
	d := w.workflow("a").Live.Deployment
	for _, do := range []func() (control.Result, error){
		func() (control.Result, error) { return w.Reject(w.ctx, "prod", "a", d, ana, "") },
		func() (control.Result, error) { return w.Accept(w.ctx, "prod", "a", d, ana, "") },
	} {
		if _, err := do(); err != nil {
			t.Fatal(err)
		}
	}
	w.syncWith(ifChanged, slipway.SyncSucceeded) // something was accepted since
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "2"))
	w.syncWith(ifChanged, slipway.SyncSucceeded)
}

func TestUnchangedNotWhileSomethingWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"))
	w.add()
	w.sync(slipway.SyncSucceeded)
	second := w.commit(gittest.Options{}, "aWorkflow.ts", file("renamed", auth, "1"))
	w.sync(slipway.SyncSucceeded)
	ifChanged := control.SyncOptions{Actor: ana.Actor, IfChanged: true}
	if s := w.syncWith(ifChanged, slipway.SyncUnchanged); s.SameAs == "" {
		t.Errorf("sync %+v does not name the one that checked its commit", s)
	}
	if _, err := w.Deactivate(w.ctx, "prod", "a", ana, ""); err != nil {
		t.Fatal(err)
	}
	if v := w.workflow("renamed"); v.Why.Code != slipway.WhyWaiting {
		t.Errorf("renamed: %+v", v.Why)
	}
	w.syncWith(ifChanged, slipway.SyncSucceeded)
	w.wantLive("renamed", second)
}

func TestUnreachableRepository(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	first := w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"))
	w.add()
	w.sync(slipway.SyncSucceeded)
	w.repo.DeleteBranch("main")
	s := w.sync(slipway.SyncFailed)
	if s.Problem == nil || s.Problem.Code == "" || s.Problem.Detail == "" || s.Commit != nil {
		t.Errorf("sync %+v", s)
	}
	w.wantLive("a", first)
	if v := w.workflow("a"); v.MissingSince != nil {
		t.Errorf("a sync that saw nothing flagged a as missing")
	}
}

func TestAnInterruptedSyncEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"))
	w.add()
	ctx, cancel := context.WithCancel(w.ctx)
	s, err := w.StartSync(ctx, "prod", control.SyncOptions{Actor: ana.Actor})
	if err != nil {
		t.Fatal(err)
	}
	in := control.SyncRef{Environment: s.Environment, Sync: s.ID, Generation: s.Generation}
	if _, err := w.Fetch(ctx, in); err != nil {
		t.Fatal(err)
	}
	cancel()
	end, err := w.Finish(w.ctx, control.FinishInput{SyncRef: in, Problem: &slipway.Problem{Code: control.CodeInterrupted, Detail: "the sync was interrupted"}})
	if err != nil || end.Status != slipway.SyncCancelled || end.Counts.Fail != 1 {
		t.Fatalf("sync %+v, %v", end, err)
	}
	d, err := w.SyncByID(w.ctx, "prod", s.ID)
	if err != nil || len(d.Deployments) != 1 || d.Deployments[0].Status != slipway.StatusFailed {
		t.Fatalf("deployments %+v, %v", d.Deployments, err)
	}
	// It has ended for good: none of its steps writes any more.
	if again, err := w.Finish(w.ctx, control.FinishInput{SyncRef: in}); err != nil || again.Status != slipway.SyncCancelled {
		t.Errorf("a second end: %+v, %v", again.Status, err)
	}
	if _, err := w.GoLive(w.ctx, control.GoLiveInput{SyncRef: in}); err == nil {
		t.Error("go live wrote under a sync that has ended")
	}
}
