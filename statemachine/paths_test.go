package statemachine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/asl"
	"github.com/slipway-dev/slipway/internal/task"
	"github.com/slipway-dev/slipway/statemachine"
)

// named is a task's error under the name that the definition knows.
type named string

func (n named) Error() string { return string(n) }

func errorName(err error) string {
	if n, ok := errors.AsType[named](err); ok {
		return string(n)
	}
	return ""
}

func load(t *testing.T) *asl.Machine {
	t.Helper()
	m, err := asl.Load([]byte(statemachine.Definition), task.Resources())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fetched is Fetch's output with this many batches.
func fetched(batches int) string {
	var list []string
	for i := range batches {
		list = append(list, fmt.Sprintf(`{"index":%d}`, i))
	}
	return fmt.Sprintf(`{"unchanged":false,"complete":true,"files":%d,"batches":[%s],"batchCount":%d}`, batches, strings.Join(list, ","), batches)
}

// path is one way through the machine: what each task answers, call by call (a
// word that is no JSON is an error's name, "crash" a panic; the last answer
// stays), and the states that are entered, a repeated one with its attempt.
type path struct {
	name  string
	tasks map[string][]string
	want  string // states, in the order they are entered; those of a Map sorted
	fails string // the error's name of an execution that fails
}

func paths() []path {
	const (
		toGoLive = "Fetch, Is unchanged, Validate, Validate[0].Validate batch, "
		finish   = "Go live, Finish, Ended"
		failed   = "Finish failed, Ended"
	)
	one := []string{fetched(1)}
	return []path{
		{"happy", nil, toGoLive + finish, ""},
		{"no workflow found", map[string][]string{"Fetch": {fetched(0)}}, "Fetch, Is unchanged, Validate, " + finish, ""},
		{"two batches", map[string][]string{"Fetch": {fetched(2)}}, toGoLive + "Validate[1].Validate batch, " + finish, ""},
		{"unchanged", map[string][]string{"Fetch": {`{"unchanged":true}`}}, "Fetch, Is unchanged, Finish unchanged, Ended", ""},

		{"fetch is retried", map[string][]string{"Fetch": {"Unavailable", "States.Timeout", fetched(1)}}, "Fetch, Fetch#2, Fetch#3, " + toGoLive[7:] + finish, ""},
		{"fetch is throttled", map[string][]string{"Fetch": {"Lambda.TooManyRequestsException", "Lambda.ServiceException", fetched(1)}}, "Fetch, Fetch#2, Fetch#3, " + toGoLive[7:] + finish, ""},
		{"fetch gives up", map[string][]string{"Fetch": {"Unavailable"}}, "Fetch, Fetch#2, Fetch#3, " + failed, ""},
		{"fetch is refused", map[string][]string{"Fetch": {"Invalid"}}, "Fetch, " + failed, ""},
		{"fetch lost its lease", map[string][]string{"Fetch": {"LeaseLost"}}, "Fetch, " + failed, ""},
		{"fetch crashes", map[string][]string{"Fetch": {"crash"}}, "Fetch, " + failed, ""},

		{"a batch is retried", map[string][]string{"Fetch": one, "Validate": {"Unavailable", "{}"}}, toGoLive + "Validate[0].Validate batch#2, " + finish, ""},
		{"a batch gives up", map[string][]string{"Fetch": one, "Validate": {"Unavailable"}}, toGoLive + "Validate[0].Validate batch#2, Validate[0].Validate batch#3, " + failed, ""},
		{"a batch fails", map[string][]string{"Fetch": one, "Validate": {"Internal"}}, toGoLive + failed, ""},
		{
			"a batch crashes and its files do not",
			map[string][]string{"Fetch": one, "Validate": {"crash", "{}"}, "Split": {`[{"only":1},{"only":2}]`}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, Validate[0].One by one[1].Validate one, " + finish, "",
		},
		{
			"a batch takes all memory",
			map[string][]string{"Fetch": one, "Validate": {"Runtime.OutOfMemory", "{}"}, "Split": {`[{"only":1}]`}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, " + finish, "",
		},
		{
			"a batch times out",
			map[string][]string{"Fetch": one, "Validate": {"States.Timeout", "{}"}, "Split": {`[{"only":1}]`}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, " + finish, "",
		},
		{
			"one file is poisonous",
			map[string][]string{"Fetch": one, "Validate": {"crash", "crash"}, "Split": {`[{"only":1}]`}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, Validate[0].One by one[0].Poisonous, " + finish, "",
		},
		{
			"one file is retried",
			map[string][]string{"Fetch": one, "Validate": {"crash", "Unavailable", "{}"}, "Split": {`[{"only":1}]`}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, Validate[0].One by one[0].Validate one#2, " + finish, "",
		},
		{"a split is retried", map[string][]string{"Fetch": one, "Validate": {"crash"}, "Split": {"Unavailable", `[]`}}, toGoLive + "Validate[0].Split batch, Validate[0].Split batch#2, Validate[0].One by one, " + finish, ""},
		{"a split fails", map[string][]string{"Fetch": one, "Validate": {"crash"}, "Split": {"Internal"}}, toGoLive + "Validate[0].Split batch, " + failed, ""},

		{"go live is retried", map[string][]string{"GoLive": {"Unavailable", "Conflict", `{"refused":[]}`}}, toGoLive + "Go live, Go live#2, Go live#3, Finish, Ended", ""},
		{"go live gives up", map[string][]string{"GoLive": {"Conflict"}}, toGoLive + "Go live, Go live#2, Go live#3, " + failed, ""},
		{"go live lost its lease", map[string][]string{"GoLive": {"LeaseLost"}}, toGoLive + "Go live, " + failed, ""},

		{"finish is retried", map[string][]string{"Finish": {"Unavailable", "States.Timeout", "Conflict", "{}"}}, toGoLive + "Go live, Finish, Finish#2, Finish#3, Finish#4, Ended", ""},
		{"finish is throttled", map[string][]string{"Finish": {"Lambda.TooManyRequestsException", "{}"}}, toGoLive + "Go live, Finish, Finish#2, Ended", ""},
		{"finish gives up", map[string][]string{"Finish": {"Unavailable"}}, toGoLive + "Go live, Finish, Finish#2, Finish#3, Finish#4, Finish#5", "Unavailable"},
		{"finish lost its lease", map[string][]string{"Finish": {"LeaseLost"}}, toGoLive + "Go live, Finish", "LeaseLost"},
		{"a failed sync's finish is retried", map[string][]string{"Fetch": {"Invalid"}, "Finish": {"Unavailable", "{}"}}, "Fetch, Finish failed, Finish failed#2, Ended", ""},
		{"an unchanged sync's finish is retried", map[string][]string{"Fetch": {`{"unchanged":true}`}, "Finish": {"Unavailable", "{}"}}, "Fetch, Is unchanged, Finish unchanged, Finish unchanged#2, Ended", ""},
	}
}

// TestPaths runs the machine along every path, each Retry, each Catch and each
// end among them, and asserts the states that it enters.
func TestPaths(t *testing.T) {
	m := load(t)
	entered := map[string]bool{}
	for _, p := range paths() {
		t.Run(p.name, func(t *testing.T) {
			w := &walk{answers: map[string][]string{"Fetch": {fetched(1)}, "Validate": {"{}"}, "Split": {"[]"}, "GoLive": {`{"refused":[]}`}, "Finish": {"{}"}}}
			for name, answers := range p.tasks {
				w.answers[name] = answers
			}
			_, err := m.Run(t.Context(), w.run(), json.RawMessage(`{"environment":"env_1","sync":"sync_1","generation":1}`))
			if got := w.path(); got != p.want {
				t.Errorf("went\n  %s\nwant\n  %s\n(%v)", got, p.want, err)
			}
			var failed *asl.ExecutionError
			if errors.As(err, &failed) != (p.fails != "") || failed != nil && failed.Name != p.fails {
				t.Errorf("ended with %v, want %q", err, p.fails)
			}
			for _, s := range w.states {
				state, _, _ := strings.Cut(s[strings.LastIndex(s, ".")+1:], "#")
				entered[state] = true
			}
		})
	}
	for _, s := range every(m.States()) {
		if !entered[s.Name] {
			t.Errorf("no path goes through %s", s.Name)
		}
	}
}

// every lists states with those of their Maps.
func every(states []asl.State) []asl.State {
	var all []asl.State
	for _, s := range states {
		all = append(append(all, s), every(s.Items)...)
	}
	return all
}

// walk is one run with scripted tasks.
type walk struct {
	mu      sync.Mutex
	answers map[string][]string
	states  []string
}

func (w *walk) run() asl.Run {
	tasks := map[string]asl.Task{}
	for _, name := range task.Resources() {
		tasks[name] = func(context.Context, json.RawMessage) (json.RawMessage, error) { return w.answer(name) }
	}
	return asl.Run{
		Name: "sync_1-1", Tasks: tasks, ErrorName: errorName,
		Sleep: func(context.Context, time.Duration) error { return nil },
		Now:   func() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) },
		Rand:  func() float64 { return 0 },
		Entered: func(_ context.Context, state string, attempt int) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if attempt > 1 {
				state += fmt.Sprint("#", attempt)
			}
			w.states = append(w.states, state)
			return nil
		},
	}
}

func (w *walk) answer(name string) (json.RawMessage, error) {
	w.mu.Lock()
	answers := w.answers[name]
	if len(answers) > 1 {
		w.answers[name] = answers[1:]
	}
	w.mu.Unlock()
	switch a := answers[0]; {
	case a == "crash":
		panic("the script says so")
	case json.Valid([]byte(a)):
		return json.RawMessage(a), nil
	default:
		return nil, named(a)
	}
}

// path is what was entered; items of a Map run side by side, so they are sorted.
func (w *walk) path() string {
	states := slices.Clone(w.states)
	sortItems(states, 1)
	sortItems(states, 2)
	return strings.Join(states, ", ")
}

// sortItems sorts each run of states that lie in Maps at least this deep by their
// items of that depth.
func sortItems(states []string, depth int) {
	item := func(s string) string {
		parts := strings.SplitAfter(s, "]")
		return strings.Join(parts[:depth], "")
	}
	for from := 0; from < len(states); from++ {
		to := from
		for to < len(states) && strings.Count(states[to], "[") >= depth {
			to++
		}
		if to > from {
			slices.SortStableFunc(states[from:to], func(a, b string) int { return strings.Compare(item(a), item(b)) })
			from = to
		}
	}
}
