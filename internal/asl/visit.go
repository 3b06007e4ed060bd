package asl

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// visit is one stay in one state: its attempts, and where it leads.
type visit struct {
	*execution
	*state
	path    string
	raw     any // the state's input before InputPath
	context contextObject
}

// run makes attempts until one is good, or no retrier takes its failure. Then
// the first catcher that matches says where to go on.
func (v *visit) run(ctx context.Context) (any, *state, error) {
	retries := make([]int, len(v.Retry))
	for attempt := 1; ; attempt++ {
		out, next, failed := v.attempt(ctx, attempt)
		if failed == nil {
			return out, next, nil
		}
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
		delay, again := v.retry(retries, failed.Name)
		if !again {
			return v.catch(failed)
		}
		err := v.Sleep(ctx, delay)
		if ctx.Err() != nil {
			return nil, nil, context.Cause(ctx)
		}
		if err != nil {
			return nil, nil, &ExecutionError{Name: errorRuntime, Cause: fmt.Sprintf("wait before a retry: %v", err), State: v.path, err: err}
		}
	}
}

// retry finds the first retrier that matches, and counts; once that has no
// attempts left, no other is asked.
func (v *visit) retry(retries []int, name string) (time.Duration, bool) {
	for i, r := range v.Retry {
		if !matches(r.Errors, name) {
			continue
		}
		if retries[i] == r.MaxAttempts {
			return 0, false
		}
		d := r.delay(retries[i])
		retries[i]++
		if r.Jitter {
			d = time.Duration(float64(d) * min(max(v.Rand(), 0), 1))
		}
		return d, true
	}
	return 0, false
}

// catch goes on after a failure, with it in the state's input.
func (v *visit) catch(failed *ExecutionError) (any, *state, error) {
	for _, c := range v.catches {
		if !matches(c.Errors, failed.Name) {
			continue
		}
		out, ok := c.result.put(v.raw, map[string]any{"Error": failed.Name, "Cause": failed.Cause})
		if !ok {
			return nil, nil, v.failure(errorResult, "Catch: the state's input has no place for ResultPath %s", c.result.text)
		}
		if _, tooMuch := v.fits("what is caught", out); tooMuch != nil {
			return nil, nil, tooMuch
		}
		return out, c.next, nil
	}
	return nil, nil, failed
}

// attempt does what the state does, once. After ctx has ended its failure means
// nothing.
func (v *visit) attempt(ctx context.Context, n int) (any, *state, *ExecutionError) {
	if err := v.entered(ctx, n); err != nil {
		return nil, nil, v.taskFailure(err)
	}
	if v.Kind == KindFail {
		return nil, nil, v.fail()
	}
	data, next := any(map[string]any{}), v.next
	if v.inputPath != nil {
		var ok bool
		if data, ok = v.inputPath.find(v.raw, v.context); !ok {
			return nil, nil, v.nowhere("InputPath", v.inputPath)
		}
	}
	result, failed := data, (*ExecutionError)(nil)
	switch v.Kind {
	case KindTask:
		result, failed = v.task(ctx, data)
	case KindMap:
		result, failed = v.items(ctx, data)
	case KindPass:
		result, failed = v.pass(data)
	case KindChoice:
		next, failed = v.decide(data)
	}
	if failed != nil {
		return nil, nil, failed
	}
	out, failed := v.give(result)
	return out, next, failed
}

// entered tells the run of an attempt.
func (v *visit) entered(ctx context.Context, attempt int) error {
	if v.Entered == nil {
		return nil
	}
	told := <-start(func() ([]byte, error) { return nil, v.Entered(ctx, v.path, attempt) })
	return told.err
}

// give makes a state's output of its result.
func (v *visit) give(result any) (any, *ExecutionError) {
	if v.selector != nil {
		selected, missing := v.selector.fill(result, v.context)
		if missing != nil {
			return nil, v.nowhere("ResultSelector", missing)
		}
		result = selected
	}
	out, ok := v.result.put(v.raw, result)
	if !ok {
		return nil, v.failure(errorResult, "the state's input has no place for ResultPath %s", v.result.text)
	}
	if v.outputPath == nil {
		return map[string]any{}, nil
	}
	if out, ok = v.outputPath.find(out, v.context); !ok {
		return nil, v.nowhere("OutputPath", v.outputPath)
	}
	_, tooMuch := v.fits("the state's output", out)
	return out, tooMuch
}

// fill makes a Task's or a Pass's input by its Parameters.
func (v *visit) fill(data any) (any, *ExecutionError) {
	if v.parameters == nil {
		return data, nil
	}
	filled, missing := v.parameters.fill(data, v.context)
	if missing != nil {
		return nil, v.nowhere("Parameters", missing)
	}
	return filled, nil
}

func (v *visit) pass(data any) (any, *ExecutionError) {
	if v.hasResult {
		return v.value, nil
	}
	return v.fill(data)
}

func (v *visit) decide(data any) (*state, *ExecutionError) {
	for _, c := range v.choices {
		holds, missing := c.rule.holds(data, v.context)
		if missing != nil {
			return nil, v.nowhere("Variable", missing)
		}
		if holds {
			return c.next, nil
		}
	}
	if v.fallback == nil {
		return nil, v.failure(errorNoChoice, "no choice matches, and there is no Default")
	}
	return v.fallback, nil
}

func (v *visit) fail() *ExecutionError {
	name, err := v.errorName.say(v.raw, v.context)
	if err != nil {
		return v.failure(errorRuntime, "ErrorPath: %v", err)
	}
	cause, err := v.cause.say(v.raw, v.context)
	if err != nil {
		return v.failure(errorRuntime, "CausePath: %v", err)
	}
	return v.failure(name, "%s", cause)
}

// say gives the text, or finds it.
func (t textOrPath) say(data any, in contextObject) (string, error) {
	if t.path == nil {
		return t.text, nil
	}
	found, ok := t.path.find(data, in)
	if !ok {
		return "", fmt.Errorf("the path %s leads nowhere", t.path.text)
	}
	text, ok := found.(string)
	if !ok {
		return "", errors.New("the path " + t.path.text + " leads to no text")
	}
	return text, nil
}
