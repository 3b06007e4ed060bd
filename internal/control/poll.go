package control

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Bounds of the polls of one tick.
const (
	pollTime  = 10 * time.Second // for one repository to give its tip
	pollsTick = 256              // environments that one tick asks
	atOnce    = 16               // of them side by side
)

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
// again later, and later still where it fails again.
func (p *Plane) poll(ctx context.Context, env slipway.Environment, poll slipway.Poll) (Ticked, error) {
	claimed := poll.Asked(env, p.now(), rand.N(env.PollEvery()/2+1))
	err := p.store.PutPoll(ctx, claimed)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return Ticked{}, nil
	}
	if err != nil {
		return Ticked{}, fmt.Errorf("write poll: %w", err)
	}
	slot, err := p.store.Slot(ctx, env.ID)
	if err != nil {
		return Ticked{}, fmt.Errorf("read slot: %w", err)
	}
	if slot.Waiting != "" {
		return Ticked{}, nil // it will bring whatever is there when its turn comes
	}
	tip, err := p.tip(ctx, env.Repository)
	if err != nil {
		if ctx.Err() != nil || fault.Is(err, fault.Internal) {
			return Ticked{}, fmt.Errorf("read tip: %w", err)
		}
		problem := problemOf(ctx, err)
		return Ticked{Problem: problem}, p.endPoll(ctx, claimed.Failed(env, p.now(), *problem))
	}
	asked, stuck, err := p.askIfMoved(ctx, env, slot, tip)
	switch {
	case err != nil:
		return Ticked{Asked: asked}, err
	case asked != nil && stuck != nil:
		return Ticked{Asked: asked}, p.endPoll(ctx, claimed.Failed(env, p.now(), *stuck))
	case claimed.Failures > 0:
		return Ticked{Asked: asked}, p.endPoll(ctx, claimed.Answered())
	}
	return Ticked{Asked: asked}, nil
}

// tip reads the tip of a branch within pollTime.
func (p *Plane) tip(ctx context.Context, r slipway.Repository) (string, error) {
	short, cancel := context.WithTimeout(ctx, pollTime)
	defer cancel()
	tip, err := p.remote.Tip(short, r)
	if _, known := errors.AsType[*fault.Fault](err); err != nil && !known && short.Err() != nil && ctx.Err() == nil {
		err = fault.Wrap(err, fault.Unavailable, "timed-out", "the branch gave no tip within %v", pollTime).WithHint("it is asked again later")
	}
	return tip, err
}

// askIfMoved asks for a sync if the last one did not find this tip, and none is
// on its way to it. stuck is the passing problem of the last one where that is
// all that there is to try again for.
func (p *Plane) askIfMoved(ctx context.Context, env slipway.Environment, slot slipway.Slot, tip string) (asked *slipway.Sync, stuck *slipway.Problem, err error) {
	last, same, err := p.foundSame(ctx, env.ID, tip, p.versions(env))
	if err != nil || same {
		return nil, nil, err
	}
	if slot.Running != "" {
		s, err := p.store.Sync(ctx, env.ID, slot.Running)
		if err != nil {
			return nil, nil, fmt.Errorf("read sync: %w", err)
		}
		if s.Commit == nil || s.Commit.SHA == tip {
			return nil, nil, nil // it will fetch what is new, or brings it
		}
	}
	s, err := p.RequestSync(ctx, env.Slug, SyncOptions{Actor: slipway.ClockActor(), IfChanged: true})
	if err != nil {
		return nil, nil, err
	}
	if last.Poll() && last.Problem != nil && last.Problem.Transient && (last.Commit == nil || last.Commit.SHA == tip) {
		stuck = last.Problem
	}
	return &s, stuck, nil
}

// endPoll writes what came of a poll that this clock has asked. Where it moved
// meanwhile the settings are others now, and so is what is due.
func (p *Plane) endPoll(ctx context.Context, poll slipway.Poll) error {
	for n := 1; ; n++ {
		err := p.store.PutPoll(ctx, poll)
		if err == nil || fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
			return nil
		}
		if !fault.Is(err, fault.Unavailable) || n >= maxFaults || wait(ctx, n) != nil {
			return fmt.Errorf("write poll: %w", err)
		}
	}
}

// configurePoll moves the poll of an environment whose settings changed, again
// when a clock was first.
func (p *Plane) configurePoll(ctx context.Context, env slipway.Environment) error {
	for n := 1; ; n++ {
		poll, err := p.store.Poll(ctx, env.ID)
		if err == nil {
			err = p.store.PutPoll(ctx, poll.Configured(env, p.now()))
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
