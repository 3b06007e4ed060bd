package storetest

import (
	"fmt"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func settingsCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"settings/a change replaces":              settingsChange,
		"settings/a change from the past":         settingsStale,
		"settings/one change of a version wins":   settingsRace,
		"settings/a removal frees the slug":       removalFreesSlug,
		"settings/a removal keeps the records":    removalKeepsRecords,
		"settings/a removal stops its syncs":      removalStopsSyncs,
		"settings/a removal happens once":         removalOnce,
		"settings/nothing is written after it":    removalEndsWrites,
		"settings/a removal and rows in any race": removalRace,
	}
}

func aRemoval(e slipway.Environment) slipway.Removal {
	return slipway.Removal{Environment: e, RemovedAt: moment(9), RemovedBy: slipway.LocalActor("ada"), Reason: "moved"}
}

func changed(e slipway.Environment) slipway.Environment {
	e.Version++
	e.Repository.Branch, e.Triggers = fmt.Sprint("branch-", e.Version), []string{"a:b"}
	e.ChangedAt, e.ChangedBy = moment(3), slipway.LocalActor("ada")
	return e
}

func settingsChange(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	next := changed(e)
	renamed := next
	renamed.Slug = unique()
	ok(t, s.UpdateEnvironment(t.Context(), renamed))
	same(t, "environment", value(s.Environment(t.Context(), e.Slug))(t), next)
	_, err := s.Environment(t.Context(), renamed.Slug)
	refused(t, err, fault.NotFound, "unknown-environment")
	refused(t, s.UpdateEnvironment(t.Context(), changed(anEnvironment())), fault.NotFound, "unknown-environment")
}

func settingsStale(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	next := changed(e)
	ok(t, s.UpdateEnvironment(t.Context(), next))
	far := changed(next)
	far.Version++
	for _, stale := range []slipway.Environment{e, next, far} {
		refused(t, s.UpdateEnvironment(t.Context(), stale), fault.Conflict, "environment-changed")
	}
	same(t, "environment", value(s.Environment(t.Context(), e.Slug))(t), next)
}

func settingsRace(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	won := 0
	for _, err := range together(racers, func(i int) error {
		next := changed(e)
		next.Repository.URL = fmt.Sprint("https://example.com/", i)
		return s.UpdateEnvironment(t.Context(), next)
	}) {
		if err == nil {
			won++
			continue
		}
		refused(t, err, fault.Conflict, "environment-changed")
	}
	if got := value(s.Environment(t.Context(), e.Slug))(t); won != 1 || got.Version != e.Version+1 {
		t.Errorf("%d changes won, the version is %d", won, got.Version)
	}
}

func removalFreesSlug(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	ok(t, s.RemoveEnvironment(t.Context(), aRemoval(e)))
	_, err := s.Environment(t.Context(), e.Slug)
	refused(t, err, fault.NotFound, "unknown-environment")
	for _, other := range value(s.Environments(t.Context()))(t) {
		if other.ID == e.ID {
			t.Error("a removed environment is listed")
		}
	}
	again := e
	again.Slug = unique()
	refused(t, s.CreateEnvironment(t.Context(), again, nil), fault.Conflict, "environment-exists")
	next := anEnvironment()
	next.Slug = e.Slug
	ok(t, s.CreateEnvironment(t.Context(), next, nil))
	same(t, "environment", value(s.Environment(t.Context(), e.Slug))(t), next)
	refused(t, s.UpdateEnvironment(t.Context(), changed(e)), fault.NotFound, "unknown-environment")
}

func removalKeepsRecords(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := value(Begin(t.Context(), s, aSync(e.ID, "sync_a")))(t)
	d := aDeployment(sync, "w", "w.ts", slipway.Valid)
	w := aWorkflow(d)
	ok(t, s.PutDeployments(t.Context(), sync.Fence(), []slipway.Deployment{d}, []slipway.Workflow{w}))
	row := value(s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_1", d), nil))(t)
	before := Readable(t, s, e.ID)
	ok(t, s.RemoveEnvironment(t.Context(), aRemoval(e)))
	if got := Readable(t, s, e.ID); got != before || got != (Contents{1, 1, 1, 1}) {
		t.Errorf("it has %+v, had %+v", got, before)
	}
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), row)
}

func removalStopsSyncs(t *testing.T, s control.Store) {
	e, other := newEnvironment(t, s), newEnvironment(t, s)
	running := value(Begin(t.Context(), s, aSync(e.ID, "sync_a")))(t)
	elsewhere := value(Begin(t.Context(), s, aSync(other.ID, "sync_a")))(t)
	r := aRemoval(e)
	ok(t, s.RemoveEnvironment(t.Context(), r))
	same(t, "sync", value(s.Sync(t.Context(), e.ID, running.ID))(t), r.End(running))
	same(t, "sync of another", value(s.Sync(t.Context(), other.ID, elsewhere.ID))(t), elsewhere)

	f := running.Fence()
	d := aDeployment(running, "w", "w.ts", slipway.Valid)
	refused(t, s.UpdateSync(t.Context(), f, running), fault.LeaseLost, "lease-lost")
	refused(t, s.PutDeployments(t.Context(), f, []slipway.Deployment{d}, nil), fault.LeaseLost, "lease-lost")
	_, err := s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_1"), &f)
	refused(t, err, fault.LeaseLost, "lease-lost")
}

func removalOnce(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	r := aRemoval(e)
	ok(t, s.RemoveEnvironment(t.Context(), r))
	second := r
	second.Reason, second.RemovedAt = "another", moment(10)
	ok(t, s.RemoveEnvironment(t.Context(), second))
	var found []slipway.Removal
	for _, removal := range value(s.Removals(t.Context()))(t) {
		if removal.ID == e.ID {
			found = append(found, removal)
		}
	}
	same(t, "removals", found, []slipway.Removal{r})
	refused(t, s.RemoveEnvironment(t.Context(), aRemoval(anEnvironment())), fault.NotFound, "unknown-environment")
}

func removalEndsWrites(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	row := value(s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_1"), nil))(t)
	ok(t, s.RemoveEnvironment(t.Context(), aRemoval(e)))
	_, err := s.Append(t.Context(), e.ID, after(row, "row_2"), nil)
	refused(t, err, fault.NotFound, "unknown-environment")
	same(t, "the row of before", value(s.Append(t.Context(), e.ID, row, nil))(t), row)
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), row)
}

func removalRace(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	for i, err := range together(racers, func(i int) error {
		if i == racers/2 {
			return s.RemoveEnvironment(t.Context(), aRemoval(e))
		}
		return Contend(t.Context(), s, e.ID, fmt.Sprint("row_", i), 2)
	}) {
		if i == racers/2 {
			ok(t, err)
		} else if err != nil {
			refused(t, err, fault.NotFound, "unknown-environment")
		}
	}
	Whole(t, s, e.ID)
}
