package slipway

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// pruned shows ds, newest first, to a pruning of l's head, and gives what became
// of each.
func pruned(l *ledger, policy PrunePolicy, at time.Time, ds []Deployment) (goes map[string]bool, why map[string]PruneWhy) {
	p := Pruning{Policy: policy, Head: l.head(), At: at}
	goes, why = map[string]bool{}, map[string]PruneWhy{}
	for _, d := range ds {
		goes[d.ID], why[d.ID] = p.Look(d)
	}
	return goes, why
}

// newestFirst is deployments of sequences 1 to n, as they are stored.
func (l *ledger) newestFirst(n int64) []Deployment {
	var ds []Deployment
	for s := n; s > 0; s-- {
		for _, w := range workflows {
			if d, ok := l.deployments[fmt.Sprintf("%s%d", w, s)]; ok {
				ds = append(ds, d)
			}
		}
	}
	return ds
}

// aYear brings code after code of workflow a, one a day, and returns the time
// of the day after.
func aYear(t *testing.T, l *ledger, days int64) time.Time {
	t.Helper()
	start := l.clock
	for s := int64(1); s <= days; s++ {
		l.sync(t, s, fmt.Sprintf("a:%d", s))
	}
	for id, d := range l.deployments {
		d.CreatedAt = start.AddDate(0, 0, int(d.Sequence))
		l.deployments[id] = d
	}
	return start.AddDate(0, 0, int(days)+1)
}

func wantWhy(t *testing.T, why map[string]PruneWhy, want map[string]PruneWhy) {
	t.Helper()
	for id, w := range want {
		if why[id] != w {
			t.Errorf("%s: %s, want %s", id, why[id], w)
		}
	}
}

func TestInvariant6TheLastHundredCodesStay(t *testing.T) {
	l := newLedger()
	at := aYear(t, l, 150)
	goes, why := pruned(l, DefaultPrunePolicy(), at, l.newestFirst(150))
	for s := range 150 {
		if id := fmt.Sprintf("a%d", s+1); goes[id] != (s < 50) {
			t.Errorf("%s: goes %v (%s)", id, goes[id], why[id])
		}
	}
	wantWhy(t, why, map[string]PruneWhy{"a50": GoesOldCode, "a51": StaysNewest, "a121": StaysYoung, "a150": StaysYoung})
}

// TestInvariant6CodesAreDistinct has the same two codes again and again: what
// counts is the code, so everything stays.
func TestInvariant6CodesAreDistinct(t *testing.T) {
	l := newLedger()
	for s := int64(1); s <= 300; s++ {
		l.deploy(s, fmt.Sprintf("a:%d", s%2))
	}
	goes, _ := pruned(l, DefaultPrunePolicy(), l.clock.AddDate(2, 0, 0), l.newestFirst(300))
	for id, g := range goes {
		if g {
			t.Errorf("%s goes", id)
		}
	}
}

// TestInvariant6NeverByCountAlone has more codes than are kept, all of today.
func TestInvariant6NeverByCountAlone(t *testing.T) {
	l := newLedger()
	at := aYear(t, l, 150)
	ds := l.newestFirst(150)
	for i := range ds {
		ds[i].CreatedAt = at.Add(-30 * 24 * time.Hour) // to the minute
	}
	for i, w := range []PruneWhy{StaysYoung, GoesOldCode} {
		_, why := pruned(l, DefaultPrunePolicy(), at.Add(time.Duration(i)), ds)
		wantWhy(t, why, map[string]PruneWhy{"a1": w})
	}
}

