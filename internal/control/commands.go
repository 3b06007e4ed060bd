package control

import (
	"context"
	"fmt"
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
	Environment slipway.Environment // its id and slug; of SetEnvironment, all of it
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

// commandInParts is command for one that may take several rows. An environment
// that this process has seen is not read again. What it knows of one may be past,
// and no store appends to an environment that was removed: so a command that wrote
// its rows has found the right one, and one that ended in any other way begins
// again with the environment as it is stored.
func (p *Plane) commandInParts(ctx context.Context, slug string, r Request, d decideParts) (Result, error) {
	g := given{Request: r, at: p.now(), repeated: r.Key != "", decide: d}
	if !g.repeated {
		var err error
		if g.Key, err = newID("key", g.at); err != nil {
			return Result{}, err
		}
	}
	if r.Preview != nil {
		res, _, err := p.carryOutIn(ctx, r.Preview, g)
		return res, err
	}
	if env, ok := p.ids.get(slug); ok {
		res, sent, err := p.carryOutIn(ctx, p.lookAt(env), g)
		if sent && (res.Changed || fault.Is(err, fault.Unavailable)) { // what got no answer may have been written
			return res, err
		}
		g.repeated = g.repeated || sent
	}
	l, err := p.Look(ctx, slug)
	if err != nil {
		return Result{}, err
	}
	res, _, err := p.carryOutIn(ctx, l, g)
	return res, err
}

// given is a command as it stays, however often it begins again. Its Key is never
// empty.
type given struct {
	Request
	at       time.Time
	repeated bool // its row may be there from the start
	decide   decideParts
}

// carryOutIn does what was given in the environment of l, of which it needs the id and
// the slug. sent says that it asked the store for a row at least once.
func (p *Plane) carryOutIn(ctx context.Context, l *Look, g given) (res Result, sent bool, err error) {
	env := slipway.Environment{ID: l.env.ID, Slug: l.env.Slug}
	entry := slipway.Entry{
		ID: slipway.RowID(env.ID, g.Actor.String(), g.Key), At: g.at, Actor: g.Actor, Reason: g.Reason,
	}
	if err := entry.Validate(); err != nil {
		return Result{}, false, err
	}
	res.Environment = env
	a := appender{env: env.ID}
	a.decide = func(head slipway.Row) ([]slipway.Row, error) {
		if g.repeated || a.tries > 0 {
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
			if err := p.refuseUnseen(ctx, env, head, g.Request); err != nil {
				return nil, err
			}
		}
		rows, err := g.decide(l.at(head), head, entry, a.rows)
		if err != nil || g.Preview == nil {
			return rows, err
		}
		res.Before = head
		for _, row := range rows {
			res.write(row)
		}
		return nil, nil
	}
	if g.Preview != nil {
		head, err := l.readHead(ctx)
		if err == nil {
			_, err = a.decide(head)
		}
		return res, false, err
	}
	a.wrote = res.write
	err = p.append(ctx, &a)
	return res, a.sent, err
}
