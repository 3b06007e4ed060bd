package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	readPoll   = `SELECT document FROM polls WHERE environment = ?`
	insertPoll = `INSERT INTO polls (environment, version, due, document) VALUES (?, ?, ?, ?)`
	updatePoll = `UPDATE polls SET version = ?, due = ?, document = ? WHERE environment = ?`
	deletePoll = `DELETE FROM polls WHERE environment = ?`
	duePolls   = `SELECT document FROM polls WHERE due <= ? ORDER BY due, environment LIMIT ?`
)

// Poll implements control.Polls.
func (s *Store) Poll(ctx context.Context, env string) (slipway.Poll, error) {
	defer s.timed("read poll")()
	p, err := one[slipway.Poll](ctx, s, s.readers, control.NoPoll(env), readPoll, env)
	return p, s.translate(ctx, "read poll", err)
}

// PutPoll implements control.Polls.
func (s *Store) PutPoll(ctx context.Context, p slipway.Poll) error {
	document, err := encode(p)
	if err != nil {
		return err
	}
	return s.write(ctx, "put poll", func(tx *sql.Tx) error {
		stored, err := one[slipway.Poll](ctx, s, tx, control.NoPoll(p.Environment), readPoll, p.Environment)
		if err != nil {
			return err
		}
		if p.Version != stored.Version+1 {
			return control.PollMoved(p.Slug)
		}
		return exec(ctx, tx, updatePoll, p.Version, dueOf(p), document, p.Environment)
	})
}

// DuePolls implements control.Polls.
func (s *Store) DuePolls(ctx context.Context, at time.Time, limit int) ([]slipway.Poll, error) {
	defer s.timed("list due polls")()
	list, err := all(ctx, s.readers, document[slipway.Poll](s), duePolls, at.UnixNano(), limit)
	return list, s.translate(ctx, "list due polls", err)
}

// createPoll writes the poll of a new environment.
func createPoll(ctx context.Context, tx *sql.Tx, p slipway.Poll) error {
	document, err := encode(p)
	if err != nil {
		return err
	}
	return exec(ctx, tx, insertPoll, p.Environment, p.Version, dueOf(p), document)
}

func dueOf(p slipway.Poll) sql.NullInt64 {
	return sql.NullInt64{Int64: p.Due.UnixNano(), Valid: !p.Due.IsZero()}
}
