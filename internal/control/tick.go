package control

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// atOnce is how many environments a tick looks at side by side.
const atOnce = 16

// Ticked is what a tick did in one environment.
type Ticked struct {
	Environment string           `json:"environment"`       // slug
	Ended       *slipway.Sync    `json:"ended,omitempty"`   // whose worker was dead
	Asked       *slipway.Sync    `json:"asked,omitempty"`   // a sync that the clock asked for: the branch has what no sync has brought
	Problem     *slipway.Problem `json:"problem,omitempty"` // why the branch gave no tip
	Ran         []slipway.Sync   `json:"ran,omitempty"`
}

// Tick is what a clock calls. It ends syncs whose workers are dead, starts or
// runs the syncs that wait with nobody before them, asks the branches that are
// due for their tips, and asks for a sync where one has moved. Where nobody
// starts work here it runs syncs one after the other. It gives the environments
// where it did something. A trouble in one environment keeps none of the others
// waiting; the error has them all.
func (p *Plane) Tick(ctx context.Context) ([]Ticked, error) {
	envs, err := p.store.Environments(ctx)
	if err != nil {
		return nil, fmt.Errorf("read environments: %w", err)
	}
	ticked := make([]Ticked, len(envs))
	buried := sideBySide(len(envs), func(i int) error {
		ticked[i].Environment = envs[i].Slug
		s, ok, err := p.bury(ctx, envs[i].ID)
		if ok {
			ticked[i].Ended = &s
		}
		return in(envs[i].Slug, err)
	})
	started := p.startAll(ctx, envs, ticked, func(Ticked) bool { return true })
	polled, asked := p.pollDue(ctx)
	for i, env := range envs {
		ticked[i].Asked, ticked[i].Problem = polled[env.ID].Asked, polled[env.ID].Problem
	}
	dropped := p.store.DropAnswers(ctx, p.now())
	startedToo := p.startAll(ctx, envs, ticked, func(t Ticked) bool { return t.Asked != nil })
	ticked = slices.DeleteFunc(ticked, func(t Ticked) bool {
		return t.Ended == nil && t.Asked == nil && t.Problem == nil && len(t.Ran) == 0
	})
	return ticked, errors.Join(buried, started, asked, dropped, startedToo)
}

// startAll has what waits run, in those environments of which the tick has this
// to say: by whoever starts syncs here, or else by this call.
func (p *Plane) startAll(ctx context.Context, envs []slipway.Environment, ticked []Ticked, of func(Ticked) bool) error {
	if p.start != nil {
		return sideBySide(len(envs), func(i int) error {
			if !of(ticked[i]) {
				return nil
			}
			return in(envs[i].Slug, p.startIn(ctx, envs[i].ID))
		})
	}
	var faults []error
	for i, env := range envs {
		if of(ticked[i]) {
			ran, err := p.RunWaiting(ctx, env.ID)
			ticked[i].Ran = append(ticked[i].Ran, ran...)
			faults = append(faults, in(env.Slug, err))
		}
	}
	return errors.Join(faults...)
}

func (p *Plane) startIn(ctx context.Context, env string) error {
	slot, err := p.store.Slot(ctx, env)
	if err != nil {
		return fmt.Errorf("read slot: %w", err)
	}
	if slot.Waiting != "" && slot.Running == "" {
		p.start(Work{Environment: env})
	}
	return nil
}

// in says in which environment something went wrong.
func in(slug string, err error) error {
	if err != nil {
		err = fmt.Errorf("environment %s: %w", slug, err)
	}
	return err
}

// sideBySide calls do for 0 to n-1, atOnce of them at the same time, and gives
// all errors.
func sideBySide(n int, do func(i int) error) error {
	var wg sync.WaitGroup
	faults := make([]error, n)
	places := make(chan struct{}, atOnce)
	for i := range n {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			faults[i] = do(i)
		})
	}
	wg.Wait()
	return errors.Join(faults...)
}
