package consoletest

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/sandbox"
	"github.com/slipway-dev/slipway/internal/server"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/sqlite"
	"github.com/slipway-dev/slipway/internal/task"
)

// Env is the environment that Add adds, if it is not told another name.
const Env = "production"

// Site is a console that is served, and what stands behind it. Everything ends
// with the test.
type Site struct {
	T     testing.TB
	Plane *control.Plane
	Store *sqlite.Store
	Repo  *gittest.Repo // with no commit yet
	URL   string        // without a path
	Log   *Log

	clock  *clock
	gate   *gate
	reads  *notedStore
	links  console.Links
	tokens map[slipway.Role]string
}

// Version is what the console says of the program.
const Version = "v1.2.3"

// New serves a console on an empty store.
func New(t testing.TB) *Site {
	t.Helper()
	s := &Site{T: t, Repo: gittest.NewRepo(t), Log: &Log{}, clock: newClock(), gate: &gate{}, tokens: map[slipway.Role]string{}}
	dir := t.TempDir()
	var err error
	s.Store, err = sqlite.Open(t.Context(), filepath.Join(dir, "slipway.db"))
	s.Must(err)
	t.Cleanup(func() { _ = s.Store.Close() })
	s.reads = &notedStore{Store: s.Store}
	blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
	s.Must(err)
	t.Cleanup(func() { _ = blobs.Close() })
	remote := gitremote.New(gitremote.Options{})
	t.Cleanup(remote.Close)
	machine, err := task.Load()
	s.Must(err)
	log := slog.New(slog.NewTextHandler(s.Log, nil))
	runner := server.NewRunner(2, log)
	s.Plane = control.New(control.Options{
		Store: s.reads, Blobs: blobs, Remote: gatedRemote{remote, s.gate, s.Repo.Dir}, Now: s.clock.now, Start: runner.Start,
		Checker: gatedChecker{check.New(bundle.New(), sandbox.New(), check.DefaultLimits()), s.gate}, Engine: machine.Engine(s.clock.now),
	})
	runner.Drive(s.Plane)
	t.Cleanup(runner.Interrupt)
	handler, err := console.New(t.Context(), console.Options{
		Plane: s.Plane, Answers: s.Store, Keys: s.Store, Guard: auth.New(s.Plane, s.clock.now), Log: log, Now: s.clock.now, Version: Version,
	})
	s.Must(err)
	s.links, err = console.NewLinks(t.Context(), s.Store)
	s.Must(err)
	web := httptest.NewServer(handler)
	t.Cleanup(func() {
		web.CloseClientConnections()
		web.Close()
		if t.Failed() {
			t.Logf("the site's log:\n%s", s.Log)
		}
	})
	s.URL = web.URL
	return s
}

// Must fails the test for an error.
func (s *Site) Must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

// Ctx is the test's context.
func (s *Site) Ctx() context.Context { return s.T.Context() }

// Ada is who does what a test does besides the console.
func Ada() slipway.Actor { return slipway.LocalActor("ada") }

// Token is the secret of a token with a role for all environments, named after
// the role.
func (s *Site) Token(role slipway.Role) string {
	s.T.Helper()
	if s.tokens[role] == "" {
		v, err := s.Plane.CreateToken(s.Ctx(), control.NewToken{Name: "the-" + string(role), Role: role, Actor: Ada()})
		s.Must(err)
		s.tokens[role] = *v.Secret
	}
	return s.tokens[role]
}

// Link is a sign-in link for an administrator of this name.
func (s *Site) Link(name string) string {
	s.T.Helper()
	link, err := s.links.New(s.URL, slipway.LocalActor(name), s.clock.now())
	s.Must(err)
	return link
}

// Add adds the environment Env on the site's repository, which has a commit.
func (s *Site) Add() {
	s.T.Helper()
	_, err := s.Plane.AddEnvironment(s.Ctx(), control.NewEnvironment{Slug: Env, Repository: slipway.Repository{URL: RepoURL}, Actor: Ada()})
	s.Must(err)
}

// Sync brings the newest commit to Env, and gives the sync as it ended.
func (s *Site) Sync() slipway.Sync {
	s.T.Helper()
	done, err := s.Plane.Sync(s.Ctx(), Env, control.SyncOptions{Actor: Ada()})
	s.Must(err)
	return done
}

// Deployment is the id of a workflow's deployment by any name it has, such as a
// commit or control.PreviousName.
func (s *Site) Deployment(workflow, name string) string {
	s.T.Helper()
	id, err := s.Plane.Find(s.Ctx(), Env, workflow, name)
	s.Must(err)
	return id
}

// Release is the number of the newest release of Env.
func (s *Site) Release() int64 {
	s.T.Helper()
	e, err := s.Plane.Environment(s.Ctx(), Env)
	s.Must(err)
	return e.Release
}

// Workflow is a workflow of Env as it is now.
func (s *Site) Workflow(id string) control.WorkflowView {
	s.T.Helper()
	w, err := s.Plane.Workflow(s.Ctx(), Env, id)
	s.Must(err)
	return w
}

// Path is the address of a page of Env, without the site's.
func Path(parts ...string) string {
	return strings.Join(append([]string{console.Root, "environments", Env}, parts...), "/")
}
