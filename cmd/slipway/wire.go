package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/filelock"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/sandbox"
	"github.com/slipway-dev/slipway/internal/sqlite"
	"github.com/slipway-dev/slipway/internal/task"
)

// session is one command's run: its flags, and the plane once it is opened.
type session struct {
	*program
	ctx     context.Context
	cli     *cli
	json    bool
	env     string // the environment that hints speak of
	plane   *control.Plane
	store   *sqlite.Store // the plane's
	closers []func() error
}

// defaultData is the folder for the store under the user's data folder, "" if
// the system does not say where that is.
func defaultData(getenv func(string) string) string {
	home, err := os.UserHomeDir()
	switch {
	case getenv("XDG_DATA_HOME") != "":
		return filepath.Join(getenv("XDG_DATA_HOME"), "slipway")
	case runtime.GOOS == "windows" && getenv("LocalAppData") != "":
		return filepath.Join(getenv("LocalAppData"), "slipway")
	case err != nil:
		return ""
	case runtime.GOOS == "darwin":
		return filepath.Join(home, "Library", "Application Support", "slipway")
	}
	return filepath.Join(home, ".local", "share", "slipway")
}

func newChecker() *check.Checker {
	return check.New(bundle.New(), sandbox.New(), check.DefaultLimits())
}

// open gives what the commands work on.
func (s *session) open() (operations, error) {
	if s.cli.Server != "" {
		return s.connect()
	}
	plane, err := s.openPlane()
	if err != nil {
		return nil, err
	}
	return local{plane}, nil
}

// openPlane opens the store in the data folder, which it makes if need be, and
// puts the plane together.
func (s *session) openPlane() (*control.Plane, error) {
	if s.plane != nil {
		return s.plane, nil
	}
	return s.openPlaneWith(gitremote.Options{}, func(*control.Options) {})
}

// openPlaneWith is openPlane for a plane that reads repositories in another way,
// and differs in what change changes.
func (s *session) openPlaneWith(git gitremote.Options, change func(*control.Options)) (*control.Plane, error) {
	dir, err := s.dataDir()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, folderFault(err, dir)
	}
	store, err := sqlite.Open(s.ctx, filepath.Join(dir, "slipway.db"))
	if err != nil {
		return nil, err
	}
	s.store, s.closers = store, append(s.closers, store.Close)
	blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
	if err != nil {
		return nil, err
	}
	s.closers = append(s.closers, blobs.Close)
	locks, err := filelock.Open(filepath.Join(dir, "locks"))
	if err != nil {
		return nil, err
	}
	machine, err := task.Load()
	if err != nil {
		return nil, err
	}
	git.Credentials = operatorFile{configPath(dir), s.getenv}
	remote := gitremote.New(git)
	s.closers = append(s.closers, func() error { remote.Close(); return nil })
	o := control.Options{
		Store: store, Blobs: blobs, Remote: remote, Checker: newChecker(),
		Now: s.now, Progress: s.newProgress(), Engine: machine.Engine(s.now), Locks: locks, Leases: s.leases(machine),
	}
	change(&o)
	s.plane = control.New(o)
	return s.plane, nil
}

// leases is how long a worker may be silent in a step.
func (s *session) leases(m *task.Machine) func(string, int) time.Duration {
	if s.cli.Lease > 0 {
		return func(string, int) time.Duration { return s.cli.Lease }
	}
	return m.Lease
}

func (s *session) close() {
	for i := len(s.closers) - 1; i >= 0; i-- {
		if err := s.closers[i](); err != nil {
			s.say("slipway: close the store: %v", err)
		}
	}
}

func folderFault(err error, dir string) error {
	reason := "it cannot be made"
	switch {
	case errors.Is(err, fs.ErrPermission):
		reason = "this user may not write there"
	case errors.Is(err, fs.ErrExist), errors.Is(err, syscall.ENOTDIR):
		reason = "a file is in its place"
	}
	return fault.Wrap(err, fault.Unavailable, "data-folder", "the data folder %s cannot be used: %s", dir, reason).
		WithHint("name another folder with --data DIR")
}
