package asl

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"sync"
	"sync/atomic"
)

// errSibling is why the context of an item ended when another one had failed.
var errSibling = errors.New("another item of the Map failed")

// items runs a Map: its states on each item, MaxConcurrency at once, in the
// order of the items. The first item that fails stops the others, and its
// failure is the Map's once all have ended.
func (v *visit) items(ctx context.Context, data any) (any, *ExecutionError) {
	inputs, failed := v.itemInputs(data)
	if failed != nil {
		return nil, failed
	}
	r := &round{visit: v, inputs: inputs, results: make([]any, len(inputs))}
	var cancel context.CancelCauseFunc
	ctx, cancel = context.WithCancelCause(ctx)
	defer cancel(nil)
	var workers sync.WaitGroup
	for range min(len(inputs), v.MaxConcurrency) {
		workers.Go(func() {
			if err := r.work(ctx); err != nil {
				r.first.Do(func() { r.err = err })
				cancel(errSibling)
			}
		})
	}
	workers.Wait()
	if r.err != nil {
		return nil, v.itemFailure(r.err)
	}
	return r.results, nil
}

// round is one attempt at all items.
type round struct {
	*visit
	inputs  []any
	results []any
	next    atomic.Int64
	first   sync.Once
	err     error // the first failure
}

// work does one item after the other.
func (r *round) work(ctx context.Context) error {
	for {
		i := int(r.next.Add(1)) - 1
		if i >= len(r.inputs) {
			return nil
		}
		out, err := r.scope(ctx, r.processor, fmt.Sprintf("%s[%d].", r.path, i), r.inputs[i])
		if err != nil {
			return err
		}
		r.results[i] = out
	}
}

// itemFailure is the failure of the item that failed first. Any other error is
// the cause of the end of the whole, which the caller asks for itself.
func (v *visit) itemFailure(err error) *ExecutionError {
	if failed, ok := errors.AsType[*ExecutionError](err); ok {
		return failed
	}
	return v.failure(errorRuntime, "%v", err)
}

// itemInputs are what the items' first states get.
func (v *visit) itemInputs(data any) ([]any, *ExecutionError) {
	found, ok := v.itemsPath.find(data, v.context)
	if !ok {
		return nil, v.nowhere("ItemsPath", v.itemsPath)
	}
	items, ok := found.([]any)
	if !ok {
		return nil, v.failure(errorRuntime, "ItemsPath: %s leads to %s, not to an array", v.itemsPath.text, kindOf(found))
	}
	if v.item == nil {
		return items, nil
	}
	inputs := make([]any, 0, len(items))
	for i, item := range items {
		in := maps.Clone(v.context)
		in["Map"] = map[string]any{"Item": map[string]any{"Index": json.Number(strconv.Itoa(i)), "Value": item}}
		input, missing := v.item.fill(data, in)
		if missing != nil {
			return nil, v.nowhere("ItemSelector", missing)
		}
		if _, tooMuch := v.fits("the input of item "+strconv.Itoa(i), input); tooMuch != nil {
			return nil, tooMuch
		}
		inputs = append(inputs, input)
	}
	return inputs, nil
}
