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
	deleteDeployment = `DELETE FROM deployments WHERE environment = ? AND id = ?`
	deleteSync       = `DELETE FROM syncs WHERE environment = ? AND id = ? AND ended = 1
		AND NOT EXISTS (SELECT 1 FROM deployments AS d WHERE d.environment = syncs.environment AND d.sync = syncs.id)`
	hasDeployment = `SELECT count(*) FROM deployments WHERE environment = ? AND id = ?`
)

// DeleteDeployments implements control.Pruning.
func (s *Store) DeleteDeployments(ctx context.Context, env string, head int64, ids []string) error {
	return s.deleteAll(ctx, "delete deployments", deleteDeployment, env, ids, func(tx *sql.Tx) error {
		var stored int64
		if err := tx.QueryRowContext(ctx, headNumber, env).Scan(&stored); err != nil {
			return fmt.Errorf("read head: %w", err)
		}
		if stored != head {
			return control.HeadMoved(head)
		}
		return nil
	})
}

// DeleteSyncs implements control.Pruning.
func (s *Store) DeleteSyncs(ctx context.Context, env string, ids []string) error {
	return s.deleteAll(ctx, "delete syncs", deleteSync, env, ids, func(*sql.Tx) error { return nil })
}

// deleteAll removes the records with these ids by statement, if may allows it in
// the same transaction.
func (s *Store) deleteAll(ctx context.Context, op, statement, env string, ids []string, may func(*sql.Tx) error) error {
	if len(ids) > control.MaxDeletes {
		return control.TooManyRecords(len(ids))
	}
	puts := make([][]any, 0, len(ids))
	for _, id := range ids {
		puts = append(puts, []any{env, id})
	}
	return s.write(ctx, op, func(tx *sql.Tx) error {
		if err := may(tx); err != nil {
			return err
		}
		return putAll(ctx, tx, statement, puts)
	})
}

// refuseGone refuses a row that makes a deployment live which is not stored: a
// pruner was faster than whoever decided.
func refuseGone(ctx context.Context, tx *sql.Tx, env string, changes []slipway.Change) (err error) {
	find, err := tx.PrepareContext(ctx, hasDeployment)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	defer func() { err = errors.Join(err, find.Close()) }()
	for _, c := range changes {
		if c.To == "" {
			continue
		}
		var stored int
		if err := find.QueryRowContext(ctx, env, c.To).Scan(&stored); err != nil {
			return fmt.Errorf("read deployment: %w", err)
		}
		if stored == 0 {
			return control.DeploymentGone(c.To)
		}
	}
	return nil
}
