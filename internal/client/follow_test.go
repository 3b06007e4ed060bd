package client_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/client"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func step(names ...string) (steps []slipway.StepTime) {
	for _, n := range names {
		steps = append(steps, slipway.StepTime{Step: n})
	}
	return steps
}

// record plays the records of syncs, one more with each look, and then the
// releases. An empty one answers that nothing has changed.
func record(t *testing.T, syncs []slipway.Sync, releases []control.ReleaseView) (*server, *client.Client) {
	t.Helper()
	i := 0
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/releases") {
			answer(w, http.StatusOK, map[string]any{"releases": releases, "next": ""})
			return
		}
		s := syncs[i]
		i++
		switch {
		case s.ID == "" && r.Header.Get("If-None-Match") != "":
			w.WriteHeader(http.StatusNotModified)
		case s.ID == "":
			t.Error("a sync is read whole though the client has it")
		default:
			w.Header().Set("ETag", fmt.Sprintf("%q", fmt.Sprint(i)))
			answer(w, http.StatusOK, s)
		}
	})
}

// TestSyncIsFollowed waits for a sync that is merged into a newer one.
func TestSyncIsFollowed(t *testing.T) {
	t.Parallel()
	commit := &slipway.Commit{SHA: "0123456789", Author: "Ana", Message: "First\n\nmore"}
	end := slipway.Sync{ID: "sync_2", Status: slipway.SyncSucceeded, Commit: commit, Counts: slipway.Counts{Found: 3, Valid: 3, Live: 3}, Steps: step("fetch", "validate", "go live")}
	s, c := record(t, []slipway.Sync{
		{ID: "sync_1", Status: slipway.SyncQueued},
		{ID: "sync_1", Status: slipway.SyncSuperseded, MergedInto: "sync_2"},
		{ID: "sync_2", Status: slipway.SyncRunning, Steps: step("fetch"), Commit: commit},
		{},
		{ID: "sync_2", Status: slipway.SyncRunning, Steps: step("fetch", "validate"), Commit: commit, Counts: slipway.Counts{Found: 3}},
		{},
		end,
	}, []control.ReleaseView{{Number: 8, Part: 2, Of: 2, Changes: make([]slipway.Change, 1)}, {Number: 7, Part: 1, Of: 2, Changes: make([]slipway.Change, 2)}})
	got, err := c.Sync(context.Background(), "prod", control.SyncOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(end, got); d != "" {
		t.Error(d)
	}
	want := []string{`fetch 0123456 "First" by Ana, 3 workflow files`, "validate |||", "go live release 7: 2 workflows", "go live release 8: 3 workflows"}
	if d := cmp.Diff(want, s.lines); d != "" {
		t.Error(d)
	}
	if last := s.asked[len(s.asked)-1].line; last != "GET /v1/environments/prod/releases?limit=1000&sync=sync_2" {
		t.Errorf("asked %s", last)
	}
	for i := range s.paused[1:] {
		if s.paused[i] > s.paused[i+1] || s.paused[i+1] > time.Second {
			t.Errorf("waited %v", s.paused)
		}
	}
}

// TestUnchangedSyncTellsNothing neither fetched nor checked anything.
func TestUnchangedSyncTellsNothing(t *testing.T) {
	t.Parallel()
	s, c := record(t, []slipway.Sync{
		{ID: "sync_1", Status: slipway.SyncRunning},
		{ID: "sync_1", Status: slipway.SyncUnchanged, SameAs: "sync_0", Commit: &slipway.Commit{SHA: "0"}, Steps: step("fetch")},
	}, nil)
	if _, err := c.Sync(context.Background(), "prod", control.SyncOptions{IfChanged: true}); err != nil || len(s.lines) > 0 {
		t.Errorf("%v, told %q", err, s.lines)
	}
}

// TestWhoStopsWaitingStopsNothing says that the sync goes on, and how to end it.
func TestWhoStopsWaitingStopsNothing(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	s, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			cancel()
		}
		answer(w, http.StatusOK, slipway.Sync{ID: "sync_1", Sequence: 4, Status: slipway.SyncRunning})
	})
	_, err := c.Sync(ctx, "prod", control.SyncOptions{})
	f := fault.Of(err)
	if f.Code != client.CodeInterrupted || !strings.Contains(f.Detail, "sync 4") {
		t.Errorf("%v", err)
	}
	want := []fault.Fix{{"show", fault.EnvArg, "sync_1"}, {"cancel", fault.EnvArg, "sync_1"}}
	if d := cmp.Diff(want, f.Fixes); d != "" {
		t.Error(d)
	}
	if len(s.asked) != 2 {
		t.Errorf("asked %v", s.asked)
	}
}

// TestServerThatIsStartedAgain is away while somebody waits.
func TestServerThatIsStartedAgain(t *testing.T) {
	t.Parallel()
	n := 0
	_, c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		switch {
		case strings.Contains(r.URL.Path, "/releases"):
			answer(w, http.StatusOK, struct{}{})
		case n == 1:
			answer(w, http.StatusAccepted, slipway.Sync{ID: "sync_1", Status: slipway.SyncRunning})
		case n < 12:
			answer(w, http.StatusServiceUnavailable, map[string]string{"code": "stopping", "detail": "the server stops"})
		default:
			answer(w, http.StatusOK, slipway.Sync{ID: "sync_1", Status: slipway.SyncSucceeded})
		}
	})
	if s, err := c.Sync(context.Background(), "prod", control.SyncOptions{}); err != nil || s.Status != slipway.SyncSucceeded {
		t.Errorf("%v: %v", s.Status, err)
	}
	always, gone := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			answer(w, http.StatusAccepted, slipway.Sync{ID: "sync_1", Status: slipway.SyncRunning})
			return
		}
		answer(w, http.StatusServiceUnavailable, map[string]string{"code": "stopping", "detail": "the server stops"})
	})
	_, err := gone.Sync(context.Background(), "prod", control.SyncOptions{})
	if f := fault.Of(err); f.Code != "stopping" || len(f.Fixes) != 1 {
		t.Errorf("%v after %d requests", err, len(always.asked))
	}
}
