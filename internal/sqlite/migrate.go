package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
)

// prepare leads the file to the newest of ms and refuses one that is not ours.
// It takes the write lock only when there is something to do.
func (s *Store) prepare(ctx context.Context, ms []migration) error {
	s.version = ms[len(ms)-1].version
	found, err := s.found(ctx, s.writer)
	if err != nil || found == s.version {
		return err
	}
	var mode string
	if err := s.writer.QueryRowContext(ctx, "PRAGMA journal_mode = WAL").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fault.New(fault.Unavailable, "store-io", "the disk of %s cannot be shared by several processes", s.path).
			WithHint("put the data folder on a local disk: network disks lack the locks that the store needs")
	}
	if found == 0 {
		err = s.transact(ctx, func(tx *sql.Tx) error { return s.build(ctx, tx, ms) })
	}
	copied := false
	for _, m := range ms {
		if err == nil {
			err = s.transact(ctx, func(tx *sql.Tx) error { return s.migrate(ctx, tx, m, &copied) })
		}
	}
	return err
}

// build takes every step in an empty file, so that nobody sees it half-way.
func (s *Store) build(ctx context.Context, tx *sql.Tx, ms []migration) error {
	found, err := s.found(ctx, tx)
	if err != nil || found > 0 { // another process was first
		return err
	}
	for _, m := range ms {
		if err := exec(ctx, tx, m.statements); err != nil {
			return err
		}
	}
	return nil
}

// migrate takes one step and, in the same transaction, writes its version. A
// step that another process took first is left out. Before the first one it
// makes a copy: the transaction holds the write lock, so nothing is written
// between the two.
func (s *Store) migrate(ctx context.Context, tx *sql.Tx, m migration, copied *bool) error {
	found, err := s.found(ctx, tx)
	if err != nil || found >= m.version {
		return err
	}
	if !*copied {
		if err := s.copyTo(ctx, fmt.Sprint(s.path, beforeVersion, m.version)); err != nil {
			return err
		}
		*copied = true
	}
	return exec(ctx, tx, m.statements)
}

// beforeVersion stands in the name of a copy, between the store's name and the
// version that the store was led to.
const beforeVersion = ".before-v"

// copyTo writes what is committed into a file that gets its name when it is
// whole, in place of an older copy: that holds nothing that this one lacks.
func (s *Store) copyTo(ctx context.Context, name string) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".slipway-copy-*") // its mode is 0600
	if err != nil {
		return err
	}
	err = f.Close()
	if err == nil {
		err = s.copyInto(ctx, f.Name())
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// copyInto fills an empty file. It ends in the mode of a store, with all of it
// on the disk.
func (s *Store) copyInto(ctx context.Context, name string) error {
	from, err := connect(s.path, s.wait, 1, "")
	if err != nil {
		return err
	}
	_, err = from.ExecContext(ctx, "VACUUM INTO ?", name)
	if err := errors.Join(err, from.Close()); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	to, err := connect(name, s.wait, 1, "")
	if err != nil {
		return err
	}
	_, err = to.ExecContext(ctx, "PRAGMA journal_mode = WAL")
	return errors.Join(err, to.Close())
}

// found reads the file's version, 0 for one without tables.
func (s *Store) found(ctx context.Context, from asked) (int, error) {
	var found, tables, ours int
	err := from.QueryRowContext(ctx, `SELECT user_version, (SELECT count(*) FROM sqlite_schema),
		(SELECT count(*) FROM sqlite_schema WHERE name IN ('environments', 'ledger', 'states')) FROM pragma_user_version`).
		Scan(&found, &tables, &ours)
	switch {
	case err != nil:
		return 0, err
	case found == 0 && tables > 0, found != 0 && ours != 3:
		return 0, fault.New(fault.Invalid, "store-foreign", "the file %s is a database of another program", s.path).
			WithHint("name another file for the store")
	case found > s.version:
		return 0, s.refuseNewer(found)
	}
	return found, nil
}

// refuseNewer is the fault for a file whose version this program cannot read.
func (s *Store) refuseNewer(found int) error {
	f := fault.New(fault.Invalid, "store-newer", "the store %s has version %d, and this slipway knows up to %d", s.path, found, s.version)
	if older := s.copyBefore(); older != "" {
		return f.WithHint("use the newer slipway; or stop every slipway and put %s, made before the store moved on, in its place: what was recorded since is then lost", older)
	}
	return f.WithHint("use the newer slipway that wrote it, or put back a backup from before")
}

// copyBefore is the copy that was made before the first version that this
// program does not know, "" if there is none.
func (s *Store) copyBefore() string {
	entries, err := os.ReadDir(filepath.Dir(s.path))
	if err != nil {
		return ""
	}
	name, first := "", 0
	for _, e := range entries {
		number, ok := strings.CutPrefix(e.Name(), filepath.Base(s.path)+beforeVersion)
		v, err := strconv.Atoi(number)
		if ok && err == nil && v > s.version && (first == 0 || v < first) {
			name, first = filepath.Join(filepath.Dir(s.path), e.Name()), v
		}
	}
	return name
}
