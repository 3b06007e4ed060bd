package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// Open opens the store in the file at path and makes it if it is not there; its
// folder must be. It may be opened several times, also by other processes. A
// store of an older version is led to today's; what it was before stays beside
// it, in path.before-v2 for one that became version 2.
//
// Faults beside the ports' own: Invalid ("store-newer") for a file that a newer
// Slipway wrote, Invalid ("store-foreign") for another program's database.
func Open(ctx context.Context, path string) (*Store, error) {
	return open(ctx, path, patience{lock: 2500 * time.Millisecond, pause: 20 * time.Millisecond, tries: 4})
}

func open(ctx context.Context, path string, wait patience) (*Store, error) {
	ms, err := readMigrations(migrations)
	if err != nil {
		return nil, err
	}
	return openWith(ctx, path, wait, ms)
}

func openWith(ctx context.Context, path string, wait patience, ms []migration) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("open store: %w", err)
	}
	s := &Store{path: path, wait: wait}
	if err := create(path); err != nil {
		return nil, s.translate(ctx, "create store", err)
	}
	if s.writer, err = connect(path, wait, 1, "_txlock=immediate"); err != nil {
		return nil, s.translate(ctx, "open store", err)
	}
	if s.readers, err = connect(path, wait, readConns, "_pragma=query_only(1)"); err != nil {
		return nil, errors.Join(s.translate(ctx, "open store", err), s.writer.Close())
	}
	if err := wait.retry(ctx, func() error { return s.prepare(ctx, ms) }); err != nil {
		err = s.translate(ctx, "open store", err)
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// create makes an empty file that only its owner may read, which SQLite would
// not. It is closed before it gets its name: closing any descriptor of a file
// drops the locks that this process, another Store, may hold on it.
func create(path string) error {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".slipway-store-*") // its mode is 0600
	if err != nil {
		return err
	}
	err = f.Close()
	if err == nil {
		err = os.Link(f.Name(), path)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = createInPlace(path) // a disk without links
	}
	if errors.Is(err, fs.ErrExist) {
		err = nil // another process was first
	}
	return errors.Join(err, os.Remove(f.Name()))
}

func createInPlace(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// connect gives a pool whose every connection has the same settings.
func connect(path string, wait patience, conns int, more string) (*sql.DB, error) {
	settings := url.Values{"_pragma": {
		fmt.Sprintf("busy_timeout(%d)", wait.lock.Milliseconds()),
		// FULL: a commit is on the disk before it is answered. Without it a power
		// cut could take back the newest rows, and so a rollback that a person
		// was told stays.
		"synchronous(FULL)",
		"fullfsync(1)", // where a plain fsync only reaches the drive's own cache
		"checkpoint_fullfsync(1)",
		"trusted_schema(0)",
	}}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + settings.Encode() + "&" + more
	db, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db, nil
}