func TestInvariant6WhatTheLedgerHasStays(t *testing.T) {
	policy := PrunePolicy{Keep: 3, Age: 24 * time.Hour}
	for name, c := range map[string]struct {
		do   func(t *testing.T, l *ledger)
		want map[string]PruneWhy
	}{
		"live": {func(t *testing.T, l *ledger) {
			l.do(t, l.makeLive("a5"))
			l.do(t, Lift{l.entry("ana", ""), "a"}) // the newest goes live: a5 is what a roll back goes to no more
			m := l.makeLive("a5")
			m.Newest = 5 // nothing newer: no hold
			l.do(t, m)
		}, map[string]PruneWhy{"a5": StaysLive, "a4": StaysRollBack, "a3": GoesOldCode, "a6": GoesOldCode}},
		"held": {func(t *testing.T, l *ledger) { l.do(t, SetHold{l.entry("ana", ""), "a"}) }, map[string]PruneWhy{"a1": StaysHeld, "a10": StaysLive}},
		"rejected": {func(t *testing.T, l *ledger) { l.do(t, Reject{Entry: l.entry("ana", ""), Target: l.deployments["a2"]}) }, map[string]PruneWhy{
			"a2": StaysRejected, "a3": GoesOldCode,
		}},
		"roll back": {func(t *testing.T, l *ledger) {
			for s := int64(11); s <= 19; s++ { // none of them was live
				ds := l.deploy(s, fmt.Sprintf("a:%d", s))
				l.deployments[ds[0].ID] = ds[0]
			}
			l.do(t, l.makeLive("a19"))
		}, map[string]PruneWhy{"a19": StaysLive, "a10": StaysOffered, "a11": GoesOldCode, "a9": GoesOldCode}},
		"deactivated": {func(t *testing.T, l *ledger) {
			l.do(t, Deactivate{Entry: l.entry("ana", ""), Workflow: "a"})
			l.do(t, Delete{Entry: l.entry("ana", ""), Workflow: "a"})
		}, map[string]PruneWhy{"a10": StaysOffered, "a8": StaysNewest, "a7": GoesOldCode}},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLedger()
			aYear(t, l, 10)
			c.do(t, l)
			_, why := pruned(l, policy, l.clock.AddDate(1, 0, 0), l.newestFirst(19))
			wantWhy(t, why, c.want)
		})
	}
}

// TestInvariant6TheRollBackStays has a live deployment whose predecessors were
// all but one never live: the one that a roll back goes to is far below.
func TestInvariant6TheRollBackStays(t *testing.T) {
	l := newLedger()
	l.sync(t, 1, "a:1")
	l.sync(t, 2, "a:2")
	for s := int64(3); s <= 30; s++ {
		l.deploy(s, fmt.Sprintf("a:%d", s))
	}
	l.bring(t, 31, l.deploy(31, "a:31"))
	policy := PrunePolicy{Keep: 3, Age: time.Hour}
	goes, why := pruned(l, policy, l.clock.AddDate(1, 0, 0), l.newestFirst(31))
	wantWhy(t, why, map[string]PruneWhy{"a31": StaysLive, "a2": StaysRollBack, "a1": GoesOldCode, "a3": GoesOldCode})
	if goes["a2"] {
		t.Error("what a roll back goes to would go")
	}
}

func TestPruneFailed(t *testing.T) {
	l := newLedger()
	at := l.clock.AddDate(1, 0, 0)
	for s := int64(1); s <= 6; s++ {
		d := l.deploy(s, "a:x")[0]
		d.Outcome, d.Code = Failed, ""
		l.deployments[d.ID] = d
	}
	policy := PrunePolicy{Keep: 3, Age: time.Hour}
	_, why := pruned(l, policy, at, l.newestFirst(6))
	wantWhy(t, why, map[string]PruneWhy{"a4": StaysNewest, "a3": GoesFailed, "a1": GoesFailed})

	lost := Deployment{ID: "x", Outcome: Failed, CreatedAt: at.Add(-time.Hour - 1)}
	young := Deployment{ID: "y", Outcome: Failed, CreatedAt: at.Add(-time.Hour)}
	open := Deployment{ID: "z", Outcome: Processing}
	_, why = pruned(l, policy, at, []Deployment{lost, young, open})
	wantWhy(t, why, map[string]PruneWhy{"x": GoesNoWorkflow, "y": StaysYoung, "z": StaysProcessing})
}

func TestPruneOfWhatIsUnderWay(t *testing.T) {
	p := Pruning{Policy: DefaultPrunePolicy(), At: newLedger().clock, Removed: true, Unended: map[string]bool{"s": true}}
	for i, c := range []struct {
		d    Deployment
		goes bool
		why  PruneWhy
	}{
		{Deployment{Sequence: 9, Sync: "s", Outcome: Valid}, false, StaysSync},
		{Deployment{Sequence: 8, Sync: "t", Outcome: Valid, Workflow: "a"}, true, GoesRemoved},
		{Deployment{Sequence: 9, Sync: "t", Outcome: Valid}, false, StaysOrder},
		{Deployment{Sequence: 8, Sync: "t", Outcome: Processing}, false, StaysProcessing},
	} {
		if goes, why := p.Look(c.d); goes != c.goes || why != c.why {
			t.Errorf("%d: %v %s, want %v %s", i, goes, why, c.goes, c.why)
		}
	}
}

