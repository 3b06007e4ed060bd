package statemachine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/slipway-dev/slipway/internal/asl"
	"github.com/slipway-dev/slipway/internal/task"
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

// interpret runs a script on the interpreter.
func interpret(ctx context.Context, m *asl.Machine, s *script) (went, error) {
	var mu sync.Mutex
	var w went
	tasks := map[string]asl.Task{}
	for _, name := range task.Resources() {
		tasks[name] = func(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
			return s.answer(ctx, name, input)
		}
	}
	output, err := m.Run(ctx, asl.Run{
		Name: s.sync + "-1", Tasks: tasks, ErrorName: errorName,
		Sleep: func(_ context.Context, d time.Duration) error {
			mu.Lock()
			defer mu.Unlock()
			w.waits = append(w.waits, d)
			return nil
		},
		Now:  func() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) },
		Rand: func() float64 { return 0 },
		Entered: func(_ context.Context, state string, attempt int) error {
			mu.Lock()
			defer mu.Unlock()
			if attempt > 1 {
				state += fmt.Sprint("#", attempt)
			}
			w.states = append(w.states, state)
			return nil
		},
	}, s.input())
	w.errors, w.end = s.failed, string(output)
	if failed, ok := errors.AsType[*asl.ExecutionError](err); ok {
		w.fails, w.end, err = failed.Name, failed.Cause, nil
	}
	return w, err
}

// answer answers as the script says, in this process.
func (s *script) answer(ctx context.Context, task string, input json.RawMessage) (json.RawMessage, error) {
	answer, err := s.next(task, input)
	switch {
	case err != nil:
		return nil, err
	case answer == crash:
		panic("the script says so")
	case answer == timeout && s.hangs:
		<-ctx.Done()
		return nil, ctx.Err()
	case json.Valid([]byte(answer)):
		return json.RawMessage(answer), nil
	}
	return nil, named(answer)
}
