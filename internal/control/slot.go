package control

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Locks is the port for proof of life on one machine: whoever runs a sync holds
// its lock, and a lock that is free proves that nobody does.
type Locks interface {
	// TryLock takes the lock of this name, ok false if another holds it. It is
	// free again when release is called or the process dies.
	TryLock(name string) (release func(), ok bool, err error)
	// Forget removes what is left of a lock that nobody will ask for again.
	Forget(name string)
}

// moveSlot reads the slot and the sync with this id, decides, and writes; again
// when somebody else was first or the answer did not come. id may be "" where the
// decision needs no sync.
func (p *Plane) moveSlot(ctx context.Context, env, id string, decide func(slot slipway.Slot, sync slipway.Sync) (slipway.SlotMove, error)) (slipway.SlotMove, error) {
	for n := 1; ; n++ {
		m, err := p.tryMove(ctx, env, id, decide)
		passing := fault.Is(err, fault.Unavailable) && n <= maxFaults || fault.CodeOf(err) == "slot-moved" && n <= maxConflicts
		if err == nil || !passing || wait(ctx, n) != nil {
			return m, err
		}
	}
}

func (p *Plane) tryMove(ctx context.Context, env, id string, decide func(slipway.Slot, slipway.Sync) (slipway.SlotMove, error)) (slipway.SlotMove, error) {
	slot, err := p.store.Slot(ctx, env)
	if err != nil {
		return slipway.SlotMove{}, fmt.Errorf("read slot: %w", err)
	}
	var sync slipway.Sync
	if id != "" {
		if sync, err = p.store.Sync(ctx, env, id); err != nil {
			return slipway.SlotMove{}, fmt.Errorf("read sync: %w", err)
		}
	}
	m, err := decide(slot, sync)
	if err != nil || !m.Moves() {
		return m, err
	}
	if err := p.store.MoveSlot(ctx, env, m); err != nil {
		return m, fmt.Errorf("move slot: %w", err)
	}
	return m, nil
}

// ask gives a new sync its place. With a lease it runs at once where it can.
func (p *Plane) ask(ctx context.Context, sync slipway.Sync, lease *slipway.Lease) (slipway.Sync, error) {
	asked := false
	m, err := p.moveSlot(ctx, sync.Environment, "", func(slot slipway.Slot, _ slipway.Sync) (slipway.SlotMove, error) {
		if asked { // an answer may have been lost: what is stored stands
			stored, err := p.store.Sync(ctx, sync.Environment, sync.ID)
			if !fault.Is(err, fault.NotFound) {
				return slipway.SlotMove{Sync: stored}, err
			}
		}
		asked = true
		var waiting *slipway.Sync
		if slot.Waiting != "" {
			w, err := p.store.Sync(ctx, sync.Environment, slot.Waiting)
			if err != nil {
				return slipway.SlotMove{}, fmt.Errorf("read waiting sync: %w", err)
			}
			waiting = &w
		}
		return slot.Ask(sync, waiting, lease), nil
	})
	return m.Sync, err
}

// Follow reads a sync and, while it is superseded, the one it was merged into.
func (p *Plane) Follow(ctx context.Context, env, id string) (slipway.Sync, error) {
	for {
		s, err := p.store.Sync(ctx, env, id)
		if err != nil {
			return slipway.Sync{}, fmt.Errorf("read sync: %w", err)
		}
		if s.Status != slipway.SyncSuperseded || s.MergedInto == "" {
			return s, nil
		}
		id = s.MergedInto
	}
}

// startWaiting makes the waiting sync id this worker's, ok false if it cannot be
// now.
func (p *Plane) startWaiting(ctx context.Context, env, id string) (s slipway.Sync, ok bool, err error) {
	m, err := p.moveSlot(ctx, env, id, func(slot slipway.Slot, sync slipway.Sync) (slipway.SlotMove, error) {
		if sync.Status == slipway.SyncRunning && sync.Lease != nil && sync.Lease.Owner == p.owner {
			return slipway.SlotMove{Sync: sync}, nil // an answer was lost
		}
		return slot.Start(sync, p.lease("start", 0)), nil
	})
	s = m.Sync
	return s, err == nil && s.Status == slipway.SyncRunning && s.Lease != nil && s.Lease.Owner == p.owner, err
}

// bury ends the environment's running sync if its worker is dead: its lease has
// run out, or the lock that it holds while it lives is free. ok says that it did.
func (p *Plane) bury(ctx context.Context, env string) (s slipway.Sync, ok bool, err error) {
	slot, err := p.store.Slot(ctx, env)
	if err != nil || slot.Running == "" {
		return slipway.Sync{}, false, err
	}
	s, err = p.store.Sync(ctx, env, slot.Running)
	if err != nil {
		return slipway.Sync{}, false, fmt.Errorf("read sync: %w", err)
	}
	problem := &slipway.Problem{Code: CodeDied, Hint: "sync again", Transient: true}
	switch locked, lerr := p.isLocked(s.ID); {
	case lerr != nil:
		return slipway.Sync{}, false, lerr
	case s.Status != slipway.SyncRunning:
		return slipway.Sync{}, false, nil
	case s.Dead(p.now()):
		problem.Detail = "its worker was not heard of until its lease ran out at " + s.Lease.Expires.UTC().Format(time.RFC3339)
	case p.locks != nil && !locked:
		problem.Detail = "its worker died"
	default:
		return slipway.Sync{}, false, nil
	}
	s, err = p.endOther(ctx, s, problem)
	if raced(err) { // somebody else has ended it, or is about to
		return slipway.Sync{}, false, nil
	}
	return s, err == nil, err
}

