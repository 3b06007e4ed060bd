package task

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/slipway-dev/slipway/internal/asl"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// Names of the tasks, as the definition's substitutions.
const (
	Fetch    = "Fetch"
	Validate = "Validate"
	Split    = "Split"
	GoLive   = "GoLive"
	Finish   = "Finish"
)

// Resources gives each task of the definition its own name as its resource.
func Resources() map[string]string {
	return map[string]string{Fetch: Fetch, Validate: Validate, Split: Split, GoLive: GoLive, Finish: Finish}
}

// atOnce is how many batches are under way at the same time in one process: what
// they hold in memory. Fewer are checked at a time, and the rest read and write.
const atOnce = 3

// Tasks are the steps of a sync by their names.
func Tasks(p *control.Plane) map[string]asl.Task {
	slots := make(chan struct{}, atOnce)
	validate := func(ctx context.Context, in control.BatchInput) (control.BatchOutput, error) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-ctx.Done():
			return control.BatchOutput{}, context.Cause(ctx)
		}
		return p.Validate(ctx, in)
	}
	return map[string]asl.Task{
		Fetch:    step(p.Fetch),
		Validate: step(validate),
		Split:    step(p.Split),
		GoLive:   step(p.GoLive),
		Finish: step(func(ctx context.Context, in finishInput) (finished, error) {
			if in.Error != nil {
				in.Problem = in.Error.problem()
			}
			s, err := p.Finish(ctx, in.FinishInput)
			return finished{Sync: s.ID, Status: string(s.Status)}, err
		}),
	}
}

// Batch does Validate or Split, whichever a batch is for: the state machine tells
// a function nothing but its input, and a batch that comes with the error that
// ended its check is to be divided.
func Batch(p *control.Plane) asl.Task {
	tasks := Tasks(p)
	return func(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
		var in struct {
			Error *stateError `json:"error"`
		}
		if err := json.Unmarshal(input, &in); err == nil && in.Error != nil {
			return tasks[Split](ctx, input)
		}
		return tasks[Validate](ctx, input)
	}
}

// finishInput is the end's input, with the error that a Catch has put there.
type finishInput struct {
	control.FinishInput
	Error *stateError `json:"error"`
}

// finished is all that the end says: the record has the rest.
type finished struct {
	Sync   string `json:"sync"`
	Status string `json:"status"`
}

// step makes a task of a step.
func step[In, Out any](run func(context.Context, In) (Out, error)) asl.Task {
	return func(ctx context.Context, input json.RawMessage) (json.RawMessage, error) {
		var in In
		if err := json.Unmarshal(input, &in); err != nil {
			return nil, fail(fault.Wrap(err, fault.Internal, "bad-input", "the input is not what the step takes"))
		}
		out, err := run(ctx, in)
		if err != nil {
			return nil, fail(err)
		}
		data, err := json.Marshal(out)
		if err != nil {
			return nil, fail(fmt.Errorf("encode output: %w", err))
		}
		return data, nil
	}
}
