package control

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Bounds of the polls of one tick.
const (
	pollTime  = 10 * time.Second // for one repository to give its tip
	pollsTick = 256              // environments that one tick asks, the longest due first
)

// pollDue asks the branches that are due, and gives what came of it by
// environment.
func (p *Plane) pollDue(ctx context.Context) (map[string]Ticked, error) {
	due, err := p.store.DuePolls(ctx, p.now(), pollsTick)
	if err != nil {
		return nil, fmt.Errorf("read due polls: %w", err)
	}
	each := make([]Ticked, len(due))
	err = sideBySide(len(due), func(i int) (err error) {
		if ctx.Err() == nil {
			each[i], err = p.poll(ctx, due[i])
		}
		return in(due[i].Slug, err)
	})
	polled := map[string]Ticked{}
	for i, t := range each {
		polled[due[i].Environment] = t
	}
	return polled, err
}

// poll asks one branch for its tip, with the settings that its environment has
// now. Whoever moves the poll first asks: another clock passes it over. A branch
// that gives no tip is no error: it is asked again later, and later still where
// it fails again. A clock that dies, or that its store fails, leaves what it
// moved: that is due again before long.
func (p *Plane) poll(ctx context.Context, due slipway.Poll) (Ticked, error) {
	env, err := p.store.Environment(ctx, due.Slug)
	if fault.Is(err, fault.NotFound) || err == nil && env.ID != due.Environment {
		return Ticked{}, nil // it was removed meanwhile
	}
	if err != nil {
		return Ticked{}, fmt.Errorf("read environment: %w", err)
	}
	jitter := rand.N(env.PollJitter() + 1)
	claimed := due.Asked(env, p.now(), jitter)
	err = p.store.PutPoll(ctx, claimed)
	if fault.Is(err, fault.Conflict) || fault.Is(err, fault.NotFound) {
		return Ticked{}, nil
	}
	if err != nil {
		return Ticked{}, fmt.Errorf("write poll: %w", err)
	}
	if env.PollEvery() == 0 {
		return Ticked{}, nil // it was switched off, and whoever did it did not come to its poll
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
	found, err := p.askIfMoved(ctx, env, slot, tip)
	t, answered := Ticked{Asked: found.asked}, claimed.Answered(env, jitter)
	switch {
	case fault.Is(err, fault.NotFound):
		return Ticked{}, nil // it was removed meanwhile
	case err != nil:
		return t, err
	case found.stuck != nil:
		return t, p.endPoll(ctx, claimed.Failed(env, p.now(), *found.stuck))
	case found.underWay && claimed.Failures > 0:
		return t, nil // whether it goes better is seen when that sync has ended
	case claimed.Failures > 0 || !answered.Due.Equal(claimed.Due):
		return t, p.endPoll(ctx, answered)
	}
	return t, nil
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

// found is what a tip means.
type found struct {
	underWay bool             // a sync that waits or runs brings it
	asked    *slipway.Sync    // one was asked for
	stuck    *slipway.Problem // with asked: of the last one, where that is all that there is to try again for
}

// askIfMoved asks for a sync if the last one did not find this tip, and none is
// on its way to it.
func (p *Plane) askIfMoved(ctx context.Context, env slipway.Environment, slot slipway.Slot, tip string) (found, error) {
	next, err := p.newSyncIn(env, SyncOptions{Actor: slipway.ClockActor(), IfChanged: true})
	if err != nil {
		return found{}, err
	}
	last, same, err := p.foundSame(ctx, next, tip)
	if err != nil || same {
		return found{}, err
	}
	if slot.Running != "" {
		s, err := p.store.Sync(ctx, env.ID, slot.Running)
		if err != nil {
			return found{}, fmt.Errorf("read sync: %w", err)
		}
		if s.Alike(next) && (s.Commit == nil || s.Commit.SHA == tip) {
			return found{underWay: true}, nil // it will fetch what is new, or brings it
		}
	}
	s, err := p.requestSync(ctx, next)
	switch {
	case err != nil:
		return found{}, err
	case s.ID != next.ID:
		return found{underWay: true}, nil // somebody asked meanwhile
	case last.Poll() && last.Alike(next) && stuckAt(last, tip):
		return found{asked: &s, stuck: last.Problem}, nil
	}
	return found{asked: &s}, nil
}

// stuckAt reports whether a problem kept s from bringing this tip, as far as its
// record says.
func stuckAt(s slipway.Sync, tip string) bool {
	if s.Problem == nil {
		return false
	}
	return s.Commit == nil || s.Commit.SHA == tip && s.Problem.Transient
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
