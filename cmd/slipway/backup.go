package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/slipway-dev/slipway/internal/backup"
	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/sqlite"
)

type backupCmd struct {
	File  string `arg:"" help:"The file to write." type:"path"`
	Force bool   `help:"In place of a file that is there."`
}

// backedUp is what a back-up prints with --json.
type backedUp struct {
	File string `json:"file"`
	Size int64  `json:"size"` // bytes
	backup.Manifest
}

func (c *backupCmd) Run(s *session) error {
	if err := s.onlyLocal("backup", "run it on the server's machine, also while the server runs"); err != nil {
		return err
	}
	if _, err := os.Lstat(c.File); err == nil && !c.Force {
		return backupExists(nil, c.File)
	}
	store, blobs, err := s.openParts()
	if err != nil {
		return err
	}
	b := backedUp{File: c.File}
	source := backup.Source{Copy: store.CopyTo, Open: openStore, Blobs: blobs, Now: s.now}
	b.Manifest, b.Size, err = c.write(s.ctx, source)
	if err != nil {
		return err
	}
	c.print(s, b)
	if len(b.Missing) > 0 {
		return exitStatus(exitRefused)
	}
	return nil
}

func (c *backupCmd) print(s *session, b backedUp) {
	if s.json {
		s.printJSON(b)
	} else {
		s.print("wrote %s: %s, the store as it was at %s with %s", c.File, inBytes(b.Size), stamp(b.At), counted(len(b.Blobs), "blob"))
	}
	for _, m := range b.Missing {
		s.say("slipway: %s %s is needed by the records, and is missing or damaged in the store itself", m.Kind, m.Digest)
	}
	if len(b.Missing) > 0 {
		s.say("  the rest is in the back-up; an older back-up may have these")
	}
}

// write writes beside the file, and gives what is whole its name.
func (c *backupCmd) write(ctx context.Context, source backup.Source) (m backup.Manifest, size int64, err error) {
	dir, err := os.MkdirTemp(filepath.Dir(c.File), ".slipway-backup-*") // its mode is 0700
	if err != nil {
		return m, 0, backupFault(err, c.File)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "backup")
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return m, 0, backupFault(err, c.File)
	}
	m, err = source.Write(ctx, f, dir)
	if err == nil {
		err = backupFault(f.Sync(), c.File)
	}
	if cerr := f.Close(); err == nil {
		err = backupFault(cerr, c.File)
	}
	if err != nil {
		return m, 0, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return m, 0, backupFault(err, c.File)
	}
	return m, info.Size(), c.publish(path)
}

// publish gives the whole file its name: where nothing may be overwritten, by a
// link, which a name that is taken meanwhile refuses.
func (c *backupCmd) publish(path string) error {
	err := errors.ErrUnsupported
	if !c.Force {
		err = os.Link(path, c.File)
	}
	if errors.Is(err, fs.ErrExist) {
		return backupExists(err, c.File)
	}
	if err != nil { // it is to be replaced, or the disk has no links
		err = os.Rename(path, c.File)
	}
	if err != nil {
		return backupFault(err, c.File)
	}
	return backupFault(syncFolder(filepath.Dir(c.File)), c.File)
}

func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func backupExists(cause error, file string) error {
	return fault.Wrap(cause, fault.Conflict, "backup-exists", "%s is there already", file).
		WithHint("name another file, or replace it with --force").WithFix("backup", file, "--force")
}

func backupFault(err error, file string) error {
	if err == nil {
		return nil
	}
	return fault.Wrap(err, fault.Unavailable, "backup-not-written", "%s cannot be written", file).
		WithHint("look whether its folder is there and can be written to, and its disk has room")
}

// dataDir is the folder of the store.
func (s *session) dataDir() (string, error) {
	if s.cli.Data != "" {
		return s.cli.Data, nil
	}
	if dir := defaultData(s.getenv); dir != "" {
		return dir, nil
	}
	return "", fault.New(fault.Invalid, "no-data-folder", "the system does not say where your data folder is").
		WithHint("name a folder with --data DIR")
}

// openParts opens database and blobs of a store that is there.
func (s *session) openParts() (*sqlite.Store, *blob.Blobs, error) {
	dir, err := s.dataDir()
	if err != nil {
		return nil, nil, err
	}
	path := filepath.Join(dir, "slipway.db")
	if _, err := os.Stat(path); err != nil {
		return nil, nil, fault.Wrap(err, fault.NotFound, "no-store", "there is no store in %s", dir).WithHint("name its folder with --data DIR")
	}
	store, err := sqlite.Open(s.ctx, path)
	if err != nil {
		return nil, nil, err
	}
	s.closers = append(s.closers, store.Close)
	blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
	if err != nil {
		return nil, nil, err
	}
	s.closers = append(s.closers, blobs.Close)
	return store, blobs, nil
}

func openStore(ctx context.Context, path string) (backup.Store, error) {
	store, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, err
	}
	return store, nil
}
