package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func pollCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"polls/a new environment has one":      pollFirst,
		"polls/one of a version wins":          pollRace,
		"polls/what is due, the longest first": pollDue,
		"polls/a removal ends it":              pollRemoved,
		"ledger/what is live on each trigger":  resolvedFollows,
		"ledger/a name that is used again":     resolvedAnew,
	}
}

func pollFirst(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	same(t, "poll", value(s.Poll(t.Context(), e.ID))(t), slipway.FirstPoll(e))
	_, err := s.Poll(t.Context(), "env_none")
	refused(t, err, fault.NotFound, "unknown-environment")
}

func pollRace(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	first := slipway.FirstPoll(e)
	next := first.Failed(e, moment(5), slipway.Problem{Code: "x", Detail: "y"})
	ok(t, s.PutPoll(t.Context(), next))
	same(t, "poll", value(s.Poll(t.Context(), e.ID))(t), next)
	refused(t, s.PutPoll(t.Context(), first.Asked(e, moment(6), 0)), fault.Conflict, "poll-moved")
	other := anEnvironment()
	refused(t, s.PutPoll(t.Context(), slipway.FirstPoll(other).Answered(other, 0)), fault.NotFound, "unknown-environment")
}

func pollDue(t *testing.T, s control.Store) {
	a, b, off := newEnvironment(t, s), newEnvironment(t, s), newEnvironment(t, s)
	never := 0
	off.PollSeconds = &never
	ok(t, s.PutPoll(t.Context(), slipway.FirstPoll(a).Asked(a, moment(-5000), 0)))
	ok(t, s.PutPoll(t.Context(), slipway.FirstPoll(b).Asked(b, moment(-6000), 0)))
	ok(t, s.PutPoll(t.Context(), slipway.FirstPoll(off).Configured(off, moment(-7000))))
	at := func(minute int64) []string {
		var ids []string
		for _, p := range value(s.DuePolls(t.Context(), moment(minute), 10_000))(t) {
			if slices.Contains([]string{a.ID, b.ID, off.ID}, p.Environment) {
				ids = append(ids, p.Environment)
			}
		}
		return ids
	}
	due := value(s.Poll(t.Context(), a.ID))(t).Due
	if !due.Equal(moment(-5000).Add(slipway.DefaultPoll)) {
		t.Errorf("due at %v", due)
	}
	same(t, "due long ago", at(-9000), nil)
	same(t, "due then", at(-5990), []string{b.ID})
	same(t, "due later", at(0), []string{b.ID, a.ID})
	if n := len(value(s.DuePolls(t.Context(), moment(0), 1))(t)); n != 1 {
		t.Errorf("%d due polls, asked for 1", n)
	}
	ok(t, s.PutPoll(t.Context(), value(s.Poll(t.Context(), b.ID))(t).Asked(b, moment(500), time.Minute)))
	same(t, "due after one was asked", at(0), []string{a.ID})
}

func pollRemoved(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	ok(t, s.RemoveEnvironment(t.Context(), aRemoval(e)))
	_, err := s.Poll(t.Context(), e.ID)
	refused(t, err, fault.NotFound, "unknown-environment")
	refused(t, s.PutPoll(t.Context(), slipway.FirstPoll(e).Answered(e, 0)), fault.NotFound, "unknown-environment")
	for _, p := range value(s.DuePolls(t.Context(), moment(9000), 10_000))(t) {
		if p.Environment == e.ID {
			t.Error("the poll of a removed environment is due")
		}
	}
}

// resolvedOf wants e's id beside what it resolves to.
func resolvedOf(t *testing.T, s control.Store, e slipway.Environment) slipway.Resolved {
	t.Helper()
	env, r, err := s.Resolved(t.Context(), e.Slug)
	ok(t, err)
	same(t, "the environment", env, e.ID)
	return r
}

func resolvedFollows(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	same(t, "an empty ledger", resolvedOf(t, s, e), slipway.Resolved{})
	_, _, err := s.Resolved(t.Context(), e.Slug+"x")
	refused(t, err, fault.NotFound, "unknown-environment")
	sync := begin(t, s, e.ID, "sync_a")
	a, b := aDeployment(sync, "a", "a.ts", slipway.Valid), aDeployment(sync, "b", "b.ts", slipway.Valid)
	put(t, s, sync, a, b)
	one := after(slipway.Row{}, "row_1", a)
	two := after(one, "row_2", b)
	for _, row := range []slipway.Row{one, two} {
		value(s.Append(t.Context(), e.ID, row, nil))(t)
		same(t, "what is live", resolvedOf(t, s, e), slipway.ResolvedOf(row))
	}
	_, err = s.Append(t.Context(), e.ID, after(one, "row_late", a), nil)
	refused(t, err, fault.Conflict, "ledger-moved")
	value(s.Append(t.Context(), e.ID, one, nil))(t) // an answer that was lost
	got := resolvedOf(t, s, e)
	same(t, "what is live after a lost race", got, slipway.ResolvedOf(two))
	same(t, "the trigger of b", got.Live["user:b"], slipway.Resolves{Workflow: "b", Deployment: b.ID, Digest: b.Digest})
}

// resolvedAnew removes an environment, adds another under its name, and lets a
// late writer of the first try: the name is the second's alone.
func resolvedAnew(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	d := aDeployment(sync, "a", "a.ts", slipway.Valid)
	put(t, s, sync, d)
	one := value(s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_1", d), nil))(t)
	late := func() {
		t.Helper()
		_, err := s.Append(t.Context(), e.ID, after(one, "row_2", d), nil)
		refused(t, err, fault.NotFound, "unknown-environment")
		f := sync.Fence()
		_, err = s.Append(t.Context(), e.ID, after(one, "row_3", d), &f)
		refused(t, err, fault.LeaseLost, "lease-lost")
	}
	ok(t, s.RemoveEnvironment(t.Context(), aRemoval(e)))
	late()
	_, _, err := s.Resolved(t.Context(), e.Slug)
	refused(t, err, fault.NotFound, "unknown-environment")
	anew := anEnvironment()
	anew.Slug = e.Slug
	ok(t, s.CreateEnvironment(t.Context(), anew, nil))
	late()
	same(t, "what the new one resolves to", resolvedOf(t, s, anew), slipway.Resolved{})
	first := slipway.Row{Number: 1, ID: "row_1", At: moment(1), Actor: slipway.LocalActor("ada"), Cause: slipway.CauseFreeze}
	value(s.Append(t.Context(), anew.ID, first, nil))(t)
	same(t, "after its first row", resolvedOf(t, s, anew), slipway.ResolvedOf(first))
}
