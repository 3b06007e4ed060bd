package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/functiontest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestFetch gives the function its sample.
func TestFetch(t *testing.T) {
	w := functiontest.New(t)
	f := w.Function(wire)
	ref := w.Running()
	for range 2 { // a task may be tried again
		var out control.FetchOutput
		if name := w.Invoke(f, w.Event(ref.Sync), &out); name != "" {
			t.Fatalf("%s\n%s", name, w.Log)
		}
		if out.Unchanged || !out.Complete || out.BatchCount != 1 || len(out.Batches) != 1 || out.Batches[0].Files != 1 {
			t.Errorf("%+v", out)
		}
	}
	if s := w.Sync(ref.Sync); s.Commit == nil || s.Snapshot == "" || s.Batches != 1 {
		t.Errorf("the sync is %+v", s)
	}
}

func TestErrors(t *testing.T) {
	w := functiontest.New(t)
	f := w.Function(wire)
	ref := w.Running()
	w.Must(w.Plane.Abandon(t.Context(), ref, slipway.Problem{Code: "x"}))
	if name := w.Invoke(f, w.Event(ref.Sync), nil); name != "LeaseLost" {
		t.Errorf("a sync that was taken is %q", name)
	}
	if name := w.Invoke(f, w.Event("sync_none"), nil); name != "NotFound" {
		t.Errorf("a sync that never was is %q", name)
	}
}

func TestPlan(t *testing.T) {
	w := functiontest.New(t)
	f := w.Function(wire)
	event, plan := w.PlanEvent()
	if name := w.Invoke(f, event, nil); name != "" {
		t.Fatalf("%s\n%s", name, w.Log)
	}
	if d := cmp.Diff([]functiontest.Call{{Name: "validate", Input: event}}, w.Cloud.Invoked()); d != "" {
		t.Error(d)
	}
	done, err := w.Plane.CheckPlan(t.Context(), w.Environment, plan.ID)
	if err != nil || done.Status != control.PlanDone || done.Commit == nil {
		t.Errorf("the plan is %+v (%v)", done, err)
	}
	if name := w.Invoke(f, event, nil); name != "" || len(w.Cloud.Invoked()) != 0 {
		t.Errorf("an event that comes late gives %q and invokes again", name)
	}
	event, _ = w.PlanEvent()
	w.Cloud.Refuse("AccessDeniedException")
	if name := w.Invoke(f, event, nil); name != "Unavailable" {
		t.Errorf("where validate is not invoked: %q, so Lambda does not try again", name)
	}
}
