package slipway

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestRollBackStays(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	l.sync(t, 2, "a:2")
	l.sync(t, 3, "a:2") // the same code from a later sync
	wantStatus(t, l, map[string]Status{"a1": StatusDeactivated, "a2": StatusDeactivated, "a3": StatusLive})
	p := l.previous("a")
	if p == nil || p.ID != "a1" {
		t.Fatalf("previous of a3 is %v, want a1: a2 is the same code", p)
	}
	l.do(t, l.makeLive(p.ID))
	if r := l.head(); r.Cause != CauseRollBack || r.Changes[0].From != "a3" || r.Changes[0].First {
		t.Fatalf("row %+v", r)
	}
	l.sync(t, 4, "a:4")
	wantLive(t, l, "a", "a1")
	wantStatus(t, l, map[string]Status{"a1": StatusLive, "a4": StatusDeployed})
	l.do(t, Lift{Entry: l.entry("ana", ""), Workflow: "a"})
	wantLive(t, l, "a", "a4")
	if n := l.do(t, Lift{Entry: l.entry("ana", ""), Workflow: "a"}); n != 0 {
		t.Errorf("lifting what is not held took %d rows", n)
	}
}

func TestPreviousIsOlderAndGood(t *testing.T) {
	l := newLedger()
	for i := range int64(3) {
		l.sync(t, i+1, fmt.Sprintf("a:%d", i+1))
	}
	l.do(t, l.reject("a2"))
	if p := l.previous("a"); p == nil || p.ID != "a1" {
		t.Fatalf("previous of a3 is %v, want a1: a2 is rejected", p)
	}
	l.do(t, l.makeLive("a1"))
	if p := l.previous("a"); p != nil {
		t.Fatalf("previous of a1 is %s: nothing older was live", p.ID)
	}
}

