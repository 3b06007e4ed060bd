package slipway

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/slipway-dev/slipway/internal/fault"
)

// TestModel drives random commands over several environments, where writers
// lose races and answers, and checks the invariants after every row.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{T: rt}
		for range 3 {
			m.ledgers = append(m.ledgers, newLedger())
		}
		m.sequences = make([]int64, len(m.ledgers))
		rt.Repeat(map[string]func(*rapid.T){
			"sync": m.sync, "late sync": m.lateSync, "make live": m.makeLive, "roll back": m.rollBack,
			"reject": m.reject, "accept": m.accept, "simple": m.simple, "restore": m.restore,
			"": m.nothingElseChanged,
		})
	})
}

type model struct {
	*rapid.T
	ledgers   []*ledger
	sequences []int64
	late      []lateSync
}

type lateSync struct {
	env      int
	sequence int64
	ds       []Deployment
}

var workflows = []string{"a", "b", "c", "d"}

func (m *model) pick(t *rapid.T) (int, *ledger) {
	i := rapid.IntRange(0, len(m.ledgers)-1).Draw(t, "environment")
	return i, m.ledgers[i]
}

func (m *model) deploy(t *rapid.T, i int) (int64, []Deployment) {
	l := m.ledgers[i]
	m.sequences[i]++
	some := rapid.SliceOfNDistinct(rapid.SampledFrom(workflows), 1, len(workflows), rapid.ID[string]).Draw(t, "workflows")
	triggers := rapid.Permutation([]string{"t", "u", "v", "w"}).Draw(t, "triggers")
	var specs []string
	for j, w := range some {
		specs = append(specs, fmt.Sprintf("%s:%d@%s", w, rapid.IntRange(1, 4).Draw(t, "code"), triggers[j]))
	}
	ds := l.deploy(m.sequences[i], specs...)
	for j := range ds {
		if rapid.IntRange(0, 5).Draw(t, "broken") == 0 {
			ds[j].Outcome = Failed
			l.deployments[ds[j].ID] = ds[j]
		}
	}
	return m.sequences[i], ds
}

func (m *model) sync(t *rapid.T) {
	i, _ := m.pick(t)
	sequence, ds := m.deploy(t, i)
	if rapid.Bool().Draw(t, "comes late") {
		m.late = append(m.late, lateSync{i, sequence, ds})
		return
	}
	m.bring(t, i, sequence, ds)
}

func (m *model) lateSync(t *rapid.T) {
	if len(m.late) == 0 {
		t.Skip("none under way")
	}
	j := rapid.IntRange(0, len(m.late)-1).Draw(t, "which")
	s := m.late[j]
	m.late = slices.Delete(m.late, j, j+1)
	m.bring(t, s.env, s.sequence, s.ds)
}

func (m *model) bring(t *rapid.T, i int, sequence int64, ds []Deployment) {
	l := m.ledgers[i]
	for j := range ds {
		ds[j] = l.deployments[ds[j].ID]
	}
	m.run(t, l, func(head Row) ([]Row, error) {
		plan, err := l.goLive(sequence, ds).Decide(head)
		if len(plan.Refused) > 0 {
			t.Fatalf("refused %v", plan.Refused)
		}
		return plan.Rows, err
	})
	for _, d := range ds {
		if o := l.head().State.Workflows[d.Workflow].Offered; d.Outcome == Valid && (o == nil || o.Sequence < sequence) {
			t.Fatalf("invariant 2: %s was brought and offered is %+v", d.ID, o)
		}
	}
}

// run appends as the shell does. By chance another command comes between
// reading the head and writing, or the answer is lost and the writer asks again.
func (m *model) run(t *rapid.T, l *ledger, decide func(head Row) ([]Row, error)) (wrote bool) {
	head := l.head()
	rows, err := decide(head)
	if rapid.IntRange(0, 3).Draw(t, "lost race") == 0 {
		w := rapid.SampledFrom(workflows).Draw(t, "other's workflow")
		other, oerr := SetHold{Entry: l.entry("bo", "first"), Workflow: w}.Decide(l.head())
		m.write(t, l, other, oerr)
	}
	for range 3 {
		if err != nil {
			m.refusal(t, err)
			return wrote
		}
		lost := false
		for _, row := range rows {
			if row.Number != l.head().Number+1 {
				if aerr := l.append(row); !fault.Is(aerr, fault.Conflict) && !l.has(row.ID) {
					t.Fatalf("a stale row %d was taken", row.Number)
				}
				lost = true
				break
			}
			m.write(t, l, []Row{row}, nil)
			wrote = true
			if rapid.IntRange(0, 4).Draw(t, "lost answer") == 0 {
				before := len(l.rows)
				if aerr := l.append(row); aerr != nil || len(l.rows) != before {
					t.Fatalf("asking again: %v, %d rows more", aerr, len(l.rows)-before)
				}
			}
		}
		if !lost {
			return wrote
		}
		rows, err = decide(l.head())
	}
	return wrote
}

