package statemachine_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

// The answers that are neither an output nor a fault's name.
const (
	crash   = "crash"
	timeout = "States.Timeout" // where the script hangs it is no answer at all
)

// script is what the tasks of one path answer, call by call, and what they were
// called with.
type script struct {
	sync  string
	hangs bool // a time-out is provoked, and not only named

	mu      sync.Mutex
	answers map[string][]string
	calls   []call
	failed  []string // the errors' names, as they were answered
	failing []call   // to which
}

// call is one of a task.
type call struct {
	task  string
	input map[string]any
}

// script makes the n-th path's.
func (p path) script(n int) *script {
	s := &script{sync: fmt.Sprint("sync_", n), answers: map[string][]string{
		"Fetch": {fetched(1)}, "Validate": {"{}"}, "Split": {"[]"}, "GoLive": {`{"refused":[]}`}, "Finish": {`{"status":"succeeded"}`},
	}}
	maps.Copy(s.answers, p.tasks)
	return s
}

// input is the execution's.
func (s *script) input() json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"environment":"env_1","sync":%q,"generation":1}`, s.sync))
}

// next records a call and gives its answer.
func (s *script) next(task string, input json.RawMessage) (string, error) {
	c := call{task: task}
	if err := json.Unmarshal(input, &c.input); err != nil {
		return "", fmt.Errorf("%s is called with %s: %w", task, input, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, c)
	answers := s.answers[task]
	if len(answers) > 1 {
		s.answers[task] = answers[1:]
	}
	answer := strings.ReplaceAll(answers[0], "SYNC", s.sync)
	if !json.Valid([]byte(answer)) {
		s.failed = append(s.failed, strings.Replace(answer, crash, "Runtime.ExitError", 1))
		s.failing = append(s.failing, c)
	}
	return answer, nil
}

// called gives the calls in order, those of a Map's items, which run side by side,
// sorted.
func (s *script) called() []call {
	s.mu.Lock()
	defer s.mu.Unlock()
	calls := slices.Clone(s.calls)
	for from := 0; from < len(calls); from++ {
		to := from
		for to < len(calls) && calls[to].inMap() {
			to++
		}
		slices.SortStableFunc(calls[from:max(from, to)], func(a, b call) int {
			return cmp.Or(cmp.Compare(a.number("index"), b.number("index")), cmp.Compare(a.number("only"), b.number("only")))
		})
		from = max(from, to)
	}
	return calls
}

func (c call) inMap() bool { return c.task == "Validate" || c.task == "Split" }

func (c call) number(name string) int {
	n, _ := c.input[name].(float64)
	return int(n)
}

// String is the call as runs are compared by it: what a crash or a time-out says
// of itself is whoever ran the task's own.
func (c call) String() string {
	input := maps.Clone(c.input)
	if e, ok := input["error"].(map[string]any); ok {
		input["error"] = map[string]any{"Error": e["Error"], "Cause": causeOf(e["Error"], e["Cause"])}
	}
	text, err := json.Marshal(input)
	return fmt.Sprint(c.task, " ", string(text), err)
}

// causeOf is what an error's cause says, without what may differ.
func causeOf(name, cause any) any {
	if name == "Runtime.ExitError" || name == timeout {
		return "its own"
	}
	var said any
	if text, ok := cause.(string); ok && json.Unmarshal([]byte(text), &said) == nil {
		return said
	}
	return cause
}

// went is what one run of a path did.
type went struct {
	states []string        // as they were entered, a repeated one with its attempt
	waits  []time.Duration // before retries
	errors []string        // of tasks, by name
	fails  string          // the error's name of an execution that failed
	end    string          // the output, or the cause
}

// path is what was entered; items of a Map run side by side, so they are sorted.
func (w went) path() string {
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
