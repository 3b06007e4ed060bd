package dynamo

import (
	"context"
	"errors"
	"math"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/cursor"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Head implements control.Ledger.
func (s *Store) Head(ctx context.Context, env string) (slipway.Row, error) {
	row, err := s.head(ctx, env)
	return row, s.translate(ctx, "read head", err)
}

// head reads the newest row: one query for one item.
func (s *Store) head(ctx context.Context, env string) (slipway.Row, error) {
	newest := span{pk: stateKey(env, 0).pk, lo: number(0), hi: number(math.MaxInt64), backwards: true}
	found, err := s.query(ctx, newest, 1)
	if err != nil || len(found) == 0 {
		return slipway.Row{}, err
	}
	row, err := s.decodeRow(ctx, env, found[0])
	s.known.sawRow(env, row.Number)
	return row, err
}

// decodeRow reads a row beside its state. A document that did not fit there is
// in the list.
func (s *Store) decodeRow(ctx context.Context, env string, found item) (slipway.Row, error) {
	doc := bytesOf(found, attrDoc)
	if doc == nil {
		listed, err := s.get(ctx, key{rowKey(env, 0).pk, textOf(found, SortKey)})
		if err != nil {
			return slipway.Row{}, err
		}
		doc = bytesOf(listed, attrDoc)
	}
	var row slipway.Row
	if err := unpack(doc, &row); err != nil {
		return slipway.Row{}, err
	}
	var err error
	row.State, err = slipway.DecodeState(bytesOf(found, attrState))
	return row, err
}

// Resolved implements control.Ledger.
func (s *Store) Resolved(ctx context.Context, slug string) (env string, r slipway.Resolved, err error) {
	found, err := s.get(ctx, resolvedKey(slug))
	if errors.Is(err, errAbsent) { // the ledger is empty, or there is none
		e, err := s.Environment(ctx, slug)
		return e.ID, slipway.Resolved{}, err
	}
	if err == nil {
		err = unpack(bytesOf(found, attrDoc), &r)
	}
	return textOf(found, attrEnv), r, s.translate(ctx, "read what is live", err)
}

// Row implements control.Releases.
func (s *Store) Row(ctx context.Context, env string, number int64) (slipway.Row, error) {
	row, err := s.row(ctx, env, number)
	if errors.Is(err, errAbsent) {
		err = control.UnknownRelease(number)
	}
	return row, s.translate(ctx, "read release", err)
}

func (s *Store) row(ctx context.Context, env string, number int64) (slipway.Row, error) {
	found, err := s.get(ctx, stateKey(env, number))
	if err != nil {
		return slipway.Row{}, err
	}
	return s.decodeRow(ctx, env, found)
}

// RowByID implements control.Ledger.
func (s *Store) RowByID(ctx context.Context, env, id string) (slipway.Row, error) {
	row, err := s.rowByID(ctx, env, id)
	return row, s.translate(ctx, "read release", err)
}

func (s *Store) rowByID(ctx context.Context, env, id string) (slipway.Row, error) {
	found, err := s.get(ctx, rowIDKey(env, id))
	if errors.Is(err, errAbsent) {
		return slipway.Row{}, control.UnknownRow(id)
	}
	if err != nil {
		return slipway.Row{}, err
	}
	return s.row(ctx, env, numberOf(found, attrNumber))
}

// Rows implements control.Releases.
func (s *Store) Rows(ctx context.Context, env string, p control.Page) ([]slipway.Row, string, error) {
	g, err := cursor.Read[int64](p, "releases", env)
	if err != nil {
		return nil, "", err
	}
	in := span{pk: rowKey(env, 0).pk, lo: number(0), hi: number(math.MaxInt64), backwards: true}
	if g.After != nil {
		in.hi = number(*g.After - 1)
	}
	found, err := s.query(ctx, in, g.Limit+1)
	if err != nil {
		return nil, "", s.translate(ctx, "list releases", err)
	}
	list, err := unpackAll[slipway.Row](found)
	if err != nil {
		return nil, "", err
	}
	return cursor.Cut(g, list, func(r slipway.Row) int64 { return r.Number })
}

// newest reads the number of the head, and not its state.
func (s *Store) newest(ctx context.Context, env string) (int64, error) {
	rows, _, err := s.Rows(ctx, env, control.Page{Limit: 1})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Number, nil
}
