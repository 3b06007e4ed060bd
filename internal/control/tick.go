package control

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Bounds of one tick.
const (
	pollTime  = 10 * time.Second // for one repository to give its tip
	pollsTick = 256              // environments that one tick asks
	atOnce    = 16               // of them side by side
)

// Ticked is what a tick did in one environment.
type Ticked struct {
	Environment string           `json:"environment"`       // slug
	Ended       *slipway.Sync    `json:"ended,omitempty"`   // whose worker was dead
	Asked       *slipway.Sync    `json:"asked,omitempty"`   // a sync that the clock asked for: the branch has moved
	Problem     *slipway.Problem `json:"problem,omitempty"` // why the branch gave no tip
	Ran         []slipway.Sync   `json:"ran,omitempty"`
}

// Tick is what a clock calls. It ends syncs whose workers are dead, asks the
// branches that are due for their tips and asks for a sync where one has moved,
// and starts or runs the syncs that wait with nobody before them. It gives the
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
		faults = append(faults, err)
	}
	polled, err := p.pollDue(ctx, envs)
	faults = append(faults, err, p.store.DropAnswers(ctx, p.now()))
	for i, env := range envs {
		if t, ok := polled[env.ID]; ok {
			ticked[i].Asked, ticked[i].Problem = t.Asked, t.Problem
		}
		ran, err := p.startWaitingIn(ctx, env.ID)
		ticked[i].Ran = ran
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

// pollDue asks the branches that are due, at most atOnce side by side, and
// gives what came of it by environment.
func (p *Plane) pollDue(ctx context.Context, envs []slipway.Environment) (map[string]Ticked, error) {
	due, err := p.store.DuePolls(ctx, p.now(), pollsTick)
	if err != nil {
		return nil, fmt.Errorf("read due polls: %w", err)
	}
	byID := map[string]slipway.Environment{}
	for _, e := range envs {
		byID[e.ID] = e
	}
	var (
		mu     sync.Mutex
		wg     sync.WaitGroup
		faults []error
		polled = map[string]Ticked{}
		places = make(chan struct{}, atOnce)
	)
	for _, poll := range due {
		env, ok := byID[poll.Environment]
		if !ok {
			continue // it came or went meanwhile
		}
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			t, err := p.poll(ctx, env, poll)
			mu.Lock()
			defer mu.Unlock()
			faults, polled[env.ID] = append(faults, err), t
		})
	}
	wg.Wait()
	return polled, errors.Join(faults...)
}

// poll asks one branch for its tip. Whoever moves the poll first asks: another
// clock passes it over. A branch that gives no tip is no error: it is asked
// again later.
func (p *Plane) poll(ctx context.Context, env slipway.Environment, poll slipway.Poll) (Ticked, error) {
	claimed := poll.Asked(env, p.now(), rand.N(env.PollEvery()/2+1))
	err := p.store.PutPoll(ctx, claimed)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return Ticked{}, nil
	}
	if err != nil {
		return Ticked{}, fmt.Errorf("write poll: %w", err)
	}
	asked, err := p.askIfMoved(ctx, env)
	if err != nil && ctx.Err() == nil && asksAgain(err) {
		problem := problemOf(ctx, err)
		return Ticked{Problem: problem}, p.movePoll(ctx, env.ID, func(poll slipway.Poll) slipway.Poll {
			return poll.Failed(env, p.now(), *problem)
		})
	}
	if err == nil && claimed.Failures > 0 {
		err = p.movePoll(ctx, env.ID, slipway.Poll.Answered)
	}
	return Ticked{Asked: asked}, err
}

// asksAgain reports whether a failed question is the repository's, to be asked
// again later.
func asksAgain(err error) bool {
	return !fault.Is(err, fault.Internal) || errors.Is(err, context.DeadlineExceeded)
}

// askIfMoved asks for a sync if the branch has something that the last one did
// not find, and none is on its way to it.
func (p *Plane) askIfMoved(ctx context.Context, env slipway.Environment) (*slipway.Sync, error) {
	slot, err := p.store.Slot(ctx, env.ID)
	if err != nil {
		return nil, fmt.Errorf("read slot: %w", err)
	}
	if slot.Waiting != "" {
		return nil, nil //nolint:nilnil // no sync was asked for
	}
	short, cancel := context.WithTimeout(ctx, pollTime)
	defer cancel()
	_, same, err := p.findsSame(short, env.ID, env.Repository, p.versions(env))
	if err != nil || same {
		return nil, err
	}
	if slot.Running != "" {
		s, err := p.store.Sync(ctx, env.ID, slot.Running)
		if err != nil {
			return nil, fmt.Errorf("read sync: %w", err)
		}
		tip, err := p.remote.Tip(short, env.Repository)
		if err != nil || s.Commit == nil || s.Commit.SHA == tip {
			return nil, err // it brings what is new, or will fetch it
		}
	}
	s, err := p.RequestSync(ctx, env.Slug, SyncOptions{Actor: slipway.ClockActor(), IfChanged: true})
	if err != nil {
		return nil, err
	}
	return &s, nil
}

// movePoll moves an environment's poll, again when somebody else was first.
func (p *Plane) movePoll(ctx context.Context, env string, next func(slipway.Poll) slipway.Poll) error {
	for n := 1; ; n++ {
		poll, err := p.store.Poll(ctx, env)
		if err == nil {
			err = p.store.PutPoll(ctx, next(poll))
		}
		if err == nil || fault.Is(err, fault.NotFound) { // the environment went meanwhile
			return nil
		}
		again := fault.Is(err, fault.Conflict) || fault.Is(err, fault.Unavailable)
		if !again || n >= maxFaults || wait(ctx, n) != nil {
			return fmt.Errorf("write poll: %w", err)
		}
	}
}
