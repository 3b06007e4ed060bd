package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/functiontest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const syncs = "/v1/environments/prod/syncs"

// TestTick gives the function its sample.
func TestTick(t *testing.T) {
	w := functiontest.New(t)
	secret := strings.Repeat("0123456789abcdef", 4)
	w.Parts.Settings.FirstTokenSecret = "arn:first"
	w.Cloud.Secret("arn:first", `{"prefix":"slipway_first_","secret":"`+secret+`"}`)
	f := w.Function(wire)
	waiting := w.Ask()
	if name := w.Invoke(f, w.Event(""), nil); name != "" {
		t.Fatalf("%s\n%s", name, w.Log)
	}
	want := []functiontest.Call{{Name: waiting.ID + "-1", Input: `{"environment":"` + w.Environment + `","sync":"` + waiting.ID + `","generation":1}`}}
	if d := cmp.Diff(want, w.Cloud.Started()); d != "" {
		t.Error(d)
	}
	if s := w.Sync(waiting.ID); s.Status != slipway.SyncRunning {
		t.Errorf("the sync is %s", s.Status)
	}
	if who, err := w.Plane.Authenticate(t.Context(), "slipway_first_"+secret); err != nil || who.Role != slipway.Admin {
		t.Errorf("the first token lets in %+v (%v)", who, err)
	}
	if strings.Contains(w.Log.String(), secret) {
		t.Error("the log has the secret")
	}
	if name := w.Invoke(f, w.Event(""), nil); name != "" || len(w.Cloud.Started()) != 0 {
		t.Errorf("a second tick gives %q and starts it again", name)
	}
}

// TestTickEndsWhatNobodyRuns: the execution died, and there is no lock to look at.
func TestTickEndsWhatNobodyRuns(t *testing.T) {
	w := functiontest.New(t)
	f := w.Function(wire)
	first := w.Ask()
	w.Invoke(f, w.Event(""), nil)
	second := w.Ask()
	w.Cloud.Started()
	w.Later = 2 * time.Minute
	if name := w.Invoke(f, w.Event(""), nil); name != "" {
		t.Fatalf("%s\n%s", name, w.Log)
	}
	if s := w.Sync(first.ID); s.Status != slipway.SyncFailed || s.Problem.Code != control.CodeDied {
		t.Errorf("the dead one is %s: %+v", s.Status, s.Problem)
	}
	if started := w.Cloud.Started(); len(started) != 1 || started[0].Name != second.ID+"-1" {
		t.Errorf("started %+v", started)
	}
}

func TestStartSync(t *testing.T) {
	w := functiontest.New(t)
	f := w.Function(wire)
	ids := []string{}
	for range 2 {
		r := w.Call(f, w.Request("POST", syncs, "{}"))
		var s slipway.Sync
		w.Must(json.Unmarshal([]byte(r.Body), &s))
		if r.Status != 202 || r.Headers["Location"] != syncs+"/"+s.ID {
			t.Fatalf("%+v", r)
		}
		ids = append(ids, s.ID)
	}
	if started := w.Cloud.Started(); len(started) != 1 || started[0].Name != ids[0]+"-1" || w.Sync(ids[1]).Status != slipway.SyncQueued {
		t.Errorf("started %+v; the second is %s", started, w.Sync(ids[1]).Status)
	}
	if r := w.Call(f, w.Request("POST", syncs+"/"+ids[0]+"/cancel", "{}")); r.Status != 200 {
		t.Errorf("%+v", r)
	}
	if started := w.Cloud.Started(); len(started) != 1 || started[0].Name != ids[1]+"-1" {
		t.Errorf("after the first was cancelled, started %+v", started)
	}
	if r := w.Call(f, w.Request("GET", syncs, "")); r.Status != 405 {
		t.Errorf("it answers reads: %+v", r)
	}
}

// TestStartRefused: what could not be started does not stay running.
func TestStartRefused(t *testing.T) {
	w := functiontest.New(t)
	f := w.Function(wire)
	w.Cloud.Refuse("AccessDeniedException")
	r := w.Call(f, w.Request("POST", syncs, "{}"))
	var s slipway.Sync
	w.Must(json.Unmarshal([]byte(r.Body), &s))
	ended := w.Sync(s.ID)
	if r.Status != 202 || ended.Status != slipway.SyncFailed || ended.Problem.Code != "sync-not-started" || !strings.Contains(ended.Problem.Detail, "AccessDenied") {
		t.Errorf("%d; it is %s: %+v", r.Status, ended.Status, ended.Problem)
	}
}

func TestStartPlan(t *testing.T) {
	w := functiontest.New(t)
	f := w.Function(wire)
	for _, refused := range []string{"", "AccessDeniedException"} {
		w.Cloud.Refuse(refused)
		r := w.Call(f, w.Request("POST", "/v1/environments/prod/plans", "{}"))
		var plan control.Plan
		w.Must(json.Unmarshal([]byte(r.Body), &plan))
		stored, err := w.Plane.Plan(t.Context(), "prod", plan.ID)
		w.Must(err)
		invoked := w.Cloud.Invoked()
		if refused != "" {
			if stored.Status != control.PlanFailed || stored.Problem.Code != "plan-not-started" {
				t.Errorf("the plan is %s: %+v", stored.Status, stored.Problem)
			}
			continue
		}
		want := []functiontest.Call{{Name: "fetch", Input: `{"plan":{"environment":"` + w.Environment + `","id":"` + plan.ID + `"}}`}}
		if d := cmp.Diff(want, invoked); d != "" || r.Status != 202 || stored.Status != control.PlanRunning {
			t.Errorf("%d, %s, %s", r.Status, stored.Status, d)
		}
	}
}
