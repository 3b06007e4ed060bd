package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestInterruptedWaiting stops waiting for a sync on a server: it goes on, and
// the commands to see and to cancel it are printed.
func TestInterruptedWaiting(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/cancel") {
			t.Error("the sync was cancelled")
		}
		if r.Method == http.MethodGet {
			cancel() // as Ctrl-C does
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"id":"sync_1","sequence":4,"status":"running"}`)
	}))
	defer h.Close()
	var out, aside bytes.Buffer
	p := &program{
		name: "slipway", stdout: &out, stderr: &aside, now: time.Now, actor: slipway.LocalActor("you"),
		getenv: func(name string) string { return map[string]string{"SLIPWAY_TOKEN": "slipway_a_b"}[name] },
	}
	code := p.run(ctx, []string{"--server", h.URL, "sync", "prod"})
	want := fmt.Sprintf(`slipway: nobody waits for sync 4 any more; it goes on on the server
  look how it ended, or cancel it
    slipway --server %[1]s show prod sync_1
    slipway --server %[1]s cancel prod sync_1
`, h.URL)
	if code != exitRefused || aside.String() != want || out.Len() > 0 {
		t.Errorf("status %d, printed %s and aside\n%s", code, out.String(), aside.String())
	}
}

// TestForeignTextIsHarmless is a server whose answers would move the cursor.
func TestForeignTextIsHarmless(t *testing.T) {
	t.Parallel()
	bad := `\u001b[2J\u0007`
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/hold") {
			w.WriteHeader(http.StatusConflict)
			_, _ = fmt.Fprintf(w, `{"code":"%[1]s","detail":"%[1]s","hint":"%[1]s","fixes":[["show","%[1]s"]]}`, bad)
			return
		}
		_, _ = fmt.Fprintf(w, `{"id":"%[1]s","status":"%[1]s","digest":"%[1]s","commit":{"sha":"%[1]s"},"next":"%[1]s","deployments":[{"id":"%[1]s"}]}`, bad)
	}))
	defer h.Close()
	for _, args := range [][]string{
		{"hold", "prod", "greet"},
		{"show", "prod", "dep_1"},
		{"show", "prod", "greet"},
		{"show", "prod", "sync_1"},
		{"deployments", "prod"},
		{"syncs", "prod"},
	} {
		got := sayings(t, "slipway_a_b", []string{"--server", h.URL}, args...)
		if text := got.Stdout + got.Stderr; strings.ContainsAny(text, "\x1b\a") || !strings.Contains(text, "?[2J?") {
			t.Errorf("slipway %v printed %q", args, text)
		}
	}
}