func TestPrunableSyncs(t *testing.T) {
	policy, at := DefaultPrunePolicy(), newLedger().clock
	old, young := at.Add(-policy.Age-1), at.Add(-policy.Age)
	for i, c := range []struct {
		s    Sync
		want bool
	}{
		{Sync{Status: SyncFailed, RequestedAt: old, EndedAt: &old}, true},
		{Sync{Status: SyncFailed, RequestedAt: old, EndedAt: &young}, false},
		{Sync{Status: SyncFailed, RequestedAt: young, EndedAt: &young}, false},
		{Sync{Status: SyncRunning, RequestedAt: old}, false},
		{Sync{Status: SyncCancelled, RequestedAt: old}, true},
	} {
		if got := policy.Prunable(c.s, at); got != c.want {
			t.Errorf("%d: %v, want %v", i, got, c.want)
		}
	}
}

// TestInvariant6Property prunes after random histories, and compares with the
// invariant as it is written, not as it is decided.
func TestInvariant6Property(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{T: rt, ledgers: []*ledger{newLedger()}, sequences: []int64{0}}
		rt.Repeat(map[string]func(*rapid.T){
			"sync": m.sync, "late sync": m.lateSync, "make live": m.makeLive, "roll back": m.rollBack,
			"reject": m.reject, "accept": m.accept, "simple": m.simple, "": m.pruneIsSafe,
		})
	})
}

func (m *model) pruneIsSafe(t *rapid.T) {
	l := m.ledgers[0]
	policy := PrunePolicy{Keep: rapid.IntRange(1, 3).Draw(t, "keep"), Age: 10 * time.Minute}
	at := l.clock.Add(time.Hour)
	ds := l.newestFirst(m.sequences[0])
	for i := range ds {
		ds[i].CreatedAt = at.Add(-time.Duration(m.sequences[0]-ds[i].Sequence) * time.Minute)
	}
	goes, _ := pruned(l, policy, at, ds)
	codes := map[string][]Code{}
	kept := map[string]map[Code]bool{}
	for _, d := range ds { // newest first
		if kept[d.Workflow] == nil {
			kept[d.Workflow] = map[Code]bool{}
		}
		if d.Outcome == Valid && !kept[d.Workflow][d.Code] && len(codes[d.Workflow]) < policy.Keep {
			codes[d.Workflow] = append(codes[d.Workflow], d.Code)
			kept[d.Workflow][d.Code] = true
		}
	}
	for _, d := range ds {
		if !goes[d.ID] {
			continue
		}
		w := l.head().State.Workflows[d.Workflow]
		rejection, rejected := l.head().State.Rejected[d.Code]
		switch {
		case w.Live != nil && (w.Live.Deployment == d.ID || d.Outcome == Valid && w.Live.Code == d.Code):
			t.Fatalf("invariant 6: %s is live and goes", d.ID)
		case w.Hold != nil:
			t.Fatalf("invariant 6: %s is held and goes", d.ID)
		case w.Offered != nil && w.Offered.Deployment == d.ID:
			t.Fatalf("%s is offered and goes", d.ID)
		case rejected && rejection.Deployment == d.ID:
			t.Fatalf("%s was rejected by its id and goes", d.ID)
		case d.Outcome == Valid && kept[d.Workflow][d.Code]:
			t.Fatalf("invariant 6: %s has one of the newest %d codes and goes", d.ID, policy.Keep)
		case at.Sub(d.CreatedAt) <= policy.Age:
			t.Fatalf("invariant 6: %s is young and goes", d.ID)
		}
	}
	for _, w := range workflows {
		before, is := Previous(l.head(), w, ds)
		if is && goes[before.ID] {
			t.Fatalf("a roll back of %s goes to %s, which goes", w, before.ID)
		}
	}
}
