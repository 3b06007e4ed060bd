package control

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Tries and waits of a writer that keeps losing the race, or whose store keeps
// failing. With jitter the waits stay short: appends take milliseconds.
const (
	maxConflicts = 200
	maxFaults    = 8
	shortestWait = 2 * time.Millisecond
	longestWait  = 100 * time.Millisecond
)

// appender appends what decide gives for the head, row by row. After a lost
// race, or a write whose answer did not come, decide is asked again.
type appender struct {
	env    string
	fence  *slipway.Fence
	decide func(head slipway.Row) ([]slipway.Row, error)
	wrote  func(slipway.Row)
	tries  int  // that failed and were worth another
	sent   bool // the store was asked for a row
	rows   int  // appended
}

func (p *Plane) append(ctx context.Context, a *appender) error {
	faults := 0
	for {
		again, err := p.try(ctx, a)
		if err == nil || !again {
			return err
		}
		a.tries++
		if fault.Is(err, fault.Unavailable) {
			faults++
		}
		if a.tries > maxConflicts || faults > maxFaults || wait(ctx, a.tries) != nil {
			return err
		}
	}
}

// try reads the head, decides and appends once. again says that a failure was
// the store's or a lost race, not a refusal.
func (p *Plane) try(ctx context.Context, a *appender) (again bool, err error) {
	head, err := p.store.Head(ctx, a.env)
	if err != nil {
		return fault.Is(err, fault.Unavailable), fmt.Errorf("read head: %w", err)
	}
	rows, err := a.decide(head)
	if err != nil {
		return fault.Is(err, fault.Unavailable), err
	}
	for _, row := range rows {
		began := p.now()
		a.sent = true
		stored, err := p.store.Append(ctx, a.env, row, a.fence)
		p.resolved.drop()
		if err != nil {
			return fault.Is(err, fault.Conflict) || fault.Is(err, fault.Unavailable), fmt.Errorf("append row: %w", err)
		}
		a.rows++
		p.observe(Event{Environment: a.env, Row: &stored, Took: p.now().Sub(began)})
		a.wrote(stored)
	}
	return false, nil
}

// wait sleeps before try n+1: longer from try to try, and by chance.
func wait(ctx context.Context, n int) error {
	most := min(longestWait, shortestWait<<min(n, 10))
	t := time.NewTimer(shortestWait + rand.N(most))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
