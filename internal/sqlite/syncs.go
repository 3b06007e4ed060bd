package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/cursor"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	readSync  = `SELECT document FROM syncs WHERE environment = ? AND id = ?`
	readFence = `SELECT generation, ended FROM syncs WHERE environment = ? AND id = ?`
	putSync   = `INSERT INTO syncs (environment, id, sequence, generation, ended, document) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (environment, id) DO UPDATE SET generation = excluded.generation, ended = excluded.ended, document = excluded.document`
	updateSync = `UPDATE syncs SET generation = ?, ended = ?, document = ? WHERE environment = ? AND id = ?`
	listSyncs  = `SELECT document FROM syncs WHERE environment = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?`
)

// UpdateSync implements control.Syncs. The fence is that of the sync itself.
func (s *Store) UpdateSync(ctx context.Context, f slipway.Fence, sync slipway.Sync) error {
	return s.write(ctx, "update sync", func(tx *sql.Tx) error {
		stored, err := one[slipway.Sync](ctx, s, tx, control.UnknownSync(sync.ID), readSync, sync.Environment, sync.ID)
		if err != nil {
			return err
		}
		if f.Environment != sync.Environment || f.Sync != sync.ID {
			return control.LeaseLost(f)
		}
		if err := checkFence(ctx, tx, f); err != nil {
			return err
		}
		next := sync
		next.Sequence = stored.Sequence
		document, err := encode(next)
		if err != nil {
			return err
		}
		return exec(ctx, tx, updateSync, next.Generation, next.Status.Ended(), document, next.Environment, next.ID)
	})
}

// Sync implements control.Syncs.
func (s *Store) Sync(ctx context.Context, env, id string) (slipway.Sync, error) {
	defer s.timed("read sync")()
	sync, err := one[slipway.Sync](ctx, s, s.readers, control.UnknownSync(id), readSync, env, id)
	return sync, s.translate(ctx, "read sync", err)
}

// Syncs implements control.Syncs.
func (s *Store) Syncs(ctx context.Context, env string, p control.Page) ([]slipway.Sync, string, error) {
	defer s.timed("list syncs")()
	g, err := cursor.Read[position](p, "syncs", env)
	if err != nil {
		return nil, "", err
	}
	list, err := all(ctx, s.readers, document[slipway.Sync](s), listSyncs, env, below(g), g.Limit+1)
	if err != nil {
		return nil, "", s.translate(ctx, "list syncs", err)
	}
	return cursor.Cut(g, list, func(sync slipway.Sync) position { return position{Number: sync.Sequence} })
}

// below is the number that all of the page's entries are lower than.
func below(g cursor.Page[position]) int64 {
	if g.After == nil {
		return math.MaxInt64
	}
	return g.After.Number
}

// checkFence fails with LeaseLost unless f's sync is stored, has not ended, and
// runs under f's generation.
func checkFence(ctx context.Context, tx *sql.Tx, f slipway.Fence) error {
	var generation int64
	var ended bool
	err := tx.QueryRowContext(ctx, readFence, f.Environment, f.Sync).Scan(&generation, &ended)
	if errors.Is(err, sql.ErrNoRows) {
		return control.LeaseLost(f)
	}
	if err != nil {
		return fmt.Errorf("read fence: %w", err)
	}
	if ended || generation != f.Generation {
		return control.LeaseLost(f)
	}
	return nil
}
