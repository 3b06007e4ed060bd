package control

import (
	"context"
	"errors"
	"fmt"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// SyncOptions qualify a sync.
type SyncOptions struct {
	Actor     slipway.Actor
	IfChanged bool // end as unchanged when the last sync would find the same
}

// SyncRef names a running sync to its steps.
type SyncRef struct {
	Environment string `json:"environment"` // id
	Sync        string `json:"sync"`
	Generation  int64  `json:"generation"`
}

func (r SyncRef) fence() slipway.Fence {
	return slipway.Fence{Environment: r.Environment, Sync: r.Sync, Generation: r.Generation}
}

// StartSync asks for a sync: it gets its id and its sequence.
func (p *Plane) StartSync(ctx context.Context, slug string, o SyncOptions) (slipway.Sync, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return slipway.Sync{}, err
	}
	if err := o.Actor.Validate(); err != nil {
		return slipway.Sync{}, err
	}
	now := p.now().UTC()
	id, err := newID("sync", now)
	if err != nil {
		return slipway.Sync{}, err
	}
	s, err := p.store.BeginSync(ctx, slipway.Sync{
		ID: id, Environment: env.ID, Generation: 1, Status: slipway.SyncRunning, StartedBy: o.Actor, IfChanged: o.IfChanged,
		Repository: env.Repository, Triggers: env.Triggers, Versions: p.versions(env), RequestedAt: now,
	})
	if err != nil {
		return slipway.Sync{}, fmt.Errorf("write sync: %w", err)
	}
	return s, nil
}

// Sync runs a whole sync in this process: fetch, validate, go live, finish. A
// sync that fails is no error: its status and problem say so. An error means
// that not even its end could be recorded.
func (p *Plane) Sync(ctx context.Context, slug string, o SyncOptions) (slipway.Sync, error) {
	s, err := p.StartSync(ctx, slug, o)
	if err != nil {
		return slipway.Sync{}, err
	}
	in := FinishInput{SyncRef: SyncRef{Environment: s.Environment, Sync: s.ID, Generation: s.Generation}}
	if err := p.steps(ctx, &in); err != nil {
		in.Problem = problemOf(ctx, err)
	}
	return p.finish(context.WithoutCancel(ctx), in)
}

// finish records the end however the steps ended, and tries again while the
// store says that it may pass.
func (p *Plane) finish(ctx context.Context, in FinishInput) (slipway.Sync, error) {
	for n := 1; ; n++ {
		s, err := p.Finish(ctx, in)
		if err == nil || !fault.Is(err, fault.Unavailable) || n > maxFaults || wait(ctx, n) != nil {
			return s, err
		}
	}
}

// steps runs all steps but the last, and notes what that one has to know.
func (p *Plane) steps(ctx context.Context, in *FinishInput) error {
	var fetched FetchOutput
	err := p.timed(in, "fetch", func() (err error) {
		fetched, err = p.Fetch(ctx, in.SyncRef)
		return err
	})
	if in.Unchanged = fetched.Unchanged; err != nil || in.Unchanged {
		return err
	}
	live := GoLiveInput{SyncRef: in.SyncRef, Complete: fetched.Complete}
	err = p.timed(in, "validate", func() (err error) {
		live.Results, err = p.validateAll(ctx, fetched)
		return err
	})
	if err != nil {
		return err
	}
	return p.timed(in, "go live", func() error {
		out, err := p.GoLive(ctx, live)
		in.Refused = out.Refused
		return err
	})
}

func (p *Plane) validateAll(ctx context.Context, fetched FetchOutput) ([]BatchOutput, error) {
	var results []BatchOutput
	for i, batch := range fetched.Batches {
		checked, err := p.Validate(ctx, batch)
		if err != nil {
			return nil, err
		}
		results = append(results, checked)
		p.progress(Progress{Step: "validate", Done: min((i+1)*batchSize, fetched.Files), Of: fetched.Files})
	}
	return results, nil
}

// timed runs a step and notes how long it took.
func (p *Plane) timed(in *FinishInput, step string, run func() error) error {
	start := p.now().UTC()
	err := run()
	in.Steps = append(in.Steps, slipway.StepTime{Step: step, Start: start, Took: p.now().Sub(start)})
	return err
}

// problemOf is an error as a sync's record keeps it.
func problemOf(ctx context.Context, err error) *slipway.Problem {
	if errors.Is(ctx.Err(), context.Canceled) {
		return &slipway.Problem{Code: CodeInterrupted, Detail: "the sync was interrupted", Hint: "sync again", Transient: true}
	}
	if _, known := errors.AsType[*fault.Fault](err); !known && errors.Is(err, context.DeadlineExceeded) {
		err = fault.Wrap(err, fault.Unavailable, "timed-out", "the sync took longer than it may").WithHint("sync again")
	}
	f := fault.Of(err)
	return &slipway.Problem{Code: f.Code, Detail: f.Detail, Hint: f.Hint, Transient: f.Kind != fault.Invalid && f.Kind != fault.NotFound}
}

// CodeInterrupted is the problem of a sync that a person stopped.
const CodeInterrupted = "interrupted"
