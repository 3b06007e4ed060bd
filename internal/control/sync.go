package control

import (
	"context"
	"errors"

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

func refOf(s slipway.Sync) SyncRef {
	return SyncRef{Environment: s.Environment, Sync: s.ID, Generation: s.Generation}
}

// newSync is the record of a sync that is asked for now.
func (p *Plane) newSync(ctx context.Context, slug string, o SyncOptions) (slipway.Sync, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return slipway.Sync{}, err
	}
	return p.newSyncIn(env, o)
}

func (p *Plane) newSyncIn(env slipway.Environment, o SyncOptions) (slipway.Sync, error) {
	if err := o.Actor.Validate(); err != nil {
		return slipway.Sync{}, err
	}
	now := p.now().UTC()
	id, err := newID("sync", now)
	if err != nil {
		return slipway.Sync{}, err
	}
	return slipway.Sync{
		ID: id, Environment: env.ID, StartedBy: o.Actor, IfChanged: o.IfChanged,
		Repository: env.Repository, Triggers: env.Triggers, Versions: p.versions(env), RequestedAt: now,
	}, nil
}

// RequestSync asks for a sync and leaves it to whoever starts work here. Where
// nobody does it waits for a sync that ends, or for the tick.
func (p *Plane) RequestSync(ctx context.Context, slug string, o SyncOptions) (slipway.Sync, error) {
	s, err := p.newSync(ctx, slug, o)
	if err != nil {
		return slipway.Sync{}, err
	}
	return p.requestSync(ctx, s)
}

func (p *Plane) requestSync(ctx context.Context, s slipway.Sync) (slipway.Sync, error) {
	s, err := p.ask(ctx, s, nil)
	if err == nil && p.start != nil {
		p.start(Work{Environment: s.Environment})
	}
	return s, err
}

// Sync asks for a sync and attends it to its end: it runs it in this process,
// waits while another runs, and follows it where it is merged into a newer one.
// A sync that fails is no error: its status and problem say so.
func (p *Plane) Sync(ctx context.Context, slug string, o SyncOptions) (slipway.Sync, error) {
	s, err := p.newSync(ctx, slug, o)
	if err != nil {
		return slipway.Sync{}, err
	}
	release, _, err := p.lock(s.ID) // before anybody can see it run
	if err != nil {
		return slipway.Sync{}, err
	}
	defer release()
	lease := p.lease("start", 0)
	if s, err = p.ask(ctx, s, &lease); err != nil {
		return slipway.Sync{}, err
	}
	if p.mine(s) {
		return p.run(ctx, s)
	}
	release()
	return p.attend(ctx, s)
}

func (p *Plane) mine(s slipway.Sync) bool {
	return s.Status == slipway.SyncRunning && s.Lease != nil && s.Lease.Owner == p.owner
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

// inOrder is the engine that runs the steps one after the other.
func inOrder(ctx context.Context, p *Plane, in SyncRef) error {
	fetched, err := p.Fetch(ctx, in)
	if err != nil {
		return err
	}
	end := FinishInput{SyncRef: in, Unchanged: fetched.Unchanged}
	if !fetched.Unchanged {
		for _, batch := range fetched.Batches {
			if _, err := p.Validate(ctx, batch); err != nil {
				return err
			}
		}
		out, err := p.GoLive(ctx, GoLiveInput{SyncRef: in, Complete: fetched.Complete, Batches: fetched.BatchCount})
		if err != nil {
			return err
		}
		end.Refused = out.Refused
	}
	_, err = p.finish(context.WithoutCancel(ctx), end)
	return err
}

// problemOf is the error that ended a sync's steps, as its record keeps it.
func problemOf(ctx context.Context, err error) *slipway.Problem {
	if err == nil {
		err = fault.New(fault.Internal, "not-ended", "its steps came to an end without ending it")
	}
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
