package control_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// started starts a sync and returns its reference.
func (w *world) started() control.SyncRef {
	w.t.Helper()
	s, err := w.StartSync(w.ctx, "prod", control.SyncOptions{Actor: ana.Actor})
	if err != nil {
		w.t.Fatal(err)
	}
	return control.SyncRef{Environment: s.Environment, Sync: s.ID, Generation: s.Generation}
}

// through passes a step's output to the next as the JSON that it is.
func through[T any](t *testing.T, v T) T {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var back T
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	return back
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return through(t, v)
	}
}

func TestStepsMayRunTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	sha := w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"), "bWorkflow.ts", "not a workflow(")
	w.add()
	ref := w.started()
	fetched := must[control.FetchOutput](t)(w.Fetch(w.ctx, ref))
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "2")) // the branch moves on: the commit stays
	if again := must[control.FetchOutput](t)(w.Fetch(w.ctx, ref)); len(again.Batches) != len(fetched.Batches) {
		t.Errorf("batches %+v, then %+v", fetched.Batches, again.Batches)
	}
	in := control.GoLiveInput{SyncRef: ref, Complete: true, Batches: len(fetched.Batches)}
	for range 2 {
		for _, b := range fetched.Batches {
			must[control.BatchOutput](t)(w.Validate(w.ctx, b))
		}
	}
	must[control.GoLiveOutput](t)(w.GoLive(w.ctx, in))
	must[control.GoLiveOutput](t)(w.GoLive(w.ctx, in))
	for range 2 {
		end := must[slipway.Sync](t)(w.Finish(w.ctx, control.FinishInput{SyncRef: ref}))
		if end.Status != slipway.SyncIncomplete || end.Commit.SHA != sha || end.Counts.Live != 1 {
			t.Fatalf("sync %+v", end)
		}
	}
	if got := w.statuses("a"); got != "Live" {
		t.Errorf("deployments of a: %s", got)
	}
	if rs := w.releases(); len(rs) != 1 {
		t.Errorf("%d releases", len(rs))
	}
}

func TestGoLiveTrustsNoResult(t *testing.T) {
	t.Parallel()
	edits := map[string]func(f map[string]any){
		"another digest":       func(f map[string]any) { f["digest"] = "sha256:" + strings.Repeat("0", 64) },
		"no digest":            func(f map[string]any) { f["digest"] = "../../slipway.db" },
		"an id that is no id":  func(f map[string]any) { f["settings"].(map[string]any)["id"] = strings.Repeat("x", 4096) },
		"a trigger with lines": func(f map[string]any) { f["settings"].(map[string]any)["trigger"] = "user:\npost" },
		"another file":         func(f map[string]any) { f["path"] = "elsewhere/otherWorkflow.ts" },
	}
	for name, edit := range edits {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"))
			w.add()
			ref := w.started()
			fetched := must[control.FetchOutput](t)(w.Fetch(w.ctx, ref))
			must[control.BatchOutput](t)(w.Validate(w.ctx, fetched.Batches[0]))
			w.editResults(ref, edit)
			must[control.GoLiveOutput](t)(w.GoLive(w.ctx, control.GoLiveInput{SyncRef: ref, Complete: true, Batches: 1}))
			end := must[slipway.Sync](t)(w.Finish(w.ctx, control.FinishInput{SyncRef: ref}))
			if end.Status != slipway.SyncFailed || end.Counts.Fail != 1 || len(w.releases()) != 0 {
				t.Errorf("sync %+v with %d releases", end, len(w.releases()))
			}
		})
	}
}

// editResults changes the first verdict that a batch left, on disk.
func (w *world) editResults(ref control.SyncRef, edit func(map[string]any)) {
	w.t.Helper()
	name := filepath.Join(w.dir, "blobs", "results", ref.Sync, "1", "0.json")
	data, err := os.ReadFile(name)
	if err != nil {
		w.t.Fatal(err)
	}
	var res map[string][]map[string]any
	if err := json.Unmarshal(data, &res); err != nil {
		w.t.Fatal(err)
	}
	file := res["files"][0]
	lower := map[string]string{}
	for k := range file {
		lower[strings.ToLower(k)] = k
	}
	for _, k := range []string{"digest", "settings", "path"} {
		if _, ok := file[k]; !ok {
			w.t.Fatalf("the verdict has no %s: %v", k, lower)
		}
	}
	edit(file)
	if data, err = json.Marshal(res); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		w.t.Fatal(err)
	}
}
