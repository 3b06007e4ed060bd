package sqlite

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"io/fs"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// translate gives err, met while doing op, as the ports speak of it: SQLite's own
// words stay inside, as the cause.
func (s *Store) translate(ctx context.Context, op string, err error) error {
	return control.StoreError(ctx, op, err, s.faultOf)
}

// faultOf is the fault for what is neither a fault nor the end of a context.
func (s *Store) faultOf(err error) error {
	if s.closed.Load() {
		return fault.Wrap(err, fault.Unavailable, "store-closed", "the store is closed").
			WithHint("Slipway is stopping; ask again when it runs")
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return s.ofCode(e)
	}
	if errors.Is(err, driver.ErrBadConn) {
		return s.storeIO(err)
	}
	return s.ofSystem(err)
}

// ofCode is the fault for one of SQLite's result codes, whose low byte is the
// sort of thing and the rest the detail.
func (s *Store) ofCode(e *sqlite.Error) error {
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_INTERRUPT:
		return fault.Wrap(e, fault.Unavailable, "store-busy", "the store is busy: another process is writing to %s", s.path).
			WithHint("ask again in a moment; if it stays so, look for a second Slipway or a backup that holds the file")
	case sqlite3.SQLITE_FULL:
		return s.storeFull(e)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		if e.Code() == sqlite3.SQLITE_READONLY_DBMOVED {
			return s.storeIO(e)
		}
		return s.storeReadOnly(e)
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_NOMEM:
		return s.storeIO(e)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT:
		return s.storeCorrupt(e)
	}
	return fault.Wrap(e, fault.Internal, "store-refused", "the store refused a statement").
		WithHint("this is a mistake in Slipway; report it with the log of this moment")
}

// ofSystem is the fault for an error of the operating system or the library.
func (s *Store) ofSystem(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return s.storeFull(err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return s.storeReadOnly(err)
	}
	if _, ok := errors.AsType[*fs.PathError](err); ok {
		return s.storeIO(err)
	}
	return fault.Wrap(err, fault.Internal, "store-refused", "the store gave an answer that cannot be read").
		WithHint("this is a mistake in Slipway; report it with the log of this moment")
}

func (s *Store) storeFull(cause error) error {
	return fault.Wrap(cause, fault.Unavailable, "store-full", "the disk of the store %s is full", s.path).
		WithHint("free some space on that disk; nothing that was recorded is lost")
}

func (s *Store) storeReadOnly(cause error) error {
	return fault.Wrap(cause, fault.Unavailable, "store-read-only", "the store %s cannot be written", s.path).
		WithHint("give the user that runs Slipway the right to write the file and its folder")
}

func (s *Store) storeIO(cause error) error {
	return fault.Wrap(cause, fault.Unavailable, "store-io", "the store %s cannot be read or written", s.path).
		WithHint("look at that the folder exists, the file was not moved, and the disk is well")
}

func (s *Store) storeCorrupt(cause error) error {
	return fault.Wrap(cause, fault.Internal, "store-corrupt", "the file %s is damaged, or is no store of Slipway", s.path).
		WithHint("stop Slipway, keep a copy of the file, and put back the newest backup")
}

// encode gives a record's document.
func encode(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", fault.Wrap(err, fault.Internal, "bad-record", "a record cannot be written as JSON")
	}
	return string(data), nil
}

// decode reads a document that encode wrote.
func (s *Store) decode(document []byte, v any) error {
	if err := json.Unmarshal(document, v); err != nil {
		return s.storeCorrupt(err)
	}
	return nil
}
