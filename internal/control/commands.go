package control

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Request is who asks, why, and under which idempotency key. Without a key each
// request is a command of its own.
//
// Seen is the release that whoever asks has seen, nil if they did not say: the
// command is refused if what it is about has changed since.
//
// A Preview is a look whose head the command is decided at, in its environment;
// nothing is written: the result has the rows that would be, with the head that
// they would follow.
type Request struct {
	Actor   slipway.Actor
	Reason  string
	Key     string
	Seen    *int64
	Preview *Look
	about   string // the workflow that the command is about, "" for the environment
}

// on is r for a command about a workflow.
func (r Request) on(workflow string) Request {
	r.about = workflow
	return r
}

// Result is what became of a command. Without Changed what was asked for was so
// already, no row was written, and Row is the head.
type Result struct {
	Environment slipway.Environment
	Row         slipway.Row
	Rows        []slipway.Row // all that this call wrote; Row is the last
	Changed     bool
	Before      slipway.Row // of a preview: the head
}

// Changes are those of all the rows that were written.
func (r Result) Changes() []slipway.Change {
	var changes []slipway.Change
	for _, row := range r.Rows {
		changes = append(changes, row.Changes...)
	}
	return changes
}

// Change returns the row's change of a workflow, with ok false if it has none.
func (r Result) Change(workflow string) (c slipway.Change, ok bool) {
	for _, c := range r.Row.Changes {
		if r.Changed && c.Workflow == workflow {
			return c, true
		}
	}
	return slipway.Change{}, false
}

func (r *Result) write(row slipway.Row) {
	r.Row, r.Rows, r.Changed = row, append(r.Rows, row), true
}

// decide reads what a command needs beside the head and decides. It is called
// again for every head it is tried on.
type decide func(l *Look, head slipway.Row, e slipway.Entry) ([]slipway.Row, error)

// command carries a person's command out: read the head, decide, append, and
// start again when somebody else was first.
func (p *Plane) command(ctx context.Context, slug string, r Request, d decide) (Result, error) {
	return p.commandInParts(ctx, slug, r, func(l *Look, head slipway.Row, e slipway.Entry, _ int) ([]slipway.Row, error) {
		return d(l, head, e)
	})
}

// decideParts is decide for a command of several rows, of which done are
// written.
type decideParts func(l *Look, head slipway.Row, e slipway.Entry, done int) ([]slipway.Row, error)

// commandInParts is command for one that may take several rows.
func (p *Plane) commandInParts(ctx context.Context, slug string, r Request, d decideParts) (Result, error) {
	l := r.Preview
	var err error
	if l == nil {
		l, err = p.Look(ctx, slug)
	}
	if err != nil {
		return Result{}, err
	}
	env := l.env
	key, repeated := r.Key, r.Key != ""
	if !repeated {
		if key, err = newID("key", p.now()); err != nil {
			return Result{}, err
		}
	}
	entry := slipway.Entry{
		ID: slipway.RowID(env.ID, r.Actor.String(), key), At: p.now(), Actor: r.Actor, Reason: r.Reason,
	}
	if err := entry.Validate(); err != nil {
		return Result{}, err
	}
	res := Result{Environment: env}
	a := appender{env: env.ID}
	a.decide = func(head slipway.Row) ([]slipway.Row, error) {
		if repeated || a.tries > 0 {
			row, err := p.store.RowByID(ctx, env.ID, entry.ID)
			if err == nil {
				res.write(row)
				return nil, nil
			}
			if !fault.Is(err, fault.NotFound) {
				return nil, fmt.Errorf("read release: %w", err)
			}
		}
		if !res.Changed {
			res.Row = head
			if err := p.refuseUnseen(ctx, env, head, r); err != nil {
				return nil, err
			}
		}
		rows, err := d(l.at(head), head, entry, a.rows)
		if err != nil || r.Preview == nil {
			return rows, err
		}
		res.Before = head
		for _, row := range rows {
			res.write(row)
		}
		return nil, nil
	}
	if r.Preview != nil {
		head, err := l.readHead(ctx)
		if err == nil {
			_, err = a.decide(head)
		}
		return res, err
	}
	a.wrote = res.write
	return res, p.append(ctx, &a)
}

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
	tries  int // that failed and were worth another
	rows   int // appended
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