func TestLiveOnWhatIsLiveWritesNoRow(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	if n := l.do(t, l.makeLive("a1")); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestMakeLiveNewestEndsTheHold(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	l.sync(t, 2, "a:2")
	l.do(t, l.makeLive("a1"))
	l.do(t, l.makeLive("a2"))
	if w := l.head().State.Workflows["a"]; w.Hold != nil {
		t.Errorf("held by %+v", w.Hold)
	}
}

func TestOlderIsMeasuredAgainstGoodCode(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	l.sync(t, 2, "a:2")
	l.do(t, l.reject("a2"))
	l.do(t, Deactivate{Entry: l.entry("ana", ""), Workflow: "a"})
	l.do(t, l.makeLive("a1")) // the newest whose code is not rejected
	if w := l.head().State.Workflows["a"]; w.Hold != nil {
		t.Errorf("held by %+v", w.Hold)
	}
}

func TestAutoLiveOff(t *testing.T) {
	l := newLedger()
	l.do(t, SetAutoLive{Entry: l.entry("ana", ""), On: false})
	l.sync(t, 1, "a:1")
	l.sync(t, 2, "a:2")
	wantStatus(t, l, map[string]Status{"a1": StatusDraft, "a2": StatusDraft})
	l.do(t, l.makeLive("a2"))
	wantStatus(t, l, map[string]Status{"a1": StatusDeployed, "a2": StatusLive})
	l.do(t, l.makeLive("a1"))
	wantStatus(t, l, map[string]Status{"a1": StatusLive, "a2": StatusDeactivated})
	l.do(t, SetAutoLive{Entry: l.entry("ana", ""), On: true})
	l.do(t, Lift{Entry: l.entry("ana", ""), Workflow: "a"})
	wantLive(t, l, "a", "a2")
}

func TestDeactivateStays(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	l.do(t, Deactivate{Entry: l.entry("ana", "noisy"), Workflow: "a"})
	l.sync(t, 2, "a:2")
	wantLive(t, l, "a", "")
	wantStatus(t, l, map[string]Status{"a1": StatusDeactivated, "a2": StatusDeployed})
	if n := l.do(t, Deactivate{Entry: l.entry("ana", ""), Workflow: "a"}); n != 0 {
		t.Errorf("again took %d rows", n)
	}
}

func TestFromIsWhatThePersonSaw(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	l.sync(t, 2, "a:2")
	l.sync(t, 3, "a:3")
	c := l.makeLive("a1")
	c.From = "a2"
	l.refused(t, c, "live-changed")
	r := l.reject("a2")
	r.From = "a2"
	l.refused(t, r, "live-changed")
	d := Deactivate{Entry: l.entry("ana", ""), Workflow: "a", From: "a1"}
	l.refused(t, d, "live-changed")
	c.From = "a3"
	l.do(t, c)
	wantLive(t, l, "a", "a1")
}

func TestRejectWithNothingBefore(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	l.do(t, l.reject("a1"))
	wantLive(t, l, "a", "")
	if n := l.do(t, l.reject("a1")); n != 0 {
		t.Errorf("again took %d rows", n)
	}
	l.sync(t, 2, "a:2")
	wantLive(t, l, "a", "a2")
}

func TestRejectWhosePreviousLostItsTrigger(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1@t")
	l.sync(t, 2, "a:2@u", "b:1@t")
	l.do(t, l.reject("a2"))
	wantLive(t, l, "a", "")
	wantLive(t, l, "b", "b2")
}

func TestRestore(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1", "b:1", "c:1")
	release := l.head()
	l.sync(t, 2, "a:2", "b:2", "c:2", "d:1")
	restore := func(partial bool) Restore {
		return Restore{Entry: l.entry("ana", "bad night"), Release: release, Targets: l.deployments, Partial: partial}
	}
	l.do(t, l.reject("b1"))
	l.do(t, Delete{Entry: l.entry("ana", ""), Workflow: "c"})
	l.refused(t, restore(false), "not-restorable")
	if _, err := restore(false).Decide(l.head()); !strings.Contains(err.Error(), "b (rejected), c (deleted)") {
		t.Errorf("what is left is not named: %v", err)
	}
	changes, left := restore(false).Preview(l.head())
	if want := []Left{{"b", "rejected", "b1", "b2"}, {"c", "deleted", "c1", ""}}; !slices.Equal(left, want) || len(changes) != 2 {
		t.Errorf("the preview changes %v and leaves %v", changes, left)
	}
	if n := l.do(t, restore(true)); n != 1 {
		t.Errorf("%d rows", n)
	}
	for workflow, want := range map[string]string{"a": "a1", "b": "b2", "c": "", "d": ""} {
		wantLive(t, l, workflow, want)
	}
	s := l.head().State
	if s.Workflows["a"].Hold == nil || s.Workflows["d"].Hold == nil || s.Workflows["b"].Hold != nil {
		t.Errorf("holds: a %v, b %v, d %v", s.Workflows["a"].Hold, s.Workflows["b"].Hold, s.Workflows["d"].Hold)
	}
	if s.Workflows["a"].Offered.Deployment != "a2" {
		t.Errorf("offered moved to %s", s.Workflows["a"].Offered.Deployment)
	}
	if n := l.do(t, restore(true)); n != 0 {
		t.Errorf("again took %d rows", n)
	}
}

func TestRestorePruned(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	release := l.head()
	l.sync(t, 2, "a:2")
	l.refused(t, Restore{Entry: l.entry("ana", ""), Release: release, Targets: nil}, "not-restorable")
}

func TestThawBringsWhatWaited(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1", "b:1")
	l.do(t, SetFreeze{Entry: l.entry("ana", "launch")})
	l.do(t, SetHold{Entry: l.entry("ana", ""), Workflow: "b"})
	l.sync(t, 2, "a:2", "b:2", "c:1")
	if n := l.do(t, Thaw{Entry: l.entry("ana", "")}); n != 1 {
		t.Errorf("%d rows", n)
	}
	for workflow, want := range map[string]string{"a": "a2", "b": "b1", "c": "c2"} {
		wantLive(t, l, workflow, want)
	}
	if n := l.do(t, Thaw{Entry: l.entry("ana", "")}); n != 0 {
		t.Errorf("again took %d rows", n)
	}
}

func TestEncodeRoundTrip(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1", "b:1")
	l.do(t, l.reject("b1"))
	l.do(t, SetFreeze{Entry: l.entry("ana", "")})
	data, err := l.head().State.Encode()
	if err != nil {
		t.Fatal(err)
	}
	s, err := DecodeState(data)
	if err != nil {
		t.Fatal(err)
	}
	if rowText(Row{State: s}) != rowText(Row{State: l.head().State}) {
		t.Error("the state read differs from the one written")
	}
	if _, err := DecodeState([]byte("no state")); err == nil {
		t.Error("nonsense was read as a state")
	}
}

func TestActorText(t *testing.T) {
	for _, a := range []Actor{LocalActor("ana"), {OwnIssuer, "clock"}, {"https://idp.example:8443/x", "u|1:2 (ops)"}} {
		text, _ := a.MarshalText()
		var back Actor
		if err := back.UnmarshalText(text); err != nil || back != a {
			t.Errorf("%q read as %+v, want %+v", text, back, a)
		}
		if err := a.Validate(); err != nil {
			t.Error(err)
		}
	}
}
