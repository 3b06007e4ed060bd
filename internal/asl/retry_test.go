package asl_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/asl"
	"github.com/slipway-dev/slipway/internal/fault"
)

// What retriers and catchers make of the errors that the task f gives in turn.
func TestRetryAndCatch(t *testing.T) {
	catchAll := `, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]`
	cause := func(name string) string {
		return fmt.Sprintf(`{"errorMessage":"it said %s","errorType":%q}`, name, name)
	}
	for _, c := range []struct{ name, fields, f, want, path, sleeps string }{
		{"no retrier", ``, "!X", "X in A: " + cause("X"), "A", "[]"},
		{"no name", ``, "!", `States.TaskFailed in A: {"errorMessage":"it said ","errorType":"States.TaskFailed"}`, "A", "[]"},
		{"by default", `, "Retry": [{"ErrorEquals": ["X"]}]`, "!X", "X in A: " + cause("X"), "A A#2 A#3 A#4", "[1s 2s 4s]"},
		{"until it is good", `, "Retry": [{"ErrorEquals": ["X"]}]`, "!X 1", "1", "A A#2", "[1s]"},
		{
			"delays", `, "Retry": [{"ErrorEquals": ["X"], "IntervalSeconds": 2, "BackoffRate": 1.5, "MaxAttempts": 4, "MaxDelaySeconds": 4}]`,
			"!X", "X in A: " + cause("X"), "A A#2 A#3 A#4 A#5", "[2s 3s 4s 4s]",
		},
		{"jitter", `, "Retry": [{"ErrorEquals": ["X"], "JitterStrategy": "FULL"}]`, "!X 1", "1", "A A#2", "[500ms]"},
		{"no jitter", `, "Retry": [{"ErrorEquals": ["X"], "JitterStrategy": "NONE"}]`, "!X 1", "1", "A A#2", "[1s]"},
		{"none", `, "Retry": [{"ErrorEquals": ["X"], "MaxAttempts": 0}, {"ErrorEquals": ["States.ALL"]}]`, "!X 1", "X in A: " + cause("X"), "A", "[]"},
		{"exactly", `, "Retry": [{"ErrorEquals": ["X"]}]`, "!x", "x in A: " + cause("x"), "A", "[]"},
		{
			"each retrier counts", `, "Retry": [{"ErrorEquals": ["A", "B"], "MaxAttempts": 2}, {"ErrorEquals": ["C"], "IntervalSeconds": 5}]` + catchAll,
			"!A !B !C !B", `{"Cause":"{\"errorMessage\":\"it said B\",\"errorType\":\"B\"}","Error":"B"}`, "A A#2 A#3 A#4 Caught", "[1s 2s 5s]",
		},
		{"task failed", `, "Retry": [{"ErrorEquals": ["States.TaskFailed"]}]`, "!X 1", "1", "A A#2", "[1s]"},
		{"task failed is no time-out", `, "Retry": [{"ErrorEquals": ["States.TaskFailed"]}]`, "!States.Timeout 1", "States.Timeout in A: " + cause("States.Timeout"), "A", "[]"},
		{"all has time-outs", `, "Retry": [{"ErrorEquals": ["States.ALL"]}]`, "!States.Timeout 1", "1", "A A#2", "[1s]"},
		{"first catcher", `, "Catch": [{"ErrorEquals": ["X"], "Next": "Other"}, {"ErrorEquals": ["States.ALL"], "Next": "Caught"}]`, "!X", `"other"`, "A Other", "[]"},
		{"second catcher", `, "Catch": [{"ErrorEquals": ["Y"], "Next": "Caught"}, {"ErrorEquals": ["States.ALL"], "Next": "Other"}]`, "!X", `"other"`, "A Other", "[]"},
		{
			"caught beside", `, "Catch": [{"ErrorEquals": ["X"], "ResultPath": "$.e.f", "Next": "Caught"}]`, "!X",
			`{"e":{"f":{"Cause":"{\"errorMessage\":\"it said X\",\"errorType\":\"X\"}","Error":"X"}},"in":1}`, "A Caught", "[]",
		},
		{"caught and dropped", `, "OutputPath": "$.never", "Catch": [{"ErrorEquals": ["X"], "ResultPath": null, "Next": "Caught"}]`, "!X", `{"in":1}`, "A Caught", "[]"},
		{
			"no place", `, "Catch": [{"ErrorEquals": ["X"], "ResultPath": "$.in.e", "Next": "Caught"}]`, "!X",
			"States.ResultPathMatchFailure in A: Catch: the state's input has no place for ResultPath $.in.e", "A", "[]",
		},
		{
			"not caught: a path nowhere", `, "OutputPath": "$.never", "Retry": [{"ErrorEquals": ["States.ALL"]}]` + catchAll, "1",
			"States.Runtime in A: OutputPath: the path $.never leads nowhere", "A", "[]",
		},
		{"not caught by all: too much", catchAll, "big", "States.DataLimitExceeded in A: the task's output has 262146 bytes, over 262144", "A", "[]"},
		{"caught by name: too much", `, "Catch": [{"ErrorEquals": ["States.DataLimitExceeded"], "ResultPath": null, "Next": "Caught"}]`, "big", `{"in":1}`, "A Caught", "[]"},
		{"too much together", `, "ResultPath": "$.r", "Retry": [{"ErrorEquals": ["States.TaskFailed"]}]`, "full", "States.DataLimitExceeded in A: the state's output has 262157 bytes, over 262144", "A", "[]"},
		{"just enough", `, "ResultSelector": {"n": 1}`, "full", `{"n":1}`, "A", "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, withCatchers(c.fields))
			big, full := quoted(asl.MaxPayload), quoted(asl.MaxPayload-2)
			f := strings.NewReplacer("big", big, "full", full).Replace(c.f)
			w := newWorld(answers(strings.Fields(f)...), nil)
			if got := end(m.Run(t.Context(), w.Run, json.RawMessage(`{"in": 1}`))); got != c.want {
				t.Errorf("got  %.300s\nwant %s", got, c.want)
			}
			if got := strings.Join(w.path, " "); got != c.path {
				t.Errorf("went %s, want %s", got, c.path)
			}
			if got := fmt.Sprint(w.sleeps); got != c.sleeps {
				t.Errorf("slept %s, want %s", got, c.sleeps)
			}
		})
	}
}

