package asl

import (
	"context"
	"errors"
	"runtime/debug"
	"time"
)

// errTimeout is why a task's context ended when its time was over.
var errTimeout = errors.New("the task took longer than TimeoutSeconds")

// answer is what a task returned.
type answer struct {
	output []byte
	err    error
}

// task calls the state's task with its input.
func (v *visit) task(ctx context.Context, data any) (any, *ExecutionError) {
	data, failed := v.fill(data)
	if failed != nil {
		return nil, failed
	}
	input, failed := v.fits("the task's input", data)
	if failed != nil {
		return nil, failed
	}
	output, err := v.call(ctx, input)
	switch {
	case errors.Is(err, errTimeout):
		return nil, v.failure(errorTimeout, "the task took longer than %v", v.Timeout)
	case err != nil:
		return nil, v.taskFailure(err)
	case len(output) > MaxPayload:
		return nil, v.failure(errorDataLimit, "the task's output has %d bytes, over %d", len(output), MaxPayload)
	case len(output) == 0:
		return nil, nil // the value null
	}
	result, err := decodeValue(output)
	if err != nil {
		return nil, v.failure(errorRuntime, "the task's output is no JSON: %v", err)
	}
	return result, nil
}

// call runs the task until it returns, its time is over, or ctx ends; in the
// last two cases it waits for it once more, for Grace at most.
func (v *visit) call(ctx context.Context, input []byte) ([]byte, error) {
	timed, cancel := context.WithTimeoutCause(ctx, v.Timeout, errTimeout)
	defer cancel()
	run := v.Tasks[v.Resource]
	done := start(func() ([]byte, error) { return run(timed, input) })
	select {
	case a := <-done:
		if a.err == nil || timed.Err() == nil {
			return a.output, a.err
		}
	case <-timed.Done():
		late := time.NewTimer(v.Grace)
		defer late.Stop()
		select {
		case <-done:
		case <-late.C:
		}
	}
	return nil, context.Cause(timed)
}

// start runs f beside the caller. A panic, and an end of the goroutine, are an
// answer too.
func start(f func() ([]byte, error)) <-chan answer {
	done := make(chan answer, 1)
	go func() {
		var a answer
		returned := false
		defer func() {
			if value := recover(); !returned {
				a = answer{err: &Crash{Value: value, Stack: debug.Stack()}}
			}
			done <- a
		}()
		a.output, a.err = f()
		returned = true
	}()
	return done
}
