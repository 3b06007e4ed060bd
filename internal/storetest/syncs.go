package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func compare[T cmp.Ordered](a, b T) int { return cmp.Compare(a, b) }

func syncCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"sync/sequences count up":              syncSequences,
		"sync/begin twice is begin once":       syncBeginTwice,
		"sync/update keeps the sequence":       syncUpdate,
		"sync/update is fenced":                syncUpdateFenced,
		"sync/a raised generation loses lease": syncGeneration,
		"sync/list is newest first":            syncList,
	}
}

func syncSequences(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	for i := range 5 {
		want := aSync(e.ID, fmt.Sprintf("sync_%d", 9-i)) // ids do not order them
		want.Sequence = 77                               // the store's to give
		got := value(Begin(t.Context(), s, want))(t)
		want.Sequence = int64(i + 1)
		same(t, "sync begun", got, want)
		same(t, "sync read", value(s.Sync(t.Context(), e.ID, want.ID))(t), want)
	}
	_, err := s.Sync(t.Context(), e.ID, "sync_none")
	refused(t, err, fault.NotFound, "unknown-sync")
}

func syncBeginTwice(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	first := begin(t, s, e.ID, "sync_a")
	begin(t, s, e.ID, "sync_b")
	ok(t, s.UpdateSync(t.Context(), first.Fence(), ended(first)))
	again := aSync(e.ID, "sync_a")
	again.Snapshot = "another"
	same(t, "sync begun again", value(Begin(t.Context(), s, again))(t), ended(first))
	if c := begin(t, s, e.ID, "sync_c"); c.Sequence != 3 {
		t.Errorf("the third sync has sequence %d", c.Sequence)
	}
}

func syncUpdate(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	begin(t, s, e.ID, "sync_a")
	b := begin(t, s, e.ID, "sync_b")
	next := b
	next.Sequence, next.Counts.Live, next.Steps = 1, 5, nil
	ok(t, s.UpdateSync(t.Context(), b.Fence(), next))
	next.Sequence = 2
	same(t, "sync", value(s.Sync(t.Context(), e.ID, "sync_b"))(t), next)
	_, err := s.Sync(t.Context(), e.ID, "")
	refused(t, err, fault.NotFound, "unknown-sync")
}

func syncUpdateFenced(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	a, b := begin(t, s, e.ID, "sync_a"), begin(t, s, e.ID, "sync_b")
	ghost := aSync(e.ID, "sync_none")
	refused(t, s.UpdateSync(t.Context(), ghost.Fence(), ghost), fault.NotFound, "unknown-sync")
	refused(t, s.UpdateSync(t.Context(), b.Fence(), a), fault.LeaseLost, "lease-lost")
	ok(t, s.UpdateSync(t.Context(), a.Fence(), ended(a)))
	again := ended(a)
	again.Status = slipway.SyncFailed
	refused(t, s.UpdateSync(t.Context(), a.Fence(), again), fault.LeaseLost, "lease-lost")
	same(t, "sync", value(s.Sync(t.Context(), e.ID, "sync_a"))(t), ended(a))
}

func syncGeneration(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	old := begin(t, s, e.ID, "sync_a")
	taken := old
	taken.Generation = 2
	ok(t, s.UpdateSync(t.Context(), old.Fence(), taken))
	refused(t, s.UpdateSync(t.Context(), old.Fence(), ended(old)), fault.LeaseLost, "lease-lost")
	same(t, "sync", value(s.Sync(t.Context(), e.ID, "sync_a"))(t), taken)
	ok(t, s.UpdateSync(t.Context(), taken.Fence(), ended(taken)))
}

func syncList(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	var want []slipway.Sync
	for i := range 7 {
		want = append(want, begin(t, s, e.ID, fmt.Sprintf("sync_%d", i%2*10+i)))
	}
	slices.Reverse(want)
	for _, limit := range []int{0, 1, 3, 7, 8, control.MaxPage + 1} {
		same(t, fmt.Sprintf("list by %d", limit), pages(t, syncsOf(t.Context(), s, e.ID), limit), want)
	}
	same(t, "list of none", pages(t, syncsOf(t.Context(), s, e.ID+"x"), 0), nil)
}
