package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	readResolved = `SELECT e.id, r.document FROM environments AS e LEFT JOIN resolved AS r ON r.environment = e.id WHERE e.slug = ?`
	putResolved  = `INSERT INTO resolved (environment, number, document) VALUES (?, ?, ?)
		ON CONFLICT (environment) DO UPDATE SET number = excluded.number, document = excluded.document`
)

// Resolved implements control.Ledger. A store of before this record was has none
// until the next row; then the head says it.
func (s *Store) Resolved(ctx context.Context, slug string) (env string, r slipway.Resolved, err error) {
	defer s.timed("read what is live")()
	var document []byte
	err = s.readers.QueryRowContext(ctx, readResolved, slug).Scan(&env, &document)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		err = control.UnknownEnvironment(slug)
	case err == nil && document == nil:
		var head slipway.Row
		if head, err = s.Head(ctx, env); err == nil && head.Number > 0 {
			r = slipway.ResolvedOf(head)
		}
	case err == nil:
		err = s.decode(document, &r)
	}
	return env, r, s.translate(ctx, "read what is live", err)
}
