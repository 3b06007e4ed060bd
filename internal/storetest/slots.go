package storetest

import (
	"context"
	"fmt"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Begin writes a new sync as it is given, with the next sequence of its
// environment, and returns it so. One with that id is returned as it is stored.
func Begin(ctx context.Context, s control.Store, sync slipway.Sync) (slipway.Sync, error) {
	for {
		slot, err := s.Slot(ctx, sync.Environment) // before the sync: whoever writes it moves the slot
		if err != nil {
			return slipway.Sync{}, err
		}
		stored, err := s.Sync(ctx, sync.Environment, sync.ID)
		if !fault.Is(err, fault.NotFound) {
			return stored, err
		}
		slot.Version++
		slot.Sequence++
		sync.Sequence = slot.Sequence
		err = s.MoveSlot(ctx, sync.Environment, slipway.SlotMove{Slot: slot, Syncs: []slipway.Sync{sync}})
		if !fault.Is(err, fault.Conflict) {
			return sync, err
		}
	}
}

func slotCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"slot/the first move is from nothing":    slotFirst,
		"slot/a move from the past is refused":   slotStale,
		"slot/a sync that ended stays as it is":  slotEnded,
		"slot/environments have their own":       slotApart,
		"slot/one of many movers wins at a time": slotRace,
		"slot/a removed environment has no more": slotRemoved,
	}
}

func slotFirst(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	same(t, "slot", value(s.Slot(t.Context(), e.ID))(t), slipway.Slot{})
	sync := aSync(e.ID, "sync_a")
	sync.Sequence = 1
	want := slipway.Slot{Version: 1, Sequence: 1, Running: sync.ID, Waiting: "sync_b"}
	ok(t, s.MoveSlot(t.Context(), e.ID, slipway.SlotMove{Slot: want, Syncs: []slipway.Sync{sync}}))
	same(t, "slot", value(s.Slot(t.Context(), e.ID))(t), want)
	same(t, "sync", value(s.Sync(t.Context(), e.ID, sync.ID))(t), sync)
}

func slotStale(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	begin(t, s, e.ID, "sync_a")
	for _, version := range []int64{0, 1, 3} {
		sync := aSync(e.ID, "sync_b")
		m := slipway.SlotMove{Slot: slipway.Slot{Version: version, Running: "sync_b"}, Syncs: []slipway.Sync{sync}}
		refused(t, s.MoveSlot(t.Context(), e.ID, m), fault.Conflict, "slot-moved")
	}
	_, err := s.Sync(t.Context(), e.ID, "sync_b")
	refused(t, err, fault.NotFound, "unknown-sync")
	same(t, "slot", value(s.Slot(t.Context(), e.ID))(t), slipway.Slot{Version: 1, Sequence: 1})
}

func slotEnded(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	ok(t, s.MoveSlot(t.Context(), e.ID, slipway.SlotMove{Slot: slipway.Slot{Version: 2, Sequence: 1}, Syncs: []slipway.Sync{ended(sync)}}))
	again := ended(sync)
	again.Status = slipway.SyncFailed
	m := slipway.SlotMove{Slot: slipway.Slot{Version: 3, Sequence: 9}, Syncs: []slipway.Sync{aSync(e.ID, "sync_b"), again}}
	refused(t, s.MoveSlot(t.Context(), e.ID, m), fault.Conflict, "slot-moved")
	same(t, "sync", value(s.Sync(t.Context(), e.ID, sync.ID))(t), ended(sync))
	_, err := s.Sync(t.Context(), e.ID, "sync_b")
	refused(t, err, fault.NotFound, "unknown-sync")
}

func slotApart(t *testing.T, s control.Store) {
	a, b := newEnvironment(t, s), newEnvironment(t, s)
	begin(t, s, a.ID, "sync_a")
	same(t, "slot of the other", value(s.Slot(t.Context(), b.ID))(t), slipway.Slot{})
	if sync := begin(t, s, b.ID, "sync_a"); sync.Sequence != 1 {
		t.Errorf("the other environment's first sync has sequence %d", sync.Sequence)
	}
}

func slotRemoved(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	ok(t, s.RemoveEnvironment(t.Context(), aRemoval(e)))
	sync := aSync(e.ID, "sync_a")
	m := slipway.SlotMove{Slot: slipway.Slot{Version: 1, Sequence: 1, Running: sync.ID}, Syncs: []slipway.Sync{sync}}
	refused(t, s.MoveSlot(t.Context(), e.ID, m), fault.NotFound, "unknown-environment")
}

func slotRace(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	for round := range int64(10) {
		won := 0
		for i, err := range together(racers, func(i int) error {
			sync := aSync(e.ID, fmt.Sprintf("sync_%d_%d", round, i))
			sync.Sequence = round + 1
			slot := slipway.Slot{Version: round + 1, Sequence: round + 1, Running: sync.ID}
			return s.MoveSlot(t.Context(), e.ID, slipway.SlotMove{Slot: slot, Syncs: []slipway.Sync{sync}})
		}) {
			if err == nil {
				won++
				same(t, "running", value(s.Slot(t.Context(), e.ID))(t).Running, fmt.Sprintf("sync_%d_%d", round, i))
			} else {
				refused(t, err, fault.Conflict, "slot-moved")
			}
		}
		if won != 1 {
			t.Fatalf("round %d has %d winners", round, won)
		}
	}
}
