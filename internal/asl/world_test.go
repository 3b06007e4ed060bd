package asl_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/slipway-dev/slipway/internal/asl"
)

var update = flag.Bool("update", false, "write the golden files")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// machine wraps states; the first is A.
func machine(states string) string { return `{"StartAt": "A", "States": {` + states + `}}` }

// functions are the substitutions of all tests: f and g.
func functions() map[string]string { return map[string]string{"f": "f", "g": "g"} }

func load(t testing.TB, definition string) *asl.Machine {
	t.Helper()
	m, err := asl.Load([]byte(definition), functions())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// named is an error of a task that says its own name.
type named string

func (n named) Error() string { return "it said " + string(n) }

// world is a Run that writes down what happens.
type world struct {
	asl.Run
	mu     sync.Mutex
	path   []string
	sleeps []time.Duration
}

// newWorld has the tasks f and g; one that is nil gives its input back.
func newWorld(f, g asl.Task) *world {
	w := &world{}
	w.Name = "run-1"
	w.Tasks = map[string]asl.Task{"f": echo, "g": echo}
	if f != nil {
		w.Tasks["f"] = f
	}
	if g != nil {
		w.Tasks["g"] = g
	}
	w.ErrorName = func(err error) string {
		n, _ := errors.AsType[named](err)
		return string(n)
	}
	w.Sleep = func(ctx context.Context, d time.Duration) error {
		w.mu.Lock()
		w.sleeps = append(w.sleeps, d)
		w.mu.Unlock()
		return ctx.Err()
	}
	w.Now = func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC) }
	w.Rand = func() float64 { return 0.5 }
	w.Entered = func(_ context.Context, state string, attempt int) error {
		w.mu.Lock()
		defer w.mu.Unlock()
		if attempt > 1 {
			state += fmt.Sprintf("#%d", attempt)
		}
		w.path = append(w.path, state)
		return nil
	}
	return w
}

func echo(_ context.Context, in json.RawMessage) (json.RawMessage, error) { return in, nil }

// answers is a task that gives one answer after the other, the last for ever:
// JSON, or the name of an error after a "!".
func answers(all ...string) asl.Task {
	var mu sync.Mutex
	n := 0
	return func(context.Context, json.RawMessage) (json.RawMessage, error) {
		mu.Lock()
		defer mu.Unlock()
		a := all[min(n, len(all)-1)]
		n++
		if name, bad := strings.CutPrefix(a, "!"); bad {
			return nil, named(name)
		}
		return json.RawMessage(a), nil
	}
}

// end is how an execution ended, as one line.
func end(out json.RawMessage, err error) string {
	if failed, ok := errors.AsType[*asl.ExecutionError](err); ok {
		return fmt.Sprintf("%s in %s: %s", failed.Name, failed.State, failed.Cause)
	}
	if err != nil {
		return err.Error()
	}
	return string(out)
}
