package control_test

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/sandbox"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/sqlite"
)

// world is a plane with a real store, real blobs, a real check and a repository.
type world struct {
	*control.Plane
	t       *testing.T
	ctx     context.Context
	dir     string
	repo    *gittest.Repo
	store   control.Store
	mu      sync.Mutex
	clock   time.Time
	options control.Options
}

var ana = control.Request{Actor: slipway.LocalActor("ana"), Reason: "because"}

// newWorld has an environment "prod" on an empty repository; wrap may put
// something around the store.
func newWorld(t *testing.T, wrap func(control.Store) control.Store) *world {
	t.Helper()
	w := &world{t: t, ctx: context.Background(), dir: t.TempDir(), repo: gittest.NewRepo(t), clock: time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)}
	store, err := sqlite.Open(w.ctx, filepath.Join(w.dir, "slipway.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	w.store = store
	if wrap != nil {
		w.store = wrap(store)
	}
	blobs, err := blob.OpenDir(filepath.Join(w.dir, "blobs"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	w.options = control.Options{
		Store: w.store, Blobs: blobs, Remote: gitremote.New(gitremote.Options{}),
		Checker: check.New(bundle.New(), sandbox.New(), check.DefaultLimits()),
		Now:     w.now,
	}
	w.Plane = control.New(w.options)
	return w
}

// now is a clock that goes on by a second whenever somebody looks at it.
func (w *world) now() time.Time { return w.pass(time.Second) }

func (w *world) pass(d time.Duration) time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
	return w.clock
}

// add makes the environment, after the first commit.
func (w *world) add() {
	w.t.Helper()
	_, err := w.AddEnvironment(w.ctx, control.NewEnvironment{
		Slug: "prod", Repository: slipway.Repository{URL: w.repo.Dir}, Actor: ana.Actor,
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

// file is the text of a workflow file.
func file(id, trigger, body string) string {
	return fmt.Sprintf("export const workflowSettings = { id: %q, trigger: %q };\nexport default async function f() { console.log(%q); }\n", id, trigger, body)
}

const folder = "kindeSrc/environment/workflows/"

// commit commits workflow files given as "name.ts", text, …, beside kinde.json.
func (w *world) commit(o gittest.Options, pairs ...string) string {
	w.t.Helper()
	files := map[string]string{"kinde.json": "{}"}
	for i := 0; i < len(pairs); i += 2 {
		files[folder+pairs[i]] = pairs[i+1]
	}
	return w.repo.Commit(files, o)
}

func (w *world) sync(want slipway.SyncStatus) slipway.Sync {
	w.t.Helper()
	return w.syncWith(control.SyncOptions{Actor: ana.Actor}, want)
}

func (w *world) syncWith(o control.SyncOptions, want slipway.SyncStatus) slipway.Sync {
	w.t.Helper()
	s, err := w.Sync(w.ctx, "prod", o)
	if err != nil {
		w.t.Fatalf("sync: %v", err)
	}
	if s.Status != want {
		w.t.Fatalf("sync %d is %s, want %s: %+v %+v", s.Sequence, s.Status, want, s.Problem, s.Diagnostics)
	}
	return s
}

func (w *world) workflow(id string) control.WorkflowView {
	w.t.Helper()
	v, err := w.Workflow(w.ctx, "prod", id)
	if err != nil {
		w.t.Fatalf("workflow %s: %v", id, err)
	}
	return v
}

// live is the short sha of the commit that is live of a workflow, "" for none.
func (w *world) live(id string) string {
	if v := w.workflow(id); v.Live != nil {
		return v.Live.Commit
	}
	return ""
}

func (w *world) wantLive(id, sha string) {
	w.t.Helper()
	if got := w.live(id); got != sha {
		w.t.Fatalf("live of %s is %q, want %q", id, got, sha)
	}
}

// statuses are those of a workflow's deployments, newest first.
func (w *world) statuses(id string) string {
	w.t.Helper()
	ds, _, err := w.Deployments(w.ctx, "prod", control.DeploymentFilter{Workflow: id}, control.Page{})
	if err != nil {
		w.t.Fatal(err)
	}
	var out []string
	for _, d := range ds {
		out = append(out, string(d.Status))
	}
	return strings.Join(out, " ")
}

func (w *world) releases() []control.ReleaseView {
	w.t.Helper()
	rs, next, err := w.Releases(w.ctx, "prod", control.ReleaseFilter{}, control.Page{Limit: control.MaxPage})
	if err != nil || next != "" {
		w.t.Fatalf("releases: %v, next %q", err, next)
	}
	for i, r := range rs {
		if r.Number != int64(len(rs)-i) {
			w.t.Fatalf("release %d stands at place %d of %d", r.Number, i, len(rs))
		}
	}
	return rs
}
