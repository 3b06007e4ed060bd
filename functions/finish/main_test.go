package main

import (
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/functiontest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestFinish gives the function its sample, while another sync waits.
func TestFinish(t *testing.T) {
	w := functiontest.New(t)
	f := w.Function(wire)
	ref := w.Running()
	waiting := w.Ask()
	for range 2 { // a task may be tried again
		var out struct{ Sync, Status string }
		if name := w.Invoke(f, w.Event(ref.Sync), &out); name != "" || out.Sync != ref.Sync || out.Status != "failed" {
			t.Fatalf("%q, %+v\n%s", name, out, w.Log)
		}
	}
	if s := w.Sync(ref.Sync); s.Status != slipway.SyncFailed {
		t.Errorf("it ended as %s", s.Status)
	}
	if started := w.Cloud.Started(); len(started) != 1 || started[0].Name != waiting.ID+"-1" || w.Sync(waiting.ID).Status != slipway.SyncRunning {
		t.Errorf("started %+v; what waited is %s", started, w.Sync(waiting.ID).Status)
	}
	if !strings.Contains(w.Log.String(), `"msg":"sync ended"`) {
		t.Errorf("the log says nothing of it: %s", w.Log)
	}
}

// TestFinishFailed gives it the error that a Catch has put there.
func TestFinishFailed(t *testing.T) {
	w := functiontest.New(t)
	f := w.Function(wire)
	ref := w.Running()
	event := strings.Replace(w.Event(ref.Sync), "{", `{"error":{"Error":"Unavailable",`+
		`"Cause":"{\"errorType\":\"Unavailable\",\"errorMessage\":\"{\\\"code\\\":\\\"repository-unreachable\\\",\\\"detail\\\":\\\"no answer\\\"}\"}"},`, 1)
	if name := w.Invoke(f, event, nil); name != "" {
		t.Fatalf("%s\n%s", name, w.Log)
	}
	if s := w.Sync(ref.Sync); s.Status != slipway.SyncFailed || s.Problem == nil || s.Problem.Code != "repository-unreachable" || s.Problem.Detail != "no answer" {
		t.Errorf("it ended as %s: %+v", s.Status, s.Problem)
	}
}
