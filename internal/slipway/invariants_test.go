package slipway

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

func TestInvariant1OneLiveWorkflowPerTrigger(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1@t", "b:1@u")
	l.sync(t, 2, "a:2@t", "c:1@t")
	wantLive(t, l, "c", "")
	wantLive(t, l, "a", "a2")
	if got := NotesOf(l.deployments["c2"], false, l.head(), l.clock); !slices.Contains(got, NoteTriggerInUse) {
		t.Errorf("notes of c2: %v", got)
	}
	l.refused(t, l.makeLive("c2"), "trigger-in-use")
	_, err := l.makeLive("c2").Decide(l.head())
	if !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("the refusal does not name the other workflow: %v", err)
	}
}

func TestInvariant1ExchangeInOneRow(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1@t", "b:1@u", "c:1@v")
	before := l.head().Number
	l.sync(t, 2, "a:2@u", "b:2@v", "c:2@t")
	if l.head().Number != before+1 || len(l.head().Changes) != 3 {
		t.Fatalf("the ring took rows %d to %d with %v", before+1, l.head().Number, l.head().Changes)
	}
	// b is held on its trigger, so neither it nor who wants that trigger moves.
	l.do(t, SetHold{Entry: l.entry("ana", ""), Workflow: "b"})
	l.sync(t, 3, "a:3@v", "b:3@t", "c:3@u")
	wantLive(t, l, "a", "a2")
	wantLive(t, l, "b", "b2")
	wantLive(t, l, "c", "c2")
}

func TestInvariant2LateSyncNeverGoesBackwards(t *testing.T) {
	l := newLedger()
	late := l.deploy(1, "a:1", "b:1")
	l.sync(t, 2, "a:2")
	l.bring(t, 1, late)
	wantLive(t, l, "a", "a2")
	wantLive(t, l, "b", "b1")
	if got := NotesOf(l.deployments["a1"], false, l.head(), l.clock); !slices.Contains(got, NoteSuperseded) {
		t.Errorf("notes of a1: %v", got)
	}
	if rows := len(l.bring(t, 1, late).Rows); rows != 0 {
		t.Errorf("bringing the same again took %d rows", rows)
	}
}

func TestInvariant2APersonMayBeFasterThanTheirSync(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	older, newer := l.deploy(2, "a:2"), l.deploy(3, "a:3") // checked, on their way
	l.do(t, l.makeLive("a3"))
	l.bring(t, 2, older)
	wantLive(t, l, "a", "a3")
	l.bring(t, 3, newer)
	wantLive(t, l, "a", "a3")
	if w := l.head().State.Workflows["a"]; w.Hold != nil || w.Offered.Sequence != 3 {
		t.Errorf("a: %+v", w)
	}
}

func TestInvariant2OfferedRisesEvenWhenNothingMayGoLive(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	l.do(t, SetHold{Entry: l.entry("ana", ""), Workflow: "a"})
	l.sync(t, 2, "a:2")
	if o := l.head().State.Workflows["a"].Offered; o.Sequence != 2 || l.head().Cause != CauseSync || len(l.head().Changes) != 0 {
		t.Fatalf("offered %+v in %+v", o, l.head())
	}
	l.do(t, Delete{Entry: l.entry("ana", ""), Workflow: "a"})
	l.bring(t, 2, []Deployment{l.deployments["a2"]})
	if w := l.head().State.Workflows["a"]; !w.Deleted || w.Offered.Sequence != 2 {
		t.Fatalf("an old sync brought a deleted workflow back: %+v", w)
	}
	l.sync(t, 3, "a:3")
	wantLive(t, l, "a", "a3")
}

func TestInvariant3AutomationRespectsPeople(t *testing.T) {
	freezeUntil := func(l *ledger, d time.Duration) *time.Time { u := l.clock.Add(d); return &u }
	cases := map[string]struct {
		stop func(l *ledger) Command
		note Note
		end  func(l *ledger) Command
	}{
		"hold": {
			func(l *ledger) Command { return SetHold{Entry: l.entry("ana", "w"), Workflow: "a"} }, NoteHeld,
			func(l *ledger) Command { return Lift{Entry: l.entry("ana", ""), Workflow: "a"} },
		},
		"freeze": {
			func(l *ledger) Command { return SetFreeze{Entry: l.entry("ana", "w")} }, NoteFrozen,
			func(l *ledger) Command { return Thaw{Entry: l.entry("ana", "")} },
		},
		"freeze until": {
			func(l *ledger) Command {
				return SetFreeze{Entry: l.entry("ana", "w"), Until: freezeUntil(l, time.Hour)}
			}, NoteFrozen,
			func(l *ledger) Command { return Thaw{Entry: l.entry("ana", "")} },
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			l.sync(t, 1, "a:1")
			l.do(t, c.stop(l))
			l.sync(t, 2, "a:2")
			wantLive(t, l, "a", "a1")
			if got := NotesOf(l.deployments["a2"], false, l.head(), l.clock); !slices.Equal(got, []Note{c.note}) {
				t.Errorf("notes %v, want %s", got, c.note)
			}
			if n := l.do(t, c.end(l)); n != 1 {
				t.Errorf("%d rows to end it", n)
			}
			wantLive(t, l, "a", "a2")
		})
	}
}

