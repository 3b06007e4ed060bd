package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func pruneCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"prune/deployments go at one head":        pruneDeployments,
		"prune/a moved ledger keeps them":         pruneMoved,
		"prune/what is gone cannot go live":       pruneGone,
		"prune/syncs go that nothing refers to":   pruneSyncs,
		"prune/environments do not mix":           pruneIsolated,
		"prune/a person and a pruner never cross": func(t *testing.T, s control.Store) { pruneRace(t, s) },
	}
}

func pruneDeployments(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	a, b := aDeployment(sync, "a", "a.ts", slipway.Valid), aDeployment(sync, "b", "b.ts", slipway.Failed)
	put(t, s, sync, a, b)
	rows := grow(t, s, e.ID, 2)
	ok(t, s.DeleteDeployments(t.Context(), e.ID, 2, []string{b.ID, "dep_none"}))
	ok(t, s.DeleteDeployments(t.Context(), e.ID, 2, []string{b.ID})) // an answer was lost
	ok(t, s.DeleteDeployments(t.Context(), e.ID, 2, nil))
	_, err := s.Deployment(t.Context(), e.ID, b.ID)
	refused(t, err, fault.NotFound, "unknown-deployment")
	same(t, "left", pages(t, deploymentsOf(t.Context(), s, e.ID, control.DeploymentQuery{}), 0), listed(a))
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), rows[1])
}

func pruneMoved(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	d := aDeployment(sync, "a", "a.ts", slipway.Valid)
	put(t, s, sync, d)
	grow(t, s, e.ID, 2)
	for _, head := range []int64{0, 1, 3} {
		refused(t, s.DeleteDeployments(t.Context(), e.ID, head, []string{d.ID}), fault.Conflict, "ledger-moved")
	}
	same(t, "deployment", value(s.Deployment(t.Context(), e.ID, d.ID))(t), d)
}

func pruneGone(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	a, b := aDeployment(sync, "a", "a.ts", slipway.Valid), aDeployment(sync, "b", "b.ts", slipway.Valid)
	put(t, s, sync, a, b)
	one := value(s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_1", a), nil))(t)
	ok(t, s.DeleteDeployments(t.Context(), e.ID, 1, []string{b.ID}))
	late := after(one, "row_2", a, b)
	_, err := s.Append(t.Context(), e.ID, late, nil)
	refused(t, err, fault.Conflict, "deployment-gone")
	f := sync.Fence()
	_, err = s.Append(t.Context(), e.ID, late, &f)
	refused(t, err, fault.Conflict, "deployment-gone")
	_, err = s.RowByID(t.Context(), e.ID, "row_2")
	refused(t, err, fault.NotFound, "unknown-release")
	late.Number = 1
	_, err = s.Append(t.Context(), e.ID, late, nil)
	refused(t, err, fault.Conflict, "ledger-moved") // whoever decides again must know of the head first
	same(t, "row asked for again", value(s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_1", b), nil))(t), one)
	down := after(one, "row_2")
	down.Changes = []slipway.Change{{Workflow: "b", From: b.ID}}
	value(s.Append(t.Context(), e.ID, down, nil))(t) // what is gone can be taken down
}

func pruneSyncs(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	var ids []string
	for i := range 4 {
		sync := begin(t, s, e.ID, fmt.Sprint("sync_", i))
		ids = append(ids, sync.ID)
		if i == 1 {
			put(t, s, sync, aDeployment(sync, "a", "a.ts", slipway.Valid))
		}
		if i != 2 {
			ok(t, s.UpdateSync(t.Context(), sync.Fence(), ended(sync)))
		}
	}
	ok(t, s.DeleteSyncs(t.Context(), e.ID, append(ids[:3:3], "sync_none")))
	var left []string
	for _, sync := range pages(t, syncsOf(t.Context(), s, e.ID), 0) {
		left = append(left, sync.ID)
	}
	slices.Sort(left)
	same(t, "left", left, []string{"sync_1", "sync_2", "sync_3"})
	_, err := s.Sync(t.Context(), e.ID, "sync_0")
	refused(t, err, fault.NotFound, "unknown-sync")
	if next := begin(t, s, e.ID, "sync_9"); next.Sequence != 5 {
		t.Errorf("the next sync has sequence %d, want 5", next.Sequence)
	}
}

func pruneIsolated(t *testing.T, s control.Store) {
	a, b := newEnvironment(t, s), newEnvironment(t, s)
	for _, e := range []slipway.Environment{a, b} {
		sync := begin(t, s, e.ID, "sync_same")
		put(t, s, sync, aDeployment(sync, "same", "same.ts", slipway.Valid))
		ok(t, s.UpdateSync(t.Context(), sync.Fence(), ended(sync)))
	}
	ok(t, s.DeleteDeployments(t.Context(), a.ID, 0, []string{"dep_sync_same_same.ts"}))
	ok(t, s.DeleteSyncs(t.Context(), a.ID, []string{"sync_same"}))
	same(t, "the one", Readable(t, s, a.ID), Contents{})
	same(t, "the other", Readable(t, s, b.ID), Contents{Syncs: 1, Deployments: 1})
}

// pruneRace lets a person make an old deployment live while a pruner that saw
// the same head removes it: exactly one of them gets it.
func pruneRace(t *testing.T, stores ...control.Store) {
	e := newEnvironment(t, stores[0])
	sync := begin(t, stores[0], e.ID, "sync_a")
	person := 0
	for round := range rounds * 4 {
		d := aDeployment(sync, "a", fmt.Sprint(round, ".ts"), slipway.Valid)
		put(t, stores[0], sync, d)
		head := value(stores[0].Head(t.Context(), e.ID))(t)
		errs := together(2, func(i int) error {
			s := stores[(round+i)%len(stores)]
			if i == round%2 {
				return s.DeleteDeployments(t.Context(), e.ID, head.Number, []string{d.ID})
			}
			_, err := s.Append(t.Context(), e.ID, after(head, fmt.Sprint("row_", round), d), nil)
			return err
		})
		deleted, appended := errs[round%2], errs[1-round%2]
		_, err := stores[0].Deployment(t.Context(), e.ID, d.ID)
		live := value(stores[0].Head(t.Context(), e.ID))(t).State.Workflows["a"].Live
		if appended == nil {
			person++
			refused(t, deleted, fault.Conflict, "ledger-moved")
			ok(t, err)
			same(t, "live", live.Deployment, d.ID)
			continue
		}
		ok(t, deleted)
		refused(t, appended, fault.Conflict, "deployment-gone")
		refused(t, err, fault.NotFound, "unknown-deployment")
	}
	t.Logf("the person was first %d times of %d", person, rounds*4)
}
