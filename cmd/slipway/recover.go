package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/slipway-dev/slipway/internal/backup"
	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/fault"
)

type recoverCmd struct {
	File string `arg:"" help:"A file that backup wrote." type:"path"`
}

// recovered is what a recovery prints with --json.
type recovered struct {
	Data string `json:"data"`
	backup.Manifest
}

func (c *recoverCmd) Run(s *session) error {
	if err := s.onlyLocal("recover", "run it on the server's machine before the server starts"); err != nil {
		return err
	}
	dir, err := s.dataDir()
	if err != nil {
		return err
	}
	if err := refuseStore(dir); err != nil {
		return err
	}
	m, err := c.recover(s.ctx, dir)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(recovered{dir, m})
		return nil
	}
	s.print("recovered into %s: the store as it was at %s, with %s; every digest is right", dir, stamp(m.At), counted(len(m.Blobs), "blob"))
	for _, missing := range m.Missing {
		s.print("  %s %s was missing already when the back-up was made", missing.Kind, missing.Digest)
	}
	s.print("config.json and the secrets it names are not part of a back-up: put them there too")
	s.print("  %s", s.command([]string{"env", "list"}))
	return nil
}

// recover makes the store in a folder of its own inside dir, and moves it into
// its place when it is whole: the blobs first, since a store is there when its
// database is.
func (c *recoverCmd) recover(ctx context.Context, dir string) (m backup.Manifest, err error) {
	_, statErr := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return m, folderFault(err, dir)
	}
	tmp, err := os.MkdirTemp(dir, ".recover-*")
	if err != nil {
		return m, folderFault(err, dir)
	}
	defer func() {
		err = errors.Join(err, os.RemoveAll(tmp))
		if err != nil && statErr != nil {
			_ = os.Remove(dir) // it was not there before
		}
	}()
	database := filepath.Join(tmp, "slipway.db")
	if m, err = c.read(ctx, database, filepath.Join(tmp, "blobs")); err != nil {
		return m, err
	}
	if err := os.Rename(filepath.Join(tmp, "blobs"), filepath.Join(dir, "blobs")); err != nil {
		return m, folderFault(err, dir)
	}
	if err := os.Rename(database, filepath.Join(dir, "slipway.db")); err != nil {
		return m, errors.Join(folderFault(err, dir), os.Rename(filepath.Join(dir, "blobs"), filepath.Join(tmp, "blobs")))
	}
	return m, syncFolder(dir)
}

// read reads the back-up and opens what came out: a database of a newer slipway
// is refused, one of an older is led to today's.
func (c *recoverCmd) read(ctx context.Context, database, folder string) (m backup.Manifest, err error) {
	blobs, err := blob.OpenDir(folder) //nolint:contextcheck // opening a folder waits for nobody
	if err != nil {
		return m, err
	}
	m, err = backup.Read(ctx, c.File, database, blobs)
	if cerr := blobs.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return m, err
	}
	store, err := openStore(ctx, database)
	if err != nil {
		return m, err
	}
	err = m.Check(ctx, store)
	if cerr := store.Close(); err == nil {
		err = cerr
	}
	return m, err
}

// refuseStore refuses a folder that has a store, or a part of one.
func refuseStore(dir string) error {
	entries, err := os.ReadDir(filepath.Join(dir, "blobs"))
	_, statErr := os.Lstat(filepath.Join(dir, "slipway.db"))
	if statErr == nil || err == nil && len(entries) > 0 {
		return fault.New(fault.Conflict, "store-exists", "there is a store in %s already", dir).
			WithHint("name a folder without one with --data DIR: recovering overwrites nothing")
	}
	return nil
}
