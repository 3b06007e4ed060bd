package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	environmentByID   = `SELECT document FROM environments WHERE id = ?`
	updateEnvironment = `UPDATE environments SET document = ? WHERE id = ?`
	deleteEnvironment = `DELETE FROM environments WHERE id = ?`
	insertRemoval     = `INSERT INTO removed_environments (id, slug, document) VALUES (?, ?, ?)`
	wasRemoved        = `SELECT 1 FROM removed_environments WHERE id = ?`
	listRemovals      = `SELECT document FROM removed_environments ORDER BY slug, id`
	listUnended       = `SELECT document FROM syncs WHERE environment = ? AND ended = 0`
)

// UpdateEnvironment implements control.Settings.
func (s *Store) UpdateEnvironment(ctx context.Context, e slipway.Environment) error {
	return s.write(ctx, "update environment", func(tx *sql.Tx) error {
		stored, err := one[slipway.Environment](ctx, s, tx, control.UnknownEnvironment(e.Slug), environmentByID, e.ID)
		if err != nil {
			return err
		}
		if e.Version != stored.Version+1 {
			return control.EnvironmentChanged(stored.Slug)
		}
		next := e
		next.Slug = stored.Slug
		document, err := encode(next)
		if err != nil {
			return err
		}
		return exec(ctx, tx, updateEnvironment, document, e.ID)
	})
}

// RemoveEnvironment implements control.Settings. The tombstone is written first.
func (s *Store) RemoveEnvironment(ctx context.Context, r slipway.Removal) error {
	return s.write(ctx, "remove environment", func(tx *sql.Tx) error {
		removed, err := isRemoved(ctx, tx, r.ID)
		if err != nil || removed {
			return err
		}
		stored, err := one[slipway.Environment](ctx, s, tx, control.UnknownEnvironment(r.Slug), environmentByID, r.ID)
		if err != nil {
			return err
		}
		tombstone := r
		tombstone.Environment = stored
		document, err := encode(tombstone)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, insertRemoval, r.ID, stored.Slug, document); err != nil {
			return err
		}
		if err := exec(ctx, tx, deleteEnvironment, r.ID); err != nil {
			return err
		}
		if err := exec(ctx, tx, deletePoll, r.ID); err != nil {
			return err
		}
		return s.endSyncs(ctx, tx, r)
	})
}

// endSyncs ends what has not ended in a removed environment.
func (s *Store) endSyncs(ctx context.Context, tx *sql.Tx, r slipway.Removal) error {
	syncs, err := all(ctx, tx, document[slipway.Sync](s), listUnended, r.ID)
	if err != nil {
		return fmt.Errorf("read syncs: %w", err)
	}
	for _, sync := range syncs {
		ended := r.End(sync)
		document, err := encode(ended)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, updateSync, ended.Generation, ended.Status.Ended(), document, r.ID, ended.ID); err != nil {
			return err
		}
	}
	return nil
}

// Removals implements control.Settings.
func (s *Store) Removals(ctx context.Context) ([]slipway.Removal, error) {
	defer s.timed("list removals")()
	list, err := all(ctx, s.readers, document[slipway.Removal](s), listRemovals)
	return list, s.translate(ctx, "list removals", err)
}

func isRemoved(ctx context.Context, tx *sql.Tx, env string) (bool, error) {
	var removed int
	err := tx.QueryRowContext(ctx, wasRemoved, env).Scan(&removed)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// refuseRemoved refuses to write to an environment that was removed.
func refuseRemoved(ctx context.Context, tx *sql.Tx, env string) error {
	removed, err := isRemoved(ctx, tx, env)
	if err != nil || !removed {
		return err
	}
	return control.EnvironmentRemoved()
}
