package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/cursor"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	readRow = `SELECT l.document, s.state FROM ledger AS l
		JOIN states AS s ON s.environment = l.environment AND s.number = l.number `
	readByID    = readRow + `WHERE l.environment = ? AND l.id = ?`
	readByNum   = readRow + `WHERE l.environment = ? AND l.number = ?`
	headNumber  = `SELECT coalesce(max(number), 0) FROM ledger WHERE environment = ?`
	insertRow   = `INSERT INTO ledger (environment, number, id, document) VALUES (?, ?, ?, ?)`
	insertState = `INSERT INTO states (environment, number, state) VALUES (?, ?, ?)`
	listRows    = `SELECT document FROM ledger WHERE environment = ? AND number < ? ORDER BY number DESC LIMIT ?`
	markFirst   = `UPDATE deployments SET first_live = ? WHERE environment = ? AND id = ? AND first_live IS NULL`
)

// entry is a row as it is written.
type entry struct {
	slipway.Row
	document string
	state    []byte
	resolved string
}

// encodeRows is done before the write lock is taken: compressing takes time.
func encodeRows(rows []slipway.Row) ([]entry, error) {
	entries := make([]entry, 0, len(rows))
	for _, row := range rows {
		document, err := encode(row)
		if err != nil {
			return nil, err
		}
		state, err := row.State.Encode()
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "bad-record", "a ledger state cannot be written")
		}
		resolved, err := encode(slipway.ResolvedOf(row))
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry{row, document, state, resolved})
	}
	return entries, nil
}

// Head implements control.Ledger.
func (s *Store) Head(ctx context.Context, env string) (slipway.Row, error) {
	defer s.timed("read head")()
	var number int64
	if err := s.readers.QueryRowContext(ctx, headNumber, env).Scan(&number); err != nil {
		return slipway.Row{}, s.translate(ctx, "read head", err)
	}
	if row, ok := s.heads.get(env, number); ok || number == 0 {
		return row, nil
	}
	row, err := s.row(ctx, s.readers, readByNum, env, number)
	if err != nil {
		return slipway.Row{}, s.translate(ctx, "read head", err)
	}
	s.heads.put(env, row)
	return row, nil
}

// Append implements control.Ledger. A fence that no longer holds is said before
// a moved ledger: who lost the lease has nothing to decide again.
func (s *Store) Append(ctx context.Context, env string, row slipway.Row, f *slipway.Fence) (slipway.Row, error) {
	entries, err := encodeRows([]slipway.Row{row})
	if err != nil {
		return slipway.Row{}, err
	}
	stored := row
	err = s.write(ctx, "append", func(tx *sql.Tx) error {
		before, err := s.row(ctx, tx, readByID, env, row.ID)
		if !errors.Is(err, sql.ErrNoRows) {
			stored = before
			return err
		}
		stored = row
		stored.LastSync = 0
		if err := mayAppend(ctx, tx, env, f); err != nil {
			return err
		}
		if err := s.refuseSince(ctx, tx, env, row.LastSync); err != nil {
			return err
		}
		return appendRow(ctx, tx, env, entries[0])
	})
	if err != nil {
		return slipway.Row{}, err
	}
	s.heads.put(env, stored)
	return stored, nil
}

// mayAppend refuses a row under a fence that no longer holds, and any in an
// environment that was removed.
func mayAppend(ctx context.Context, tx *sql.Tx, env string, f *slipway.Fence) error {
	if f != nil && f.Environment != env {
		return control.LeaseLost(*f)
	}
	if f != nil {
		if err := checkFence(ctx, tx, *f); err != nil {
			return err
		}
	}
	return refuseRemoved(ctx, tx, env)
}

// refuseSince refuses a row when a sync was asked for after the last that its
// decision knew of, 0 for one that did not ask.
func (s *Store) refuseSince(ctx context.Context, tx *sql.Tx, env string, last int64) error {
	if last == 0 {
		return nil
	}
	slot, err := one[slipway.Slot](ctx, s, tx, sql.ErrNoRows, readSlot, env)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if slot.Sequence > last {
		return control.SyncSince(last)
	}
	return nil
}

// appendRow writes the row that follows the head, its state and its marks.
func appendRow(ctx context.Context, tx *sql.Tx, env string, e entry) error {
	var head int64
	if err := tx.QueryRowContext(ctx, headNumber, env).Scan(&head); err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	if e.Number != head+1 {
		return control.LedgerMoved(e.Number)
	}
	if err := refuseGone(ctx, tx, env, e.Changes); err != nil {
		return err
	}
	if err := exec(ctx, tx, insertRow, env, e.Number, e.ID, e.document); err != nil {
		return err
	}
	if err := exec(ctx, tx, insertState, env, e.Number, e.state); err != nil {
		return err
	}
	if err := exec(ctx, tx, putResolved, env, e.Number, e.resolved); err != nil {
		return err
	}
	var marks [][]any
	for _, c := range e.Changes {
		if c.First && c.To != "" {
			marks = append(marks, []any{e.Number, env, c.To})
		}
	}
	return putAll(ctx, tx, markFirst, marks)
}

// RowByID implements control.Ledger.
func (s *Store) RowByID(ctx context.Context, env, id string) (slipway.Row, error) {
	defer s.timed("read release")()
	row, err := s.row(ctx, s.readers, readByID, env, id)
	if errors.Is(err, sql.ErrNoRows) {
		err = control.UnknownRow(id)
	}
	return row, s.translate(ctx, "read release", err)
}

// Row implements control.Releases.
func (s *Store) Row(ctx context.Context, env string, number int64) (slipway.Row, error) {
	defer s.timed("read release")()
	row, err := s.row(ctx, s.readers, readByNum, env, number)
	if errors.Is(err, sql.ErrNoRows) {
		err = control.UnknownRelease(number)
	}
	return row, s.translate(ctx, "read release", err)
}

// Rows implements control.Releases.
func (s *Store) Rows(ctx context.Context, env string, p control.Page) ([]slipway.Row, string, error) {
	defer s.timed("list releases")()
	g, err := cursor.Read[position](p, "releases", env)
	if err != nil {
		return nil, "", err
	}
	list, err := all(ctx, s.readers, document[slipway.Row](s), listRows, env, below(g), g.Limit+1)
	if err != nil {
		return nil, "", s.translate(ctx, "list releases", err)
	}
	return cursor.Cut(g, list, func(r slipway.Row) position { return position{Number: r.Number} })
}

// row reads one row with its state; sql.ErrNoRows if there is none.
func (s *Store) row(ctx context.Context, from asked, query string, args ...any) (slipway.Row, error) {
	var document, state []byte
	if err := from.QueryRowContext(ctx, query, args...).Scan(&document, &state); err != nil {
		return slipway.Row{}, err
	}
	var row slipway.Row
	if err := s.decode(document, &row); err != nil {
		return slipway.Row{}, err
	}
	var err error
	row.State, err = slipway.DecodeState(state)
	return row, err
}
