package control_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// restorable is a world of a, b, c that went live in release 1, of which a
// changed in release 2, and d came with it.
func restorable(t *testing.T) *world {
	t.Helper()
	w := newWorld(t, nil)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"), "bWorkflow.ts", file("b", tokens, "1"),
		"cWorkflow.ts", file("c", "user:pre_registration", "1"))
	w.add()
	w.sync(slipway.SyncSucceeded)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "2"), "bWorkflow.ts", file("b", tokens, "2"),
		"cWorkflow.ts", file("c", "user:pre_registration", "2"), "dWorkflow.ts", file("d", "m2m:token_generation", "2"))
	w.sync(slipway.SyncSucceeded)
	return w
}

func (w *world) preview(release int64) control.RestorePreview {
	w.t.Helper()
	before := w.releases()
	p, err := w.PreviewRestore(w.ctx, "prod", release)
	if err != nil {
		w.t.Fatal(err)
	}
	if len(w.releases()) != len(before) || p.Head != before[0].Number {
		w.t.Errorf("a preview wrote, or is of release %d", p.Head)
	}
	return p
}

func TestRestoreDoesWhatItsPreviewSays(t *testing.T) {
	t.Parallel()
	w := restorable(t)
	p := w.preview(1)
	if len(p.Changes) != 4 || len(p.Left) != 0 {
		t.Fatalf("preview %+v", p)
	}
	res, err := w.Restore(w.ctx, "prod", 1, false, ana)
	if err != nil || !res.Changed {
		t.Fatalf("restore %+v (%v)", res, err)
	}
	if diff := cmp.Diff(p.Changes, res.Row.Changes); diff != "" {
		t.Errorf("it did otherwise (-preview +row):\n%s", diff)
	}
	if v := w.workflow("d"); v.Live != nil || v.Hold == nil {
		t.Errorf("d is %+v", v)
	}
	if p := w.preview(1); len(p.Changes) != 0 {
		t.Errorf("once more it would %+v", p)
	}
	if res, err := w.Restore(w.ctx, "prod", 1, false, ana); err != nil || res.Changed {
		t.Errorf("once more: %+v (%v)", res, err)
	}
}

func TestRestoreLeavesWhatIsDeletedOrRejected(t *testing.T) {
	t.Parallel()
	w := restorable(t)
	release, err := w.store.Row(w.ctx, w.environmentID(), 1)
	if err != nil {
		t.Fatal(err)
	}
	then := release.State.Workflows
	if _, err := w.Reject(w.ctx, "prod", "b", then["b"].Live.Deployment, ana, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Delete(w.ctx, "prod", "c", ana, ""); err != nil {
		t.Fatal(err)
	}
	p := w.preview(1)
	want := []slipway.Left{
		{Workflow: "b", Why: "rejected", Then: then["b"].Live.Deployment, Live: w.workflow("b").Live.Deployment},
		{Workflow: "c", Why: "deleted", Then: then["c"].Live.Deployment},
	}
	if diff := cmp.Diff(want, p.Left); diff != "" || len(p.Changes) != 2 {
		t.Errorf("preview %+v, left (-want +got):\n%s", p, diff)
	}
	_, err = w.Restore(w.ctx, "prod", 1, false, ana)
	wantCode(t, err, "not-restorable")
	res, err := w.Restore(w.ctx, "prod", 1, true, ana)
	if diff := cmp.Diff(p.Changes, res.Row.Changes); err != nil || diff != "" {
		t.Errorf("it did otherwise (%v) (-preview +row):\n%s", err, diff)
	}
	_, err = w.Restore(w.ctx, "prod", 99, false, ana)
	wantCode(t, err, "unknown-release")
}

func (w *world) environmentID() string {
	w.t.Helper()
	v, err := w.Environment(w.ctx, "prod")
	if err != nil {
		w.t.Fatal(err)
	}
	return v.ID
}
