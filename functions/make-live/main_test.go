package main

import (
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/functiontest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// validated is a sync that has come to go live.
func validated(w *functiontest.World) control.SyncRef {
	ref := w.Running()
	fetched, err := w.Plane.Fetch(w.T.Context(), ref)
	w.Must(err)
	for _, b := range fetched.Batches {
		_, err := w.Plane.Validate(w.T.Context(), b)
		w.Must(err)
	}
	return ref
}

// TestGoLive gives the function its sample.
func TestGoLive(t *testing.T) {
	w := functiontest.New(t)
	w.ReadsBlobsOnly()
	f := w.Function(wire)
	ref := validated(w)
	var out control.GoLiveOutput
	if name := w.Invoke(f, w.Event(ref.Sync), &out); name != "" || len(out.Refused) != 0 {
		t.Fatalf("%q, %+v\n%s", name, out, w.Log)
	}
	v, err := w.Plane.Workflow(t.Context(), "prod", "greet")
	if err != nil || v.Live == nil {
		t.Fatalf("%+v (%v)", v, err)
	}
	w.Must(w.Plane.Abandon(t.Context(), ref, slipway.Problem{Code: "x"}))
	if name := w.Invoke(f, w.Event(ref.Sync), nil); name != "LeaseLost" {
		t.Errorf("a sync that was taken is %q", name)
	}
}

func TestCommand(t *testing.T) {
	w := functiontest.New(t)
	w.ReadsBlobsOnly()
	f := w.Function(wire)
	w.Invoke(f, w.Event(validated(w).Sync), nil)
	hold := "/v1/environments/prod/workflows/greet/hold"
	if r := w.Call(f, w.Request("PUT", hold, `{"reason":"wait"}`)); r.Status != 200 {
		t.Errorf("%+v", r)
	}
	if v, err := w.Plane.Workflow(t.Context(), "prod", "greet"); err != nil || v.Hold == nil || v.Hold.Reason != "wait" {
		t.Errorf("%+v (%v)", v, err)
	}
	if r := w.Call(f, w.Request("GET", "/v1/environments/prod/live", "")); r.Status != 404 {
		t.Errorf("it answers reads: %+v", r)
	}
}
