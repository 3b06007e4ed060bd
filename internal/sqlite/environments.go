package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	insertEnvironment = `INSERT INTO environments (id, slug, document) VALUES (?, ?, ?)`
	takenEnvironment  = `SELECT 1 FROM environments WHERE slug = ? UNION ALL SELECT 1 FROM environments WHERE id = ?
		UNION ALL SELECT 1 FROM removed_environments WHERE id = ?`
	readEnvironment  = `SELECT document FROM environments WHERE slug = ?`
	listEnvironments = `SELECT document FROM environments ORDER BY slug`
)

// CreateEnvironment implements control.Environments. An id that is taken,
// or was, is refused as a slug is.
func (s *Store) CreateEnvironment(ctx context.Context, e slipway.Environment, first []slipway.Row) error {
	document, err := encode(e)
	if err != nil {
		return err
	}
	entries, err := encodeRows(first)
	if err != nil {
		return err
	}
	return s.write(ctx, "create environment", func(tx *sql.Tx) error {
		var taken int
		err := tx.QueryRowContext(ctx, takenEnvironment, e.Slug, e.ID, e.ID).Scan(&taken)
		if err == nil {
			return control.EnvironmentExists(e.Slug)
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if err := exec(ctx, tx, insertEnvironment, e.ID, e.Slug, document); err != nil {
			return err
		}
		if err := createPoll(ctx, tx, slipway.FirstPoll(e)); err != nil {
			return err
		}
		for _, entry := range entries {
			if err := appendRow(ctx, tx, e.ID, entry); err != nil {
				return err
			}
		}
		return nil
	})
}

// Environment implements control.Environments.
func (s *Store) Environment(ctx context.Context, slug string) (slipway.Environment, error) {
	defer s.timed("read environment")()
	var document []byte
	err := s.readers.QueryRowContext(ctx, readEnvironment, slug).Scan(&document)
	if errors.Is(err, sql.ErrNoRows) {
		err = control.UnknownEnvironment(slug)
	}
	if err != nil {
		return slipway.Environment{}, s.translate(ctx, "read environment", err)
	}
	e, err := s.environments.read(document, s.decode)
	return e, s.translate(ctx, "read environment", err)
}

// Environments implements control.Environments.
func (s *Store) Environments(ctx context.Context) ([]slipway.Environment, error) {
	defer s.timed("list environments")()
	list, err := all(ctx, s.readers, document[slipway.Environment](s), listEnvironments)
	return list, s.translate(ctx, "list environments", err)
}