func (l *ledger) has(id string) bool {
	return slices.ContainsFunc(l.rows, func(r Row) bool { return r.ID == id })
}

func (m *model) refusal(t *rapid.T, err error) {
	f := fault.Of(err)
	if f.Kind == fault.Internal || f.Code == "" || f.Hint == "" {
		t.Fatalf("a refusal without code or hint: %+v", f)
	}
}

func (m *model) write(t *rapid.T, l *ledger, rows []Row, err error) {
	if err != nil {
		m.refusal(t, err)
		return
	}
	for _, row := range rows {
		before := l.head()
		if err := l.append(row); err != nil {
			t.Fatalf("append: %v", err)
		}
		m.invariants(t, l, before, l.head())
	}
}

func (m *model) makeLive(t *rapid.T) {
	_, l := m.pick(t)
	if len(l.deployments) == 0 {
		t.Skip("no deployment")
	}
	id := rapid.SampledFrom(slices.Sorted(maps.Keys(l.deployments))).Draw(t, "deployment")
	override := rapid.Bool().Draw(t, "override")
	e := l.entry("ana", "so")
	m.run(t, l, func(head Row) ([]Row, error) {
		d := l.deployments[id]
		return MakeLive{Entry: e, Target: d, Newest: l.newestGood(d.Workflow), Override: override}.Decide(head)
	})
}

func (m *model) rollBack(t *rapid.T) {
	_, l := m.pick(t)
	w := rapid.SampledFrom(workflows).Draw(t, "workflow")
	e := l.entry("ana", "back")
	m.run(t, l, func(head Row) ([]Row, error) {
		p := l.previous(w)
		if p == nil {
			return nil, nil
		}
		live := head.State.Workflows[w].Live
		rows, err := MakeLive{Entry: e, Target: *p, Newest: l.newestGood(w)}.Decide(head)
		if err == nil && len(rows) == 1 {
			c := rows[0].Changes[0]
			if rows[0].Cause != CauseRollBack || c.First || l.deployments[c.To].Code == live.Code {
				t.Fatalf("a roll back from %+v made %+v", live, rows[0])
			}
		}
		return rows, err
	})
}

func (m *model) reject(t *rapid.T) {
	_, l := m.pick(t)
	id, e := m.anyDeployment(t, l), l.entry("ana", "bad")
	m.run(t, l, func(head Row) ([]Row, error) {
		d := l.deployments[id]
		return m.one(t, "reject", d.Outcome == Valid, head, Reject{Entry: e, Target: d, Previous: l.previous(d.Workflow)})
	})
	if d := l.deployments[id]; d.Outcome == Valid {
		if live := l.head().State.Workflows[d.Workflow].Live; live != nil && live.Code == d.Code {
			t.Fatalf("%s was rejected and its code is live", id)
		}
	}
}

func (m *model) anyDeployment(t *rapid.T, l *ledger) string {
	if len(l.deployments) == 0 {
		t.Skip("no deployment")
	}
	return rapid.SampledFrom(slices.Sorted(maps.Keys(l.deployments))).Draw(t, "deployment")
}

func (m *model) accept(t *rapid.T) {
	_, l := m.pick(t)
	id, e := m.anyDeployment(t, l), l.entry("ana", "good")
	m.run(t, l, func(head Row) ([]Row, error) {
		return Accept{Entry: e, Target: l.deployments[id]}.Decide(head)
	})
}

// one asserts invariant 10: a safety command that is due is never refused and
// at most one row.
func (m *model) one(t *rapid.T, what string, due bool, head Row, c Command) ([]Row, error) {
	rows, err := c.Decide(head)
	if due && (err != nil || len(rows) > 1) {
		t.Fatalf("invariant 10: %s gave %d rows and %v", what, len(rows), err)
	}
	return rows, err
}

func (m *model) simple(t *rapid.T) {
	_, l := m.pick(t)
	w := rapid.SampledFrom(workflows).Draw(t, "workflow")
	e := l.entry("ana", "simple")
	known := func() bool { return !l.head().State.Workflows[w].Deleted }
	var until *time.Time
	if rapid.Bool().Draw(t, "with an end") {
		u := l.clock.Add(10 * time.Minute)
		until = &u
	}
	what := rapid.SampledFrom([]string{"hold", "lift", "lift", "deactivate", "freeze", "thaw", "thaw", "on", "off", "delete"}).Draw(t, "command")
	m.run(t, l, func(head Row) ([]Row, error) {
		switch what {
		case "hold":
			return m.one(t, what, known(), head, SetHold{Entry: e, Workflow: w})
		case "lift":
			return Lift{Entry: e, Workflow: w}.Decide(head)
		case "deactivate":
			return m.one(t, what, known(), head, Deactivate{Entry: e, Workflow: w})
		case "freeze":
			return m.one(t, what, until == nil, head, SetFreeze{Entry: e, Until: until})
		case "thaw":
			return Thaw{Entry: e}.Decide(head)
		case "delete":
			return Delete{Entry: e, Workflow: w}.Decide(head)
		}
		return SetAutoLive{Entry: e, On: what == "on"}.Decide(head)
	})
}

