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
	found, err := s.get(ctx, slotKey(env))
	var slot slipway.Slot
	if errors.Is(err, errAbsent) || err == nil && !has(found, attrDoc) { // or removed before it had one
		return slot, nil
	}
	if err == nil {
		err = unpack(bytesOf(found, attrDoc), &slot)
	}
	return slot, s.translate(ctx, "read slot", err)
}

// passSlot refuses a write to an environment that was removed, or one that takes
// for granted that no sync was asked for after the one with this sequence. Where
// there is no slot, neither was.
func passSlot(env string, last int64) write {
	condition := "attribute_not_exists(" + attrRemoved + ") AND (attribute_not_exists(" + attrSeq + ") OR " + attrSeq + " <= :last)"
	return check(slotKey(env)).whenOld(condition, item{":last": num(last)}, func(old item) error {
		if has(old, attrRemoved) {
			return control.EnvironmentRemoved()
		}
		return control.SyncSince(last)
	})
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
	if has(stored, attrRemoved) {
		return control.EnvironmentRemoved()
	}
	was := numberOf(stored, attrVersion)
	if m.Slot.Version != was+1 {
		return control.SlotMoved()
	}
	doc, err := packFit(m.Slot)
	if err != nil {
		return err
	}
	unended := textsOf(stored, attrUnended)
	next := item{
		attrDoc: bin(doc), attrVersion: num(m.Slot.Version), attrSeq: num(m.Slot.Sequence),
		attrUnended: texts(unendedAfter(unended, m.Syncs)),
	}
	condition, values := absent, item(nil)
	if was > 0 {
		condition, values = attrVersion+" = :was AND attribute_not_exists("+attrRemoved+")", item{":was": num(was)}
	}
	writes := []write{put(slotKey(env), next).whenOld(condition, values, func(old item) error {
		if has(old, attrRemoved) {
			return control.EnvironmentRemoved()
		}
		return control.SlotMoved()
	})}
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
