package dynamo

import (
	"context"
	"errors"
	"slices"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Slot implements control.Slots.
func (s *Store) Slot(ctx context.Context, env string) (slipway.Slot, error) {
	slot, err := one[slipway.Slot](ctx, s, slotKey(env), errAbsent)
	if errors.Is(err, errAbsent) {
		return slipway.Slot{}, nil
	}
	return slot, s.translate(ctx, "read slot", err)
}

// MoveSlot implements control.Slots.
func (s *Store) MoveSlot(ctx context.Context, env string, m slipway.SlotMove) error {
	return s.translate(ctx, "move slot", s.moveSlot(ctx, env, m))
}

func (s *Store) moveSlot(ctx context.Context, env string, m slipway.SlotMove) error {
	stored, err := s.get(ctx, slotKey(env))
	if err != nil && !errors.Is(err, errAbsent) {
		return err
	}
	was := numberOf(stored, attrVersion)
	if m.Slot.Version != was+1 {
		if err := s.transact(ctx, []write{passGate(env)}); err != nil {
			return err
		}
		return control.SlotMoved()
	}
	doc, err := packFit(m.Slot)
	if err != nil {
		return err
	}
	unended := textsOf(stored, attrUnended)
	next := item{attrDoc: bin(doc), attrVersion: num(m.Slot.Version), attrUnended: texts(unendedAfter(unended, m.Syncs))}
	slot := put(slotKey(env), next).when(attrVersion+" = :was", item{":was": num(was)}, control.SlotMoved())
	if was == 0 {
		slot = put(slotKey(env), next).when(absent, nil, control.SlotMoved())
	}
	writes := []write{passGate(env), slot}
	for _, sync := range m.Syncs {
		doc, err := encodeSync(sync)
		if err != nil {
			return err
		}
		record := item{attrDoc: bin(doc), attrGen: num(sync.Generation), attrSeq: num(sync.Sequence)}
		if !sync.Status.Ended() {
			record[attrUnended] = yes()
		}
		writes = append(writes, put(syncKey(env, sync.ID), record).
			when(absent+" OR attribute_exists("+attrUnended+")", nil, control.SlotMoved()))
		if !slices.Contains(unended, sync.ID) { // it is new
			writes = append(writes, put(syncEntryKey(env, sync.Sequence, sync.ID), item{attrRef: str(sync.ID)}))
		}
	}
	return s.transact(ctx, writes)
}

// unendedAfter keeps with the slot which syncs have not ended: those that the
// removal of the environment must end.
func unendedAfter(unended []string, moved []slipway.Sync) []string {
	next := slices.Clone(unended)
	for _, sync := range moved {
		next = slices.DeleteFunc(next, func(id string) bool { return id == sync.ID })
		if !sync.Status.Ended() {
			next = append(next, sync.ID)
		}
	}
	return next
}
