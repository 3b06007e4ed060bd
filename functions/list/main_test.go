package main

import (
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/functiontest"
)

// TestList gives the function its sample.
func TestList(t *testing.T) {
	w := functiontest.New(t)
	w.ReadsBlobsOnly()
	f := w.Function(wire)
	r := w.Call(f, w.Event(""))
	if r.Status != 200 || !strings.Contains(r.Body, `"slug":"prod"`) || r.Headers["Content-Type"] != "application/json" {
		t.Errorf("%+v", r)
	}
	if strings.Contains(w.Log.String(), w.Token) {
		t.Error("the log has the token")
	}
	w.Token = "slipway_no_body"
	if r := w.Call(f, w.Event("")); r.Status != 401 {
		t.Errorf("with a bad token: %+v", r)
	}
}

func TestReadsAlone(t *testing.T) {
	w := functiontest.New(t)
	w.ReadsBlobsOnly()
	f := w.Function(wire)
	_, plan := w.PlanEvent()
	if r := w.Call(f, w.Request("GET", "/v1/environments/prod/plans/"+plan.ID, "")); r.Status != 200 || !strings.Contains(r.Body, `"status":"running"`) {
		t.Errorf("%+v", r)
	}
	if r := w.Call(f, w.Request("POST", "/v1/environments/prod/syncs", "{}")); r.Status != 405 {
		t.Errorf("it takes writes: %+v", r)
	}
	r := w.Call(f, w.Request("GET", "/v1/openapi.json", ""))
	for _, id := range []string{"list-syncs", "start-sync", "start-plan", "make-live"} {
		if r.Status != 200 || !strings.Contains(r.Body, `"operationId":"`+id+`"`) {
			t.Errorf("the description lacks %s (%d)", id, r.Status)
		}
	}
}

func TestHosts(t *testing.T) {
	w := functiontest.New(t)
	w.ReadsBlobsOnly()
	w.Parts.Settings.Hosts = []string{"slipway.example.com"}
	f := w.Function(wire)
	if r := w.Call(f, w.Request("GET", "/v1/environments", "")); r.Status != 200 {
		t.Errorf("%+v", r)
	}
	if r := w.Call(f, w.Event("")); r.Status != 421 {
		t.Errorf("for another host: %+v", r)
	}
}
