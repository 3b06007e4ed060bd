package asl_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/asl"
	"github.com/slipway-dev/slipway/internal/fault"
)

// good is a definition with all that is run here.
func good(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "good.asl.json"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestStates(t *testing.T) {
	m := load(t, string(good(t)))
	if m.Comment() != "all that is run" || m.Start() != "Fetch" || !cmp.Equal(m.Resources(), []string{"f", "g"}) {
		t.Errorf("%q from %s calls %v", m.Comment(), m.Start(), m.Resources())
	}
	year := 366 * 24 * time.Hour
	want := []asl.State{
		{
			Name: "Fetch", Kind: asl.KindTask, Comment: "brings the commit", Resource: "f", Timeout: time.Minute, Next: []string{"Unchanged"},
			Retry: []asl.Retrier{
				{Errors: []string{"Unavailable", "States.Timeout"}, Interval: 2 * time.Second, MaxAttempts: 3, Backoff: 2, MaxDelay: 5 * time.Second, Jitter: true},
				{Errors: []string{"States.ALL"}, Interval: time.Second, MaxAttempts: 1, Backoff: 2, MaxDelay: year},
			},
			Catch: []asl.Catcher{{Errors: []string{"States.ALL"}, Next: "Failed"}},
		},
		{Name: "Unchanged", Kind: asl.KindChoice, Next: []string{"Finish", "Validate"}},
		{
			Name: "Validate", Kind: asl.KindMap, Next: []string{"Finish"}, MaxConcurrency: 4,
			Catch: []asl.Catcher{{Errors: []string{"States.ALL"}, Next: "Failed"}},
			Items: []asl.State{
				{
					Name: "Check", Kind: asl.KindTask, Resource: "g", Timeout: 10 * time.Second,
					Retry: []asl.Retrier{{Errors: []string{"States.TaskFailed"}, Interval: time.Second, MaxAttempts: 1, Backoff: 2, MaxDelay: year}},
					Catch: []asl.Catcher{{Errors: []string{"Runtime.ExitError"}, Next: "Divide"}},
				},
				{Name: "Divide", Kind: asl.KindTask, Resource: "g", Timeout: 20 * time.Second},
			},
		},
		{Name: "Failed", Kind: asl.KindPass, Next: []string{"Finish"}},
		{Name: "Finish", Kind: asl.KindTask, Resource: "f", Timeout: 30 * time.Second, Next: []string{"Good"}},
		{Name: "Good", Kind: asl.KindChoice, Next: []string{"Done", "Bad"}},
		{Name: "Done", Kind: asl.KindSucceed},
		{Name: "Bad", Kind: asl.KindFail},
	}
	if diff := cmp.Diff(want, m.States()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	m.States()[0].Retry[0].Errors[0] = "spoilt"
	m.States()[2].Items[0].Name = "spoilt"
	if diff := cmp.Diff(want, m.States()); diff != "" {
		t.Errorf("a copy is none: %s", diff)
	}
}

// For each state, the time-out of each attempt and every delay.
func TestLongest(t *testing.T) {
	m := load(t, string(good(t)))
	for _, c := range []struct {
		state string
		items int
		want  time.Duration
	}{
		{"Fetch", 0, 5*time.Minute + (2+4+5+1)*time.Second},
		{"Validate", 0, 0},
		{"Validate", -1, 0},
		{"Validate", 1, 41 * time.Second},
		{"Validate", 4, 41 * time.Second},
		{"Validate", 5, 82 * time.Second},
		{"Validate", 1 << 62, 1<<63 - 1},
		{"Unchanged", 9, 0},
		{"Finish", 9, 30 * time.Second},
		{"Done", 0, 0},
	} {
		if got, err := m.Longest(c.state, c.items); err != nil || got != c.want {
			t.Errorf("%s of %d items: %v %v, want %v", c.state, c.items, got, err, c.want)
		}
	}
	for _, name := range []string{"Check", "fetch", ""} {
		if _, err := m.Longest(name, 1); !fault.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// The whole of a sync, as it goes well and as a batch crashes.
func TestWays(t *testing.T) {
	m := load(t, string(good(t)))
	for _, c := range []struct {
		name string
		w    *world
		want string
		path []string
	}{
		{
			"unchanged", newWorld(answers(`{"unchanged": true}`, `{"status": "unchanged"}`), nil), `{"status":"unchanged"}`,
			[]string{"Fetch", "Unchanged", "Finish", "Good", "Done"},
		},
		{
			"crash", newWorld(answers(`{"unchanged": false, "batches": [1]}`, `{"status": "incomplete"}`), answers("!Runtime.ExitError", "!Runtime.ExitError", "1")),
			`{"status":"incomplete"}`,
			[]string{"Fetch", "Unchanged", "Validate", "Validate[0].Check", "Validate[0].Check#2", "Validate[0].Divide", "Finish", "Good", "Done"},
		},
		{
			"failed", newWorld(answers("!Gone", "!Gone", `{"status": "failed"}`), nil), "SyncFailed in Bad: failed",
			[]string{"Fetch", "Fetch#2", "Failed", "Finish", "Good", "Bad"},
		},
	} {
		got := end(m.Run(t.Context(), c.w.Run, json.RawMessage(`{"syncId": "s"}`)))
		if diff := cmp.Diff(c.path, c.w.path); diff != "" || got != c.want {
			t.Errorf("%s: got %s, want %s %s", c.name, got, c.want, diff)
		}
	}
}
