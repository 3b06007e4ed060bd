package consoletest

import (
	"bytes"
	"context"
	"sync"
	"time"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// Log is what the site logs.
type Log struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

// Write adds to it.
func (l *Log) Write(data []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(data)
}

// String is all of it.
func (l *Log) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

// clock runs as fast as the machine's, and is ahead of it.
type clock struct {
	mutex sync.Mutex
	ahead time.Duration
}

func newClock() *clock { return &clock{} }

func (c *clock) now() time.Time {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return time.Now().Add(c.ahead)
}

// Later moves the site's clock on; a negative time moves it back.
func (s *Site) Later(d time.Duration) {
	s.clock.mutex.Lock()
	defer s.clock.mutex.Unlock()
	s.clock.ahead += d
}

// Now is the time by the site's clock.
func (s *Site) Now() time.Time { return s.clock.now() }

// Place is where a sync can be stopped.
type Place string

// Before a sync reads the repository, and before it checks what it found.
const (
	BeforeFetch    Place = "fetch"
	BeforeValidate Place = "validate"
)

// Stop stops every sync that comes to the place, until the function that it
// gives is called or the test ends.
func (s *Site) Stop(at Place) (goOn func()) {
	s.T.Helper()
	goOn = s.gate.close(at)
	s.T.Cleanup(goOn)
	return goOn
}

// gate stops syncs: it stands before the remote and the checker.
type gate struct {
	mutex  sync.Mutex
	closed map[Place]chan struct{}
}

func (g *gate) close(at Place) (open func()) {
	g.mutex.Lock()
	defer g.mutex.Unlock()
	if g.closed == nil {
		g.closed = map[Place]chan struct{}{}
	}
	way := make(chan struct{})
	g.closed[at] = way
	return sync.OnceFunc(func() {
		g.mutex.Lock()
		defer g.mutex.Unlock()
		if g.closed[at] == way {
			delete(g.closed, at)
		}
		close(way)
	})
}

func (g *gate) pass(ctx context.Context, at Place) error {
	g.mutex.Lock()
	way := g.closed[at]
	g.mutex.Unlock()
	if way == nil {
		return nil
	}
	select {
	case <-way:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// RepoURL is where the site finds its repository: pages and pictures then show no
// folder of the machine.
const RepoURL = "https://git.example.com/acme/workflows.git"

// gatedRemote reads a folder for RepoURL.
type gatedRemote struct {
	control.Remote
	gate   *gate
	folder string
}

func (r gatedRemote) find(at slipway.Repository) slipway.Repository {
	if at.URL == RepoURL {
		at.URL = r.folder
	}
	return at
}

// Tip reads the newest commit.
func (r gatedRemote) Tip(ctx context.Context, at slipway.Repository) (string, error) {
	return r.Remote.Tip(ctx, r.find(at))
}

// DefaultBranch names the branch that HEAD does.
func (r gatedRemote) DefaultBranch(ctx context.Context, at slipway.Repository) (string, error) {
	return r.Remote.DefaultBranch(ctx, r.find(at))
}

// Fetch waits at the gate.
func (r gatedRemote) Fetch(ctx context.Context, at slipway.Repository) (slipway.Commit, *snapshot.Snapshot, error) {
	if err := r.gate.pass(ctx, BeforeFetch); err != nil {
		return slipway.Commit{}, nil, err
	}
	return r.Remote.Fetch(ctx, r.find(at))
}

type gatedChecker struct {
	control.Checker
	gate *gate
}

// Recheck waits at the gate.
func (c gatedChecker) Recheck(ctx context.Context, src check.Source, paths []string, before []check.File) ([]check.File, error) {
	if err := c.gate.pass(ctx, BeforeValidate); err != nil {
		return nil, err
	}
	return c.Checker.Recheck(ctx, src, paths, before)
}
