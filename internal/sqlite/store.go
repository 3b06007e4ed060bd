package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/slipway-dev/slipway/internal/control"
)

// Store is a control.Store over one file. It is safe for use by several
// goroutines, and the file by several processes.
type Store struct {
	path     string
	version  int     // of the file
	writer   *sql.DB // one connection: writers of this process queue here, in order
	readers  *sql.DB // never wait for the writer, nor it for them
	wait     patience
	closed   atomic.Bool
	observer atomic.Pointer[func(operation string, took time.Duration)]

	heads        headCache
	environments environmentCache
}

var _ control.Store = (*Store)(nil)

// patience bounds how long a write waits for another process: tries times the
// lock's own wait, with a growing pause between them.
type patience struct {
	lock  time.Duration // SQLite's busy timeout
	pause time.Duration // before the second try; doubles
	tries int
}

// readConns is how many lists and reads run at once.
const readConns = 4

// Close ends the store. What is under way may still end well or not.
func (s *Store) Close() error {
	s.closed.Store(true)
	return errors.Join(s.readers.Close(), s.writer.Close())
}

// write runs f in one transaction that holds the write lock from its start, and
// commits it unless f fails. When another process keeps the lock it tries again,
// with f run anew, as often as the store's patience allows.
func (s *Store) write(ctx context.Context, op string, f func(tx *sql.Tx) error) error {
	defer s.timed(op)()
	return s.translate(ctx, op, s.wait.retry(ctx, func() error {
		return s.transact(ctx, func(tx *sql.Tx) error {
			if err := s.stillKnown(ctx, tx); err != nil {
				return err
			}
			return f(tx)
		})
	}))
}

// stillKnown refuses to write to a file that a newer program has led on since it
// was opened.
func (s *Store) stillKnown(ctx context.Context, tx *sql.Tx) error {
	var found int
	err := tx.QueryRowContext(ctx, "SELECT user_version FROM pragma_user_version").Scan(&found)
	if err == nil && found > s.version {
		return s.refuseNewer(found)
	}
	return err
}

// retry runs f until it no longer fails for a busy database, or patience ends.
func (p patience) retry(ctx context.Context, f func() error) error {
	pause := p.pause
	for try := 1; ; try++ {
		err := f()
		if try >= p.tries || !isBusy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
			pause *= 2
		}
	}
}

func (s *Store) transact(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := s.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := f(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

// ignoreDone drops the complaint about a transaction that the end of its
// context has rolled back already.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}

func isBusy(err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	return ok && (e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED)
}

// asked is what a read asks: a connection of its own, or a transaction.
type asked interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// one reads the one record whose document query selects, or fails with absent.
func one[T any](ctx context.Context, s *Store, from asked, absent error, query string, args ...any) (T, error) {
	var v T
	var document []byte
	err := from.QueryRowContext(ctx, query, args...).Scan(&document)
	if errors.Is(err, sql.ErrNoRows) {
		return v, absent
	}
	if err != nil {
		return v, err
	}
	err = s.decode(document, &v)
	return v, err
}

// all reads a record from each row of query by scan.
func all[T any](ctx context.Context, from asked, scan func(*sql.Rows) (T, error), query string, args ...any) (list []T, err error) {
	rows, err := from.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, rows.Err()
}

// document is the scan for rows that are a document alone.
func document[T any](s *Store) func(*sql.Rows) (T, error) {
	return func(rows *sql.Rows) (T, error) {
		var v T
		var text []byte
		if err := rows.Scan(&text); err != nil {
			return v, err
		}
		err := s.decode(text, &v)
		return v, err
	}
}

// exec runs a statement inside a write.
func exec(ctx context.Context, tx *sql.Tx, statement string, args ...any) error {
	if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
