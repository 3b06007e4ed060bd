package control

import (
	"context"
	"fmt"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// How often whoever waits looks, and how long a worker that has ended its own
// sync leaves the waiting one to those who wait for it.
const (
	lookEvery = 100 * time.Millisecond
	handOver  = 2 * time.Second
)

// run is a worker's: the engine runs the steps, and where they did not come to
// the end, it is recorded here. When the sync was taken from this worker
// meanwhile, it writes nothing more and gives the end that others wrote.
func (p *Plane) run(ctx context.Context, s slipway.Sync) (slipway.Sync, error) {
	p.observe(Event{Environment: s.Environment, Began: &s})
	failed := p.engine(ctx, p, refOf(s))
	problem := problemOf(ctx, failed)
	ctx = context.WithoutCancel(ctx)
	now, err := p.store.Sync(ctx, s.Environment, s.ID)
	switch {
	case err == nil && now.Status.Ended() && now.Generation == s.Generation:
		return now, nil
	case err == nil && now.Generation != s.Generation, fault.Is(failed, fault.LeaseLost):
		return p.lost(ctx, s)
	}
	ended, err := p.finish(ctx, FinishInput{SyncRef: refOf(s), Problem: problem})
	if fault.Is(err, fault.LeaseLost) {
		return p.lost(ctx, s)
	}
	return ended, err
}

// lost waits for the end of a sync that another took over.
func (p *Plane) lost(ctx context.Context, s slipway.Sync) (slipway.Sync, error) {
	p.progress(Progress{Step: "lost", Text: "the sync was taken from this worker; it writes nothing more"})
	for {
		now, err := p.store.Sync(ctx, s.Environment, s.ID)
		if err != nil {
			return slipway.Sync{}, fmt.Errorf("read sync: %w", err)
		}
		if now.Status.Ended() {
			return now, nil
		}
		if _, _, err := p.bury(ctx, s.Environment); err != nil {
			return slipway.Sync{}, err
		}
		if err := pause(ctx); err != nil {
			return now, err
		}
	}
}

// attend follows a sync to its end. It runs it itself when its turn has come and
// nobody else does, and ends a running one whose worker is dead.
func (p *Plane) attend(ctx context.Context, s slipway.Sync) (slipway.Sync, error) {
	p.progress(Progress{Step: "wait", Text: "another sync runs; " + s.ID + " is next"})
	for {
		var err error
		if s, err = p.Follow(ctx, s.Environment, s.ID); err != nil {
			return slipway.Sync{}, err
		}
		if s.Status.Ended() {
			return s, nil
		}
		if s.Status == slipway.SyncQueued {
			if ended, ran, err := p.take(ctx, s); ran || err != nil {
				return ended, err
			}
		}
		if _, _, err := p.bury(ctx, s.Environment); err != nil {
			return slipway.Sync{}, err
		}
		if err := pause(ctx); err != nil {
			return s, err
		}
	}
}

// take runs the waiting sync, ran false when it is not its turn or another's.
func (p *Plane) take(ctx context.Context, s slipway.Sync) (ended slipway.Sync, ran bool, err error) {
	slot, err := p.store.Slot(ctx, s.Environment)
	if err != nil || slot.Running != "" || slot.Waiting != s.ID {
		return s, false, err
	}
	release, ok, err := p.lock(s.ID)
	if err != nil || !ok {
		return s, false, err
	}
	defer release()
	s, ok, err = p.startWaiting(ctx, s.Environment, s.ID)
	if err != nil || !ok {
		return s, false, err
	}
	ended, err = p.run(ctx, s)
	return ended, true, err
}

// lock takes the lock of a sync; ok is false if another holds it. Without locks
// it is always given.
func (p *Plane) lock(id string) (release func(), ok bool, err error) {
	if p.locks == nil {
		return func() {}, true, nil
	}
	release, ok, err = p.locks.TryLock(id)
	if err != nil {
		return func() {}, false, fmt.Errorf("lock %s: %w", id, err)
	}
	if !ok {
		release = func() {}
	}
	return release, ok, nil
}

// HandOver sees to it that the sync that waits is run: by somebody who waits for
// it or else by this worker. It gives the syncs that this worker ran.
func (p *Plane) HandOver(ctx context.Context, env string) ([]slipway.Sync, error) {
	var ran []slipway.Sync
	for deadline := p.now().Add(handOver); ; {
		slot, err := p.store.Slot(ctx, env)
		if err != nil || slot.Waiting == "" || slot.Running != "" {
			return ran, err
		}
		if p.now().After(deadline) {
			s, err := p.store.Sync(ctx, env, slot.Waiting)
			if err != nil {
				return ran, fmt.Errorf("read sync: %w", err)
			}
			ended, ok, err := p.take(ctx, s)
			if err != nil {
				return ran, err
			}
			if ok {
				ran = append(ran, ended)
			}
		}
		if err := pause(ctx); err != nil {
			return ran, err
		}
	}
}

// RunWaiting runs what waits with nobody before it, until nothing does. It gives
// the syncs that it ran.
func (p *Plane) RunWaiting(ctx context.Context, env string) (ran []slipway.Sync, err error) {
	for {
		s, ok, err := p.runNext(ctx, env)
		if err != nil || !ok {
			return ran, err
		}
		ran = append(ran, s)
	}
}

// RunNext runs the sync that waits with nobody before it, ran false where there
// is none.
func (p *Plane) RunNext(ctx context.Context, env string) (ran bool, err error) {
	_, ran, err = p.runNext(ctx, env)
	return ran, err
}

func (p *Plane) runNext(ctx context.Context, env string) (ended slipway.Sync, ran bool, err error) {
	slot, err := p.store.Slot(ctx, env)
	if err != nil || slot.Waiting == "" || slot.Running != "" {
		return slipway.Sync{}, false, err
	}
	s, err := p.store.Sync(ctx, env, slot.Waiting)
	if err != nil {
		return slipway.Sync{}, false, fmt.Errorf("read sync: %w", err)
	}
	return p.take(ctx, s)
}

// Ready fails while the store does not answer.
func (p *Plane) Ready(ctx context.Context) error {
	_, err := p.store.DuePolls(ctx, p.now(), 1)
	return err
}

// pause waits a little before looking again.
func pause(ctx context.Context) error {
	t := time.NewTimer(lookEvery)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