func (m *model) restore(t *rapid.T) {
	_, l := m.pick(t)
	if len(l.rows) == 0 {
		t.Skip("no release")
	}
	release := rapid.SampledFrom(l.rows).Draw(t, "release")
	e := l.entry("ana", "restore")
	m.run(t, l, func(head Row) ([]Row, error) {
		c := Restore{Entry: e, Release: release, Targets: l.deployments, Partial: true}
		rows, err := m.one(t, "restore", true, head, c)
		if changes, _ := c.Preview(head); err == nil && len(rows) == 1 && !slices.Equal(changes, rows[0].Changes) {
			t.Fatalf("the preview of a restore is %v, its row %v", changes, rows[0].Changes)
		}
		return rows, err
	})
}

// nothingElseChanged is run after every step: invariants 5 and 9, nothing
// changes without a row and no row changes.
func (m *model) nothingElseChanged(t *rapid.T) {
	for _, l := range m.ledgers {
		for i, r := range l.rows {
			if rowText(r) != l.texts[i] {
				t.Fatalf("invariant 9: row %d changed after it was written", r.Number)
			}
		}
	}
}

// invariants compares two rows that follow each other.
func (m *model) invariants(t *rapid.T, l *ledger, before, after Row) {
	if after.Number != before.Number+1 || after.At.Before(before.At) || after.Cause == "" || after.Actor == (Actor{}) {
		t.Fatalf("invariant 5: row %+v follows %+v", after, before)
	}
	triggers := map[string]string{}
	for id, w := range after.State.Workflows {
		was := before.State.Workflows[id]
		if w.Live != nil {
			if other, taken := triggers[w.Live.Trigger]; taken {
				t.Fatalf("invariant 1: %s and %s are live on %s", id, other, w.Live.Trigger)
			}
			triggers[w.Live.Trigger] = id
			if d := l.deployments[w.Live.Deployment]; d.Outcome != Valid || d.Workflow != id || d.FirstLive == 0 {
				t.Fatalf("invariant 4: live is %+v", d)
			}
			if after.State.IsRejected(w.Live.Code) {
				t.Fatalf("invariant 3: %s is live and rejected", w.Live.Deployment)
			}
		}
		if was.Offered != nil && (w.Offered == nil || w.Offered.Sequence < was.Offered.Sequence) {
			t.Fatalf("invariant 2: offered of %s fell from %+v to %+v", id, was.Offered, w.Offered)
		}
	}
	m.changes(t, l, before, after)
	m.about(t, l, before, after)
	l.packed = checkEncoding(t, after.State, l.packed)
	if after.Cause == CauseSync {
		m.automation(t, before, after)
	}
}

// changes holds the row's changes to the two states: all of them, and no more.
func (m *model) changes(t *rapid.T, l *ledger, before, after Row) {
	changed := map[string]Change{}
	for _, c := range after.Changes {
		if _, twice := changed[c.Workflow]; twice {
			t.Fatalf("row %d changes %s twice", after.Number, c.Workflow)
		}
		changed[c.Workflow] = c
		if c.ToCode != l.deployments[c.To].Code {
			t.Fatalf("change %+v is to code %s", c, l.deployments[c.To].Code)
		}
		if c.First != (l.deployments[c.To].FirstLive == after.Number) {
			t.Fatalf("change %+v, mark %d, row %d", c, l.deployments[c.To].FirstLive, after.Number)
		}
	}
	liveIn := func(s State, w string) string {
		if live := s.Workflows[w].Live; live != nil {
			return live.Deployment
		}
		return ""
	}
	for _, w := range workflows {
		from, to := liveIn(before.State, w), liveIn(after.State, w)
		if c, ok := changed[w]; ok != (from != to) || ok && (c.From != from || c.To != to) {
			t.Fatalf("invariant 5: %s went from %q to %q, the row says %+v", w, from, to, changed[w])
		}
	}
}

// automation asserts invariants 2 and 3 of a row that a sync wrote.
func (m *model) automation(t *rapid.T, before, after Row) {
	for _, c := range after.Changes {
		was, now := before.State.Workflows[c.Workflow], after.State.Workflows[c.Workflow]
		switch {
		case was.Hold != nil, before.State.IsFrozen(after.At), before.State.AutoLiveOff, c.To == "":
			t.Fatalf("invariant 3: automation moved %+v", c)
		case was.Live != nil && now.Live.Sequence < was.Live.Sequence:
			t.Fatalf("invariant 2: automation went back from %d to %d", was.Live.Sequence, now.Live.Sequence)
		case was.Offered != nil && now.Live.Sequence <= was.Offered.Sequence:
			t.Fatalf("invariant 2: automation went from offered %d to %d", was.Offered.Sequence, now.Live.Sequence)
		}
	}
	for id, w := range before.State.Workflows {
		if w.Hold != after.State.Workflows[id].Hold {
			t.Fatalf("invariant 3: automation touched the hold of %s", id)
		}
	}
}
