package dynamo

import (
	"context"
	"errors"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// absent is the condition that there is no item.
const absent = "attribute_not_exists(" + PartitionKey + ")"

// there is the condition that there is one.
const there = "attribute_exists(" + PartitionKey + ")"

// CreateEnvironment implements control.Environments. An id that is taken, or
// was, is refused as a slug is.
func (s *Store) CreateEnvironment(ctx context.Context, e slipway.Environment, first []slipway.Row) error {
	doc, err := packFit(e)
	if err != nil {
		return err
	}
	exists := control.EnvironmentExists(e.Slug)
	writes := []write{
		put(environmentKey(e.Slug), item{attrDoc: bin(doc), attrVersion: num(e.Version), attrEnv: str(e.ID)}).when(absent, nil, exists),
		put(gateKey(e.ID), item{attrSlug: str(e.Slug)}).when("attribute_not_exists("+attrSlug+")", nil, exists),
	}
	poll, due, err := pollWrites(slipway.FirstPoll(e))
	if err != nil {
		return err
	}
	writes = append(append(writes, poll), due...)
	for i, row := range first {
		if row.Number != int64(i+1) {
			return control.LedgerMoved(row.Number)
		}
		for _, c := range row.Changes {
			if c.To != "" {
				return control.DeploymentGone(c.To)
			}
		}
		entry, err := encodeRow(row)
		if err != nil {
			return err
		}
		writes = append(writes, entry.writes(e.ID)...)
		if i == len(first)-1 {
			writes = append(writes, entry.resolves(e.ID, e.Slug))
		}
	}
	if len(writes) > maxWrites {
		return control.TooManyRecords(len(first))
	}
	if err := s.transact(ctx, writes); err != nil {
		return s.translate(ctx, "create environment", err)
	}
	s.known.sawSlug(e.ID, e.Slug)
	return nil
}

// Environment implements control.Environments.
func (s *Store) Environment(ctx context.Context, slug string) (slipway.Environment, error) {
	e, err := one[slipway.Environment](ctx, s, environmentKey(slug), control.UnknownEnvironment(slug))
	if err == nil {
		s.known.sawSlug(e.ID, slug)
	}
	return e, s.translate(ctx, "read environment", err)
}

// slugOf gives the slug of an environment by its id, which never changes: from
// memory, or from the gate.
func (s *Store) slugOf(ctx context.Context, env string) (string, error) {
	if slug := s.known.get(env).slug; slug != "" {
		return slug, nil
	}
	gate, err := s.get(ctx, gateKey(env))
	if errors.Is(err, errAbsent) || err == nil && !has(gate, attrSlug) {
		return "", control.EnvironmentRemoved()
	}
	if err != nil {
		return "", err
	}
	slug := textOf(gate, attrSlug)
	s.known.sawSlug(env, slug)
	return slug, nil
}

// Environments implements control.Environments.
func (s *Store) Environments(ctx context.Context) ([]slipway.Environment, error) {
	list, err := all[slipway.Environment](ctx, s, below(environmentKey("").pk, environmentKey("").sk))
	return list, s.translate(ctx, "list environments", err)
}

// all reads every record of a span.
func all[T any](ctx context.Context, s *Store, in span) ([]T, error) {
	items, err := s.query(ctx, in, 0)
	if err != nil {
		return nil, err
	}
	return unpackAll[T](items)
}

func unpackAll[T any](items []item) ([]T, error) {
	list := make([]T, len(items))
	for i, found := range items {
		if err := unpack(bytesOf(found, attrDoc), &list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}
