package control

import (
	"context"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// MakeLiveOptions qualify MakeLive.
type MakeLiveOptions struct {
	From     string // the live deployment that the person saw, "" if they did not say
	Override bool   // during a freeze, also what never was live
}

// MakeLive makes a deployment live that is named by its id, by its commit, or
// by "previous".
func (p *Plane) MakeLive(ctx context.Context, env, workflow, name string, r Request, o MakeLiveOptions) (Result, error) {
	mayGuess := r.Preview == nil // a preview appends nothing, so nothing would check the guess
	return p.command(ctx, env, r.on(workflow), func(l *Look, head slipway.Row, e slipway.Entry) ([]slipway.Row, error) {
		target, err := l.target(ctx, head, workflow, name)
		if err != nil {
			return nil, err
		}
		newest, guessed, err := l.newestBeside(ctx, head, target, mayGuess)
		mayGuess = false
		if err != nil {
			return nil, err
		}
		rows, err := slipway.MakeLive{Entry: e, Target: target, Newest: newest, From: o.From, Override: o.Override}.Decide(head)
		for i := range rows {
			if guessed {
				rows[i].LastSync = target.Sequence
			}
		}
		return rows, err
	})
}

// newestBeside is newestGood, or what stands for it beside the target. A live
// deployment that is newer than the target is valid, and where its code is not
// rejected, newestGood finds it or a newer one: a roll back reads no list. Where
// automation has brought none that is newer, none is there unless a sync was asked
// for since: that is guessed, if it may be, and for the append to find out.
func (l *Look) newestBeside(ctx context.Context, head slipway.Row, target slipway.Deployment, mayGuess bool) (newest int64, guessed bool, err error) {
	w := head.State.Workflows[target.Workflow]
	switch {
	case w.Live != nil && w.Live.Sequence > target.Sequence && !head.State.IsRejected(w.Live.Code):
		return w.Live.Sequence, false, nil
	case mayGuess && target.Outcome == slipway.Valid && !head.State.IsRejected(target.Code) && (w.Offered == nil || w.Offered.Sequence <= target.Sequence):
		return target.Sequence, true, nil
	}
	newest, err = l.newestGood(ctx, head, target.Workflow)
	return newest, false, err
}

// newestGood is the sequence of the workflow's newest valid deployment whose
// code is not rejected, 0 if there is none.
func (l *Look) newestGood(ctx context.Context, head slipway.Row, workflow string) (int64, error) {
	q := DeploymentQuery{Workflow: workflow, Outcome: slipway.Valid, Page: Page{Limit: 1}} // it is nearly always the first
	for d, err := range l.p.deployments(ctx, l.env.ID, q) {
		if err != nil {
			return 0, err
		}
		if !head.State.IsRejected(d.Code) {
			return d.Sequence, nil
		}
	}
	return 0, nil
}

// previous is the deployment that a roll back goes to.
func (l *Look) previous(ctx context.Context, head slipway.Row, workflow string) (slipway.Deployment, bool, error) {
	live := head.State.Workflows[workflow].Live
	if live == nil {
		return slipway.Deployment{}, false, nil
	}
	q := DeploymentQuery{Workflow: workflow, WasLive: true, Below: live.Sequence, Page: Page{Limit: 10}}
	for d, err := range l.p.deployments(ctx, l.env.ID, q) {
		if err != nil {
			return slipway.Deployment{}, false, err
		}
		if found, ok := slipway.Previous(head, workflow, []slipway.Deployment{d}); ok {
			return found, true, nil
		}
	}
	return slipway.Deployment{}, false, nil
}

// Deactivate leaves the workflow without a live deployment and holds it.
func (p *Plane) Deactivate(ctx context.Context, env, workflow string, r Request, from string) (Result, error) {
	return p.onWorkflow(ctx, env, workflow, r, func(e slipway.Entry) slipway.Command {
		return slipway.Deactivate{Entry: e, Workflow: workflow, From: from}
	})
}

// Hold keeps automation away from the workflow.
func (p *Plane) Hold(ctx context.Context, env, workflow string, r Request) (Result, error) {
	return p.onWorkflow(ctx, env, workflow, r, func(e slipway.Entry) slipway.Command {
		return slipway.SetHold{Entry: e, Workflow: workflow}
	})
}

// Lift ends the workflow's hold.
func (p *Plane) Lift(ctx context.Context, env, workflow string, r Request) (Result, error) {
	return p.onWorkflow(ctx, env, workflow, r, func(e slipway.Entry) slipway.Command {
		return slipway.Lift{Entry: e, Workflow: workflow}
	})
}

// onWorkflow carries out a command that needs nothing but the head.
func (p *Plane) onWorkflow(ctx context.Context, env, workflow string, r Request, c func(slipway.Entry) slipway.Command) (Result, error) {
	return p.command(ctx, env, r.on(workflow), func(l *Look, head slipway.Row, e slipway.Entry) ([]slipway.Row, error) {
		if err := l.refuseUnknown(ctx, head, workflow); err != nil {
			return nil, err
		}
		return c(e).Decide(head)
	})
}

// Reject marks the code of a deployment, named as for MakeLive; if it is live,
// the previous one takes its place.
func (p *Plane) Reject(ctx context.Context, env, workflow, name string, r Request, from string) (Result, error) {
	return p.command(ctx, env, r.on(workflow), func(l *Look, head slipway.Row, e slipway.Entry) ([]slipway.Row, error) {
		target, err := l.target(ctx, head, workflow, name)
		if err != nil {
			return nil, err
		}
		c := slipway.Reject{Entry: e, Target: target, From: from}
		previous, ok, err := l.previous(ctx, head, workflow)
		if err != nil {
			return nil, err
		}
		if ok {
			c.Previous = &previous
		}
		return c.Decide(head)
	})
}

// Accept takes the rejection off the code of a deployment, named as for
// MakeLive.
func (p *Plane) Accept(ctx context.Context, env, workflow, name string, r Request, from string) (Result, error) {
	return p.command(ctx, env, r.on(workflow), func(l *Look, head slipway.Row, e slipway.Entry) ([]slipway.Row, error) {
		target, err := l.target(ctx, head, workflow, name)
		if err != nil {
			return nil, err
		}
		return slipway.Accept{Entry: e, Target: target, From: from}.Decide(head)
	})
}