// raced reports whether err says that another has moved the sync meanwhile.
func raced(err error) bool {
	return fault.CodeOf(err) == codeMoved || fault.Is(err, fault.LeaseLost)
}

const codeMoved = "sync-moved"

// CodeDied is the problem of a sync whose worker died.
const CodeDied = "worker-died"

// isLocked reports whether a worker on this machine holds the sync's lock.
func (p *Plane) isLocked(id string) (bool, error) {
	if p.locks == nil {
		return false, nil
	}
	release, ok, err := p.locks.TryLock(id)
	if err != nil {
		return false, fmt.Errorf("look at the lock of %s: %w", id, err)
	}
	if ok {
		release()
	}
	return !ok, nil
}

// endOther takes a running sync from its worker and ends it with a problem.
func (p *Plane) endOther(ctx context.Context, s slipway.Sync, problem *slipway.Problem) (slipway.Sync, error) {
	m, err := p.moveSlot(ctx, s.Environment, s.ID, func(slot slipway.Slot, stored slipway.Sync) (slipway.SlotMove, error) {
		mine := stored.Lease != nil && stored.Lease.Owner == p.owner && stored.Generation == s.Generation+1
		if stored.Status != slipway.SyncRunning || stored.Generation != s.Generation && !mine {
			return slipway.SlotMove{}, fault.New(fault.Conflict, codeMoved, "sync %s went on meanwhile", s.ID).WithHint("look again")
		}
		if mine {
			return slipway.SlotMove{Sync: stored}, nil
		}
		return slot.TakeOver(stored, p.lease("finish", 0)), nil
	})
	if err != nil {
		return slipway.Sync{}, err
	}
	taken := m.Sync
	ref := SyncRef{Environment: taken.Environment, Sync: taken.ID, Generation: taken.Generation}
	return p.finish(context.WithoutCancel(ctx), FinishInput{SyncRef: ref, Problem: problem})
}

// Cancel ends a sync that waits or runs. It gives the sync as it is when it has
// ended already, with changed false.
func (p *Plane) Cancel(ctx context.Context, slug, id string, r Request) (s slipway.Sync, changed bool, err error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return s, false, err
	}
	if err := (slipway.Entry{Actor: r.Actor, Reason: r.Reason}).Validate(); err != nil {
		return s, false, err
	}
	problem := &slipway.Problem{Code: CodeCancelled, Detail: "cancelled by " + r.Actor.String(), Hint: "sync again", Transient: true}
	if r.Reason != "" {
		problem.Detail += ` ("` + r.Reason + `")`
	}
	for {
		if s, err = p.Follow(ctx, env.ID, id); err != nil {
			return s, false, unknownIn(err, env, "sync", id, "syncs", fault.EnvArg)
		}
		switch {
		case s.Status.Ended():
			return s, false, nil
		case s.Status == slipway.SyncQueued:
			ref := SyncRef{Environment: env.ID, Sync: s.ID, Generation: s.Generation}
			s, err = p.finish(ctx, FinishInput{SyncRef: ref, Problem: problem})
		default:
			s, err = p.endOther(ctx, s, problem)
		}
		if !raced(err) {
			return s, err == nil, err
		}
		if wait(ctx, 1) != nil {
			return s, false, err
		}
	}
}

// CodeCancelled is the problem of a sync that somebody cancelled.
const CodeCancelled = "cancelled"

// enter extends the running sync's lease for a step, and notes when the step
// before it ended and this one began.
func (p *Plane) enter(ctx context.Context, in SyncRef, step string) (slipway.Sync, error) {
	s, err := p.store.Sync(ctx, in.Environment, in.Sync)
	if err != nil {
		return s, fmt.Errorf("read sync: %w", err)
	}
	err = p.enterWith(ctx, in, &s, step)
	return s, err
}

// enterWith is enter for a record that the step before has changed.
func (p *Plane) enterWith(ctx context.Context, in SyncRef, s *slipway.Sync, step string) error {
	lease := p.lease(step, s.Batches)
	if s.Lease != nil {
		lease.Owner = s.Lease.Owner
	}
	s.Lease, s.Steps = &lease, stepped(s.Steps, step, p.now().UTC())
	if err := p.store.UpdateSync(ctx, in.fence(), *s); err != nil {
		return fmt.Errorf("extend lease: %w", err)
	}
	return nil
}

// stepped ends the newest of steps and adds the next, "" for none. A step that is
// tried again goes on.
func stepped(steps []slipway.StepTime, next string, at time.Time) []slipway.StepTime {
	steps = slices.Clone(steps)
	if n := len(steps) - 1; n >= 0 {
		if steps[n].Step == next {
			return steps
		}
		steps[n].Took = at.Sub(steps[n].Start)
	}
	if next == "" {
		return steps
	}
	return append(steps, slipway.StepTime{Step: next, Start: at})
}

// lease is this worker's for one step of this many batches, from now.
func (p *Plane) lease(step string, batches int) slipway.Lease {
	return slipway.Lease{Owner: p.owner, Expires: p.now().UTC().Add(p.leases(step, batches))}
}

// defaultLease is for engines that do not say how long a step may take.
func defaultLease(string, int) time.Duration { return 10 * time.Minute }
