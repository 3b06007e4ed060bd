package dynamo

import (
	"context"
	"errors"
	"slices"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// UpdateEnvironment implements control.Settings.
func (s *Store) UpdateEnvironment(ctx context.Context, e slipway.Environment) error {
	return s.translate(ctx, "update environment", s.updateEnvironment(ctx, e))
}

func (s *Store) updateEnvironment(ctx context.Context, e slipway.Environment) error {
	gate, err := s.get(ctx, gateKey(e.ID))
	if errors.Is(err, errAbsent) {
		return control.UnknownEnvironment(e.Slug)
	}
	if err != nil {
		return err
	}
	next := e
	next.Slug = textOf(gate, attrSlug)
	doc, err := packFit(next)
	if err != nil {
		return err
	}
	values := item{":doc": bin(doc), ":next": num(e.Version)}
	w := update(environmentKey(next.Slug), set(attrDoc, ":doc", attrVersion, ":next"), values).
		whenOld(attrEnv+" = :env AND "+attrVersion+" = :was", item{":env": str(e.ID), ":was": num(e.Version - 1)}, func(old item) error {
			if textOf(old, attrEnv) != e.ID { // its slug is nobody's or another's
				return control.UnknownEnvironment(e.Slug)
			}
			return control.EnvironmentChanged(next.Slug)
		})
	return s.transact(ctx, []write{w})
}

// set makes the expression that sets attributes, each followed by its value.
func set(pairs ...string) string {
	expression := "SET "
	for i := 0; i < len(pairs); i += 2 {
		if i > 0 {
			expression += ", "
		}
		expression += pairs[i] + " = " + pairs[i+1]
	}
	return expression
}

// RemoveEnvironment implements control.Settings. It begins again when the slot
// or one of its syncs moved meanwhile.
func (s *Store) RemoveEnvironment(ctx context.Context, r slipway.Removal) error {
	return s.translate(ctx, "remove environment", s.redo(ctx, func() error { return s.removeEnvironment(ctx, r) }))
}

func (s *Store) removeEnvironment(ctx context.Context, r slipway.Removal) error {
	gate, err := s.get(ctx, gateKey(r.ID))
	switch {
	case errors.Is(err, errAbsent):
		return control.UnknownEnvironment(r.Slug)
	case err != nil:
		return err
	case has(gate, attrRemoved):
		return nil
	}
	slug := textOf(gate, attrSlug)
	if slug == "" {
		return control.UnknownEnvironment(r.Slug)
	}
	tombstone := r
	tombstone.Environment, err = one[slipway.Environment](ctx, s, environmentKey(slug), errChanged)
	if err != nil {
		return err
	}
	doc, err := packFit(tombstone)
	if err != nil {
		return err
	}
	syncs, err := s.endSyncs(ctx, r)
	if err != nil {
		return err
	}
	poll, err := s.removePoll(ctx, r.ID)
	if err != nil {
		return err
	}
	writes := []write{
		put(removalKey(slug, r.ID), item{attrDoc: bin(doc)}).when(absent, nil, errChanged),
		update(gateKey(r.ID), set(attrRemoved, ":yes"), item{":yes": yes()}).when("attribute_not_exists("+attrRemoved+")", nil, errChanged),
		remove(environmentKey(slug)).when(attrVersion+" = :was", item{":was": num(tombstone.Version)}, errChanged),
		remove(resolvedKey(slug)),
	}
	return s.transact(ctx, slices.Concat(writes, syncs, poll))
}

// endSyncs closes the slot of a removed environment, and ends what has not ended
// in it.
func (s *Store) endSyncs(ctx context.Context, r slipway.Removal) ([]write, error) {
	slot, err := s.get(ctx, slotKey(r.ID))
	if errors.Is(err, errAbsent) {
		return []write{put(slotKey(r.ID), item{attrRemoved: yes()}).when(absent, nil, errChanged)}, nil
	}
	if err != nil {
		return nil, err
	}
	closed := update(slotKey(r.ID), set(attrRemoved, ":yes"), item{":yes": yes()}).asRead(numberOf(slot, attrVersion))
	writes := []write{closed}
	for _, id := range textsOf(slot, attrUnended) {
		found, err := s.get(ctx, syncKey(r.ID, id))
		if errors.Is(err, errAbsent) || err == nil && !has(found, attrUnended) {
			continue
		}
		if err != nil {
			return nil, err
		}
		stored, err := decodeSync(found)
		if err != nil {
			return nil, err
		}
		w, err := updateOf(r.End(stored))
		if err != nil {
			return nil, err
		}
		writes = append(writes, w.when(attrDoc+" = :seen AND attribute_exists("+attrUnended+")", item{":seen": found[attrDoc]}, errChanged))
	}
	return writes, nil
}

// Removals implements control.Settings.
func (s *Store) Removals(ctx context.Context) ([]slipway.Removal, error) {
	list, err := all[slipway.Removal](ctx, s, below(removalKey("", "").pk, "s#"))
	return list, s.translate(ctx, "list removals", err)
}

// passGate refuses a write to an environment that was removed.
func passGate(env string) write {
	return check(gateKey(env)).when("attribute_not_exists("+attrRemoved+")", nil, control.EnvironmentRemoved())
}

// redo runs f, which reads and then writes what it decided, until nothing changed
// between the two, or patience ends.
func (s *Store) redo(ctx context.Context, f func() error) error {
	return s.repeat(ctx, f, func(err error) bool { return errors.Is(err, errChanged) })
}
