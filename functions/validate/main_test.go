package main

import (
	"context"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/functiontest"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

// alone wires the function on what its role may use: blobs, and nothing else.
func alone(wire functionwire.Wire) functionwire.Wire {
	return func(ctx context.Context, p functionwire.Parts) (lambdaevent.Function, error) {
		p.Store, p.Settings = nil, functionwire.Settings{}
		return wire(ctx, p)
	}
}

// TestValidate gives the function its sample.
func TestValidate(t *testing.T) {
	w := functiontest.New(t)
	ref := w.Running()
	fetched, err := w.Plane.Fetch(t.Context(), ref)
	w.Must(err)
	f := w.Function(alone(wire))
	var out control.BatchOutput
	if name := w.Invoke(f, w.Event(ref.Sync), &out); name != "" || out != (control.BatchOutput{}) {
		t.Fatalf("%q, %+v\n%s", name, out, w.Log)
	}
	live, err := w.Plane.GoLive(t.Context(), control.GoLiveInput{SyncRef: ref, Complete: true, Batches: fetched.BatchCount})
	if err != nil {
		t.Fatalf("%+v (%v)", live, err)
	}
	if v, err := w.Plane.Workflow(t.Context(), "prod", "greet"); err != nil || v.Live == nil {
		t.Errorf("what was validated is not live: %+v (%v)", v, err)
	}
}

// TestSplit gives it a batch as the state machine does after a crash.
func TestSplit(t *testing.T) {
	w := functiontest.New(t)
	w.Commit("Second", "greet", "user:post_authentication", "claims", "user:tokens_generation")
	ref := w.Running()
	_, err := w.Plane.Fetch(t.Context(), ref)
	w.Must(err)
	f := w.Function(alone(wire))
	crashed := strings.Replace(w.Event(ref.Sync), "{", `{"error":{"Error":"Runtime.ExitError","Cause":"{}"},`, 1)
	var singles []control.BatchInput
	if name := w.Invoke(f, crashed, &singles); name != "" || len(singles) != 2 || singles[1].Only != 2 || singles[1].SyncRef != ref {
		t.Errorf("%q, %+v", name, singles)
	}
	if name := w.Invoke(f, w.Event("sync_none"), nil); name != "NotFound" {
		t.Errorf("a batch that is not there is %q", name)
	}
}

func TestPlan(t *testing.T) {
	w := functiontest.New(t)
	event, plan := w.PlanEvent()
	_, err := w.Plane.PreparePlan(t.Context(), w.Environment, plan.ID)
	w.Must(err)
	f := w.Function(alone(wire))
	for range 2 { // Lambda may give it twice
		if name := w.Invoke(f, event, nil); name != "" {
			t.Fatalf("%s\n%s", name, w.Log)
		}
	}
	done, err := w.Plane.Plan(t.Context(), "prod", plan.ID)
	if err != nil || done.Status != control.PlanDone || len(done.Report.Workflows) != 1 || !done.Report.Workflows[0].Valid {
		t.Errorf("%+v (%v)", done, err)
	}
}
