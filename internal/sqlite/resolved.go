package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	readResolved = `SELECT document FROM resolved WHERE environment = ?`
	putResolved  = `INSERT INTO resolved (environment, number, document) VALUES (?, ?, ?)
		ON CONFLICT (environment) DO UPDATE SET number = excluded.number, document = excluded.document`
)

// Resolved implements control.Ledger. A store of before this record was has none
// until the next row; then the head says it.
func (s *Store) Resolved(ctx context.Context, env string) (slipway.Resolved, error) {
	defer s.timed("read what is live")()
	r, err := one[slipway.Resolved](ctx, s, s.readers, sql.ErrNoRows, readResolved, env)
	if !errors.Is(err, sql.ErrNoRows) {
		return r, s.translate(ctx, "read what is live", err)
	}
	head, err := s.Head(ctx, env)
	if err != nil || head.Number == 0 {
		return slipway.Resolved{}, err
	}
	return slipway.ResolvedOf(head), nil
}