func TestInvariant3AFreezeEndsByItself(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	until := l.clock.Add(time.Hour)
	l.do(t, SetFreeze{Entry: l.entry("ana", ""), Until: &until})
	l.clock = until
	l.sync(t, 2, "a:2")
	wantLive(t, l, "a", "a2")
}

func TestInvariant3RejectionFollowsTheCode(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	l.sync(t, 2, "a:2")
	l.do(t, l.reject("a2"))
	wantLive(t, l, "a", "a1")
	l.sync(t, 3, "a:2") // the same code again
	wantLive(t, l, "a", "a1")
	l.refused(t, l.makeLive("a3"), "rejected")
	l.sync(t, 4, "a:4") // other code goes on by itself
	wantLive(t, l, "a", "a4")
	l.do(t, Accept{Entry: l.entry("ana", ""), Target: l.deployments["a3"]})
	l.do(t, l.makeLive("a3"))
	wantLive(t, l, "a", "a3")
}

func TestInvariant3PersonOverridesAFreezeAndTheRowSaysSo(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	l.do(t, SetFreeze{Entry: l.entry("ana", "")})
	l.sync(t, 2, "a:2")
	l.refused(t, l.makeLive("a2"), "frozen")
	c := l.makeLive("a2")
	c.Override = true
	l.do(t, c)
	wantLive(t, l, "a", "a2")
	if !slices.Contains(l.head().Notes, "overrode-freeze") {
		t.Errorf("notes of the row: %v", l.head().Notes)
	}
	l.do(t, l.makeLive("a1")) // going back needs no flag
	wantLive(t, l, "a", "a1")
}

func TestInvariant4OnlyValidCodeIsLive(t *testing.T) {
	for _, outcome := range []Outcome{Failed, Processing} {
		l := newLedger()
		ds := l.deploy(1, "a:1")
		ds[0].Outcome = outcome
		l.deployments["a1"] = ds[0]
		l.bring(t, 1, ds)
		wantLive(t, l, "a", "")
		l.refused(t, l.makeLive("a1"), "not-valid")
		l.refused(t, Reject{Entry: l.entry("ana", ""), Target: ds[0]}, "not-valid")
	}
}

func TestInvariant5EveryRowSaysWhoWhyAndWhen(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	l.clock = l.clock.Add(-48 * time.Hour) // a clock that was set back
	l.do(t, Deactivate{Entry: l.entry("bo", "leaks"), Workflow: "a"})
	r := l.head()
	if r.At.Before(l.rows[0].At) || r.Actor != LocalActor("bo") || r.Reason != "leaks" || r.Cause != CauseDeactivate {
		t.Fatalf("row %+v", r)
	}
	if err := (Entry{Actor: LocalActor("bo"), Reason: strings.Repeat("x", MaxReason+1)}).Validate(); fault.CodeOf(err) != "bad-reason" {
		t.Errorf("a long reason: %v", err)
	}
}

func TestInvariant9ThePastNeverChanges(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1", "b:1")
	l.sync(t, 2, "a:2", "b:2")
	l.do(t, l.makeLive("a1"))
	l.do(t, l.reject("b2"))
	l.do(t, Lift{Entry: l.entry("ana", ""), Workflow: "a"})
	for i, r := range l.rows {
		if rowText(r) != l.texts[i] {
			t.Errorf("row %d changed after it was written", r.Number)
		}
	}
}

func TestInvariant10SafetyCommandsAreOneRowAndFit(t *testing.T) {
	l := newLedger()
	var specs []string
	for i := range MaxWorkflows {
		specs = append(specs, fmt.Sprintf("workflow-with-a-rather-long-name-%04d:1", i))
	}
	l.sync(t, 1, specs...)
	if want := (MaxWorkflows + MaxFirstMarks - 1) / MaxFirstMarks; len(l.rows) != want {
		t.Fatalf("%d first go-lives took %d rows, want %d", MaxWorkflows, len(l.rows), want)
	}
	for i, r := range l.rows {
		if len(r.Changes) > MaxFirstMarks || r.Part != i+1 || r.Of != len(l.rows) {
			t.Fatalf("row %d: %d changes, part %d of %d", r.Number, len(r.Changes), r.Part, r.Of)
		}
	}
	if plan := l.bring(t, 2, l.deploy(2, "one-too-many:1")); !slices.Equal(plan.Refused, []string{"one-too-many"}) {
		t.Errorf("refused %v", plan.Refused)
	}
	release := l.rows[0]
	long := strings.Repeat("why ", MaxReason/4)
	targets := map[string]Deployment{}
	for id, d := range l.deployments {
		targets[id] = d
	}
	e := l.entry("ana", long)
	for _, c := range []Command{
		SetHold{e, specs[0][:len(specs[0])-2]},
		Deactivate{Entry: e, Workflow: specs[1][:len(specs[1])-2]},
		SetFreeze{Entry: e},
		Restore{Entry: e, Release: release, Targets: targets},
	} {
		if rows, err := c.Decide(l.head()); err != nil || len(rows) != 1 {
			t.Errorf("%T: %d rows, %v", c, len(rows), err)
		}
	}
}