// withCatchers is the task A with these fields, and the states that they name.
func withCatchers(fields string) string {
	states := `"A": {"Type": "Task", "Resource": "${f}", "TimeoutSeconds": 5, "End": true` + fields + `}`
	if strings.Contains(fields, "Caught") {
		states += `, "Caught": {"Type": "Pass", "End": true}`
	}
	if strings.Contains(fields, "Other") {
		states += `, "Other": {"Type": "Pass", "Result": "other", "End": true}`
	}
	return machine(states)
}

// quoted is a JSON text of n bytes and its two quotes.
func quoted(n int) string { return `"` + strings.Repeat("x", n) + `"` }

// What Entered says is handled like what a task says, in every kind of state.
func TestEnteredFails(t *testing.T) {
	m := load(t, withCatchers(`, "Retry": [{"ErrorEquals": ["Lost"], "MaxAttempts": 1}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]`))
	w := newWorld(nil, nil)
	told := 0
	w.Entered = func(_ context.Context, state string, attempt int) error {
		told++
		switch {
		case state == "A" && attempt == 1:
			return named("Lost")
		case state == "A":
			panic("entered")
		}
		return named("End")
	}
	got := end(m.Run(t.Context(), w.Run, nil))
	if want := `End in Caught: {"errorMessage":"it said End","errorType":"End"}`; got != want || told != 3 {
		t.Errorf("got %s after %d, want %s", got, told, want)
	}
}

// A crash has AWS's name for it, and can be looked at; so has a task that ends
// its goroutine.
func TestCrash(t *testing.T) {
	for name, f := range map[string]asl.Task{
		"panic": func(context.Context, json.RawMessage) (json.RawMessage, error) { panic("oh") },
		"exit":  func(context.Context, json.RawMessage) (json.RawMessage, error) { runtime.Goexit(); return nil, nil },
	} {
		w := newWorld(f, nil)
		_, err := load(t, withCatchers("")).Run(t.Context(), w.Run, nil)
		failed, ok := errors.AsType[*asl.ExecutionError](err)
		crash, crashed := errors.AsType[*asl.Crash](err)
		if !ok || !crashed || failed.Name != "Runtime.ExitError" || len(crash.Stack) == 0 {
			t.Errorf("%s: got %v", name, err)
		}
		m := load(t, withCatchers(`, "Catch": [{"ErrorEquals": ["Runtime.ExitError"], "ResultPath": null, "Next": "Caught"}]`))
		if got := end(m.Run(t.Context(), w.Run, nil)); got != "{}" {
			t.Errorf("%s: got %s", name, got)
		}
	}
}

// A Run that lacks something runs nothing.
func TestIncompleteRun(t *testing.T) {
	m := load(t, withCatchers(""))
	for name, spoil := range map[string]func(*world){
		"task": func(w *world) { delete(w.Tasks, "f") }, "names": func(w *world) { w.ErrorName = nil }, "sleep": func(w *world) { w.Sleep = nil },
		"clock": func(w *world) { w.Now = nil }, "chance": func(w *world) { w.Rand = nil },
	} {
		w := newWorld(nil, nil)
		spoil(w)
		if _, err := m.Run(t.Context(), w.Run, nil); !fault.Is(err, fault.Internal) || fault.CodeOf(err) != asl.CodeIncompleteRun || len(w.path) > 0 {
			t.Errorf("without %s: %v", name, err)
		}
	}
	w := newWorld(nil, nil)
	if _, err := m.Run(t.Context(), w.Run, json.RawMessage(quoted(asl.MaxPayload))); fault.CodeOf(err) != asl.CodeBadInput || !fault.Is(err, fault.Invalid) {
		t.Errorf("too much: %v", err)
	}
}

// A Sleep that fails by itself ends the execution.
func TestSleepFails(t *testing.T) {
	w := newWorld(answers("!X"), nil)
	broken := errors.New("no clock")
	w.Sleep = func(context.Context, time.Duration) error { return broken }
	_, err := load(t, withCatchers(`, "Retry": [{"ErrorEquals": ["X"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]`)).Run(t.Context(), w.Run, nil)
	if want := "state A: States.Runtime: wait before a retry: no clock"; err == nil || err.Error() != want || !errors.Is(err, broken) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// A long message is cut where a letter ends, so that its cause can be passed on.
func TestLongCause(t *testing.T) {
	w := newWorld(answers("!"+strings.Repeat("é", asl.MaxPayload)), nil)
	w.ErrorName = func(error) string { return "Long" }
	_, err := load(t, withCatchers("")).Run(t.Context(), w.Run, nil)
	failed, _ := errors.AsType[*asl.ExecutionError](err)
	var cause map[string]string
	if failed == nil || len(failed.Cause) > 9<<10 || json.Unmarshal([]byte(failed.Cause), &cause) != nil || cause["errorType"] != "Long" || strings.ContainsRune(cause["errorMessage"], '�') {
		t.Errorf("got %.200v", err)
	}
}
