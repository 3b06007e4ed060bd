package dynamo

import (
	"context"
	"errors"
	"math"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/cursor"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// encodeSync gives a sync's document, without the sequence: it is an attribute
// that only a move of the slot writes.
func encodeSync(sync slipway.Sync) ([]byte, error) {
	sync.Sequence = 0
	return packFit(sync)
}

func decodeSync(found item) (slipway.Sync, error) {
	var sync slipway.Sync
	err := unpack(bytesOf(found, attrDoc), &sync)
	sync.Sequence = numberOf(found, attrSeq)
	return sync, err
}

// updateOf replaces the record of a sync that is stored.
func updateOf(sync slipway.Sync) (write, error) {
	doc, err := encodeSync(sync)
	if err != nil {
		return write{}, err
	}
	expression := set(attrDoc, ":doc", attrGen, ":gen")
	if sync.Status.Ended() {
		expression += " REMOVE " + attrUnended
	}
	return update(syncKey(sync.Environment, sync.ID), expression, item{":doc": bin(doc), ":gen": num(sync.Generation)}), nil
}

const fenceHolds = attrGen + " = :held AND attribute_exists(" + attrUnended + ")"

// underFence refuses a write when f's sync is not stored, has ended, or runs
// under another generation.
func underFence(f slipway.Fence) write {
	return check(syncKey(f.Environment, f.Sync)).when(fenceHolds, item{":held": num(f.Generation)}, control.LeaseLost(f))
}

// UpdateSync implements control.Syncs. The fence is that of the sync itself.
func (s *Store) UpdateSync(ctx context.Context, f slipway.Fence, sync slipway.Sync) error {
	return s.translate(ctx, "update sync", s.updateSync(ctx, f, sync))
}

func (s *Store) updateSync(ctx context.Context, f slipway.Fence, sync slipway.Sync) error {
	if f.Environment != sync.Environment || f.Sync != sync.ID {
		if _, err := s.sync(ctx, sync.Environment, sync.ID); err != nil {
			return err
		}
		return control.LeaseLost(f)
	}
	w, err := updateOf(sync)
	if err != nil {
		return err
	}
	return s.transact(ctx, []write{w.whenOld(fenceHolds, item{":held": num(f.Generation)}, func(old item) error {
		if len(old) == 0 {
			return control.UnknownSync(sync.ID)
		}
		return control.LeaseLost(f)
	})})
}

// Sync implements control.Syncs.
func (s *Store) Sync(ctx context.Context, env, id string) (slipway.Sync, error) {
	sync, err := s.sync(ctx, env, id)
	return sync, s.translate(ctx, "read sync", err)
}

func (s *Store) sync(ctx context.Context, env, id string) (slipway.Sync, error) {
	found, err := s.get(ctx, syncKey(env, id))
	if errors.Is(err, errAbsent) {
		return slipway.Sync{}, control.UnknownSync(id)
	}
	if err != nil {
		return slipway.Sync{}, err
	}
	return decodeSync(found)
}

// Syncs implements control.Syncs.
func (s *Store) Syncs(ctx context.Context, env string, p control.Page) ([]slipway.Sync, string, error) {
	g, err := cursor.Read[string](p, "syncs", env)
	if err != nil {
		return nil, "", err
	}
	list, next, err := s.syncs(ctx, env, g)
	return list, next, s.translate(ctx, "list syncs", err)
}

// syncs reads a page: first the entries of the list, then what they lead to.
func (s *Store) syncs(ctx context.Context, env string, g cursor.Page[string]) ([]slipway.Sync, string, error) {
	in := span{pk: syncEntryKey(env, 0, "").pk, lo: number(0), hi: number(math.MaxInt64), backwards: true}
	if g.After != nil {
		in.hi = *g.After
	}
	entries, err := s.query(ctx, in, g.Limit+1)
	if err != nil {
		return nil, "", err
	}
	// A bare number comes before every entry with it.
	entries, next, err := cursor.Cut(g, entries, func(e item) string { return textOf(e, SortKey)[:len(number(0))] })
	if err != nil {
		return nil, "", err
	}
	keys := make([]key, len(entries))
	for i, e := range entries {
		keys[i] = syncKey(env, textOf(e, attrRef))
	}
	found, err := s.getAll(ctx, keys)
	if err != nil {
		return nil, "", err
	}
	var list []slipway.Sync
	for _, k := range keys {
		if found[k] == nil {
			continue // deleted since
		}
		sync, err := decodeSync(found[k])
		if err != nil {
			return nil, "", err
		}
		list = append(list, sync)
	}
	return list, next, nil
}
