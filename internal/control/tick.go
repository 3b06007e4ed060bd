package control

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Ticked is what a tick did in one environment.
type Ticked struct {
	Environment string           `json:"environment"`       // slug
	Ended       *slipway.Sync    `json:"ended,omitempty"`   // whose worker was dead
	Asked       *slipway.Sync    `json:"asked,omitempty"`   // a sync that the clock asked for: the branch has moved
	Problem     *slipway.Problem `json:"problem,omitempty"` // why the branch gave no tip
	Ran         []slipway.Sync   `json:"ran,omitempty"`
}

// Tick is what a clock calls. It ends syncs whose workers are dead, starts or
// runs the syncs that wait with nobody before them, asks the branches that are
// due for their tips, and asks for a sync where one has moved. It gives the
// environments where it did something. A trouble in one environment keeps none
// of the others waiting; the error has them all.
func (p *Plane) Tick(ctx context.Context) ([]Ticked, error) {
	envs, err := p.store.Environments(ctx)
	if err != nil {
		return nil, fmt.Errorf("read environments: %w", err)
	}
	ticked := make([]Ticked, len(envs))
	var faults []error
	for i, env := range envs {
		ticked[i].Environment = env.Slug
		s, ok, err := p.bury(ctx, env.ID)
		if ok {
			ticked[i].Ended = &s
		}
		ran, rerr := p.startWaitingIn(ctx, env.ID)
		ticked[i].Ran = ran
		faults = append(faults, err, rerr)
	}
	polled, err := p.pollDue(ctx, envs)
	faults = append(faults, err, p.store.DropAnswers(ctx, p.now()))
	for i, env := range envs {
		t := polled[env.ID]
		ticked[i].Asked, ticked[i].Problem = t.Asked, t.Problem
		if t.Asked == nil {
			continue
		}
		ran, err := p.startWaitingIn(ctx, env.ID)
		ticked[i].Ran = append(ticked[i].Ran, ran...)
		faults = append(faults, err)
	}
	ticked = slices.DeleteFunc(ticked, func(t Ticked) bool {
		return t.Ended == nil && t.Asked == nil && t.Problem == nil && len(t.Ran) == 0
	})
	return ticked, errors.Join(faults...)
}

// startWaitingIn has what waits in an environment run: by whoever starts syncs
// here, or else by this call.
func (p *Plane) startWaitingIn(ctx context.Context, env string) ([]slipway.Sync, error) {
	if p.start == nil {
		return p.RunWaiting(ctx, env)
	}
	slot, err := p.store.Slot(ctx, env)
	if err != nil {
		return nil, fmt.Errorf("read slot: %w", err)
	}
	if slot.Waiting != "" && slot.Running == "" {
		p.start(Work{Environment: env})
	}
	return nil, nil
}
