package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/cursor"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	readDeployment = `SELECT document, first_live FROM deployments WHERE environment = ? AND id = ?`
	// putDeployment leaves a deployment whose outcome is known, and any mark.
	putDeployment = `INSERT INTO deployments
		(environment, id, workflow, sync, sequence, path, commit_sha, outcome, first_live, document, listed)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (environment, id) DO UPDATE SET
		workflow = excluded.workflow, sync = excluded.sync, sequence = excluded.sequence, path = excluded.path,
		commit_sha = excluded.commit_sha, outcome = excluded.outcome, document = excluded.document, listed = excluded.listed
		WHERE deployments.outcome = 'processing'`
)

// PutDeployments implements control.Deployments, all in one transaction.
func (s *Store) PutDeployments(ctx context.Context, f slipway.Fence, ds []slipway.Deployment, ws []slipway.Workflow) error {
	puts, err := encodePuts(f, ds, ws)
	if err != nil {
		return err
	}
	return s.write(ctx, "put deployments", func(tx *sql.Tx) error {
		if err := checkFence(ctx, tx, f); err != nil {
			return err
		}
		if err := putAll(ctx, tx, putDeployment, puts[:len(ds)]); err != nil {
			return err
		}
		return putAll(ctx, tx, putWorkflow, puts[len(ds):])
	})
}

// encodePuts gives the statements' arguments, first for ds, then for ws. What
// belongs to another environment than the fence is not its to write.
func encodePuts(f slipway.Fence, ds []slipway.Deployment, ws []slipway.Workflow) ([][]any, error) {
	var puts [][]any
	for _, d := range ds {
		if d.Environment != f.Environment {
			return nil, control.LeaseLost(f)
		}
		mark := sql.NullInt64{Int64: d.FirstLive, Valid: d.FirstLive != 0}
		d.FirstLive = 0
		document, err := encode(d)
		if err != nil {
			return nil, err
		}
		puts = append(puts, []any{
			d.Environment, d.ID, d.Workflow, d.Sync, d.Sequence, d.Path, d.Commit.SHA, string(d.Outcome), mark, document, listedText(d),
		})
	}
	for _, w := range ws {
		if w.Environment != f.Environment {
			return nil, control.LeaseLost(f)
		}
		document, err := encode(w)
		if err != nil {
			return nil, err
		}
		puts = append(puts, []any{w.Environment, w.ID, w.Seen, document})
	}
	return puts, nil
}

func putAll(ctx context.Context, tx *sql.Tx, statement string, puts [][]any) (err error) {
	if len(puts) == 0 {
		return nil
	}
	put, err := tx.PrepareContext(ctx, statement)
	if err != nil {
		return fmt.Errorf("prepare: %w", err)
	}
	defer func() { err = errors.Join(err, put.Close()) }()
	for _, args := range puts {
		if _, err := put.ExecContext(ctx, args...); err != nil {
			return fmt.Errorf("write: %w", err)
		}
	}
	return nil
}

// Deployment implements control.Deployments.
func (s *Store) Deployment(ctx context.Context, env, id string) (slipway.Deployment, error) {
	defer s.timed("read deployment")()
	d, err := s.scanDeployment(s.readers.QueryRowContext(ctx, readDeployment, env, id))
	if errors.Is(err, sql.ErrNoRows) {
		err = control.UnknownDeployment(id)
	}
	return d, s.translate(ctx, "read deployment", err)
}

// Deployments implements control.Deployments. Its pages are full.
func (s *Store) Deployments(ctx context.Context, env string, q control.DeploymentQuery) ([]slipway.Deployment, string, error) {
	defer s.timed("list deployments")()
	g, err := cursor.Read[position](q.Page, "deployments", env, q.Workflow, q.Sync, q.Commit, q.Outcome, q.WasLive, q.Below) // Whole moves no place
	if err != nil {
		return nil, "", err
	}
	query, args := listDeployments(env, q, g)
	scan := func(rows *sql.Rows) (slipway.Deployment, error) { return s.scanListed(env, rows) }
	if q.Whole {
		scan = func(rows *sql.Rows) (slipway.Deployment, error) { return s.scanDeployment(rows) }
	}
	list, err := all(ctx, s.readers, scan, query, args...)
	if err != nil {
		return nil, "", s.translate(ctx, "list deployments", err)
	}
	return cursor.Cut(g, list, func(d slipway.Deployment) position { return position{d.Sequence, d.Path, d.ID} })
}

// scanDeployment reads a row of document and mark.
func (s *Store) scanDeployment(row interface{ Scan(into ...any) error }) (slipway.Deployment, error) {
	var d slipway.Deployment
	var document []byte
	var mark sql.NullInt64
	if err := row.Scan(&document, &mark); err != nil {
		return d, err
	}
	if err := s.decode(document, &d); err != nil {
		return d, err
	}
	d.FirstLive = mark.Int64
	return d, nil
}
