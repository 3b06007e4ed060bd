package acceptance

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/api"
	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/sandbox"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/sqlite"
	"github.com/slipway-dev/slipway/internal/task"
)

// atOnce is how many scenarios run at the same time on a deployed stack, where most
// of their time is waiting.
const atOnce = "8"

// TestMain lets more run at the same time there.
func TestMain(m *testing.M) {
	flag.Parse()
	if os.Getenv("SLIPWAY_TARGET_AWS") != "" {
		if err := flag.Set("test.parallel", atOnce); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	os.Exit(m.Run())
}

// TestHere runs the scenarios against the API in this process, on the embedded
// store.
func TestHere(t *testing.T) {
	Run(t, here(t))
}

// TestThere runs the scenarios against a server that runs already: SLIPWAY_TARGET
// is its URL, SLIPWAY_TARGET_TOKEN a token of an administrator, and
// SLIPWAY_TARGET_HOST the Host of its requests where that is another than the
// URL's. It must be let to read repositories on this machine.
func TestThere(t *testing.T) {
	Run(t, there(t))
}

// there is that server. Without one the test is skipped.
func there(t *testing.T) Target {
	t.Helper()
	url, token, host := os.Getenv("SLIPWAY_TARGET"), os.Getenv("SLIPWAY_TARGET_TOKEN"), os.Getenv("SLIPWAY_TARGET_HOST")
	if url == "" {
		t.Skip("no server is named: SLIPWAY_TARGET is empty")
	}
	return Target{
		URL: strings.TrimSuffix(url, "/"), Client: &http.Client{Transport: hosted{host}}, Token: token,
		Stale:  control.ResolveStale,
		GitURL: func(t testing.TB, repo *gittest.Repo) string { return gittest.Serve(t, repo).URL },
		Tick: func(ctx context.Context) error { // it has a clock of its own
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(time.Second):
				return nil
			}
		},
	}
}

// hosted sends requests with a Host of their own.
type hosted struct{ host string }

// RoundTrip sends one.
func (h hosted) RoundTrip(r *http.Request) (*http.Response, error) {
	if h.host != "" {
		r = r.Clone(r.Context())
		r.Host = h.host
	}
	return http.DefaultTransport.RoundTrip(r)
}

// here starts the plane and its API, and does the work that is asked for in
// goroutines.
func here(t *testing.T) Target {
	t.Helper()
	dir := t.TempDir()
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, "slipway.db"))
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
	must(t, err)
	t.Cleanup(func() { _ = blobs.Close() })
	machine, err := task.Load()
	must(t, err)
	var wg sync.WaitGroup
	t.Cleanup(wg.Wait)
	var plane *control.Plane
	plane = control.New(control.Options{
		Store: store, Blobs: blobs, Remote: gitremote.New(gitremote.Options{}),
		Checker: check.New(bundle.New(), sandbox.New(), check.DefaultLimits()), Now: time.Now,
		Engine: machine.Engine(time.Now), Leases: machine.Lease,
		Start: func(w control.Work) {
			wg.Go(func() {
				if w.Plan != "" {
					_, _ = plane.RunPlan(context.Background(), w.Environment, w.Plan)
					return
				}
				_, _ = plane.RunWaiting(context.Background(), w.Environment) // its end is in the record
			})
		},
	})
	token, err := plane.CreateToken(t.Context(), control.NewToken{Name: "acceptance", Role: slipway.Admin, Actor: slipway.LocalActor("test")})
	must(t, err)
	guard, log := auth.New(plane, time.Now), slog.New(slog.DiscardHandler)
	handler, err := api.New(t.Context(), api.Options{Plane: plane, Answers: store, Keys: store, Guard: guard, Log: log, Now: time.Now})
	must(t, err)
	pages, err := console.New(t.Context(), console.Options{Plane: plane, Answers: store, Keys: store, Guard: guard, Log: log, Now: time.Now})
	must(t, err)
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	mux.Handle(console.Root+"/", pages)
	web := httptest.NewServer(mux)
	t.Cleanup(web.Close)
	return Target{
		URL: web.URL, Client: web.Client(), Token: *token.Secret,
		GitURL: func(t testing.TB, repo *gittest.Repo) string { return gittest.Serve(t, repo).URL },
		Tick:   func(ctx context.Context) error { _, err := plane.Tick(ctx); return err },
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
