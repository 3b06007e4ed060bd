package control

import (
	"context"
	"fmt"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// StartWaiting makes the sync that waits with nobody before it run, for whoever
// has its steps done elsewhere: they must begin within the lease of "start", and
// who cannot begin them calls Abandon. ok is false where nothing waits, or another
// was first. Nobody doing either, the lease runs out and the tick ends the sync.
func (p *Plane) StartWaiting(ctx context.Context, env string) (ref SyncRef, ok bool, err error) {
	slot, err := p.store.Slot(ctx, env)
	if err != nil || slot.Waiting == "" || slot.Running != "" {
		return SyncRef{}, false, err
	}
	s, ok, err := p.startWaiting(ctx, env, slot.Waiting)
	if err != nil || !ok {
		return SyncRef{}, false, err
	}
	return refOf(s), true, nil
}

// Abandon ends a sync whose steps could not be begun, with the problem that was
// met. Steps that were begun all the same write nothing more; a sync that went on
// to another worker, or has ended, stays as it is.
func (p *Plane) Abandon(ctx context.Context, in SyncRef, problem slipway.Problem) error {
	s, err := p.store.Sync(ctx, in.Environment, in.Sync)
	if err != nil {
		return fmt.Errorf("read sync: %w", err)
	}
	if s.Status != slipway.SyncRunning || s.Generation != in.Generation {
		return nil
	}
	if _, err := p.endOther(ctx, s, &problem); err != nil && !raced(err) {
		return err
	}
	return nil
}

// AbandonPlan ends a plan that could not be begun.
func (p *Plane) AbandonPlan(ctx context.Context, env, id string, problem slipway.Problem) error {
	plan, err := p.readPlan(ctx, env, id)
	if err != nil || plan.Status != PlanRunning {
		return err
	}
	p.failPlan(&plan, problem)
	return p.putPlan(ctx, plan)
}

// EnsureToken stores an administrator's token under an id of the operator's
// choice, if there was never one: its secret is asked for only then, and only a
// hash of it is kept. A revoked one stays revoked. The token's text is slipway_,
// the id, _ and the secret.
func (p *Plane) EnsureToken(ctx context.Context, id string, secret func(context.Context) (string, error)) (made bool, err error) {
	_, err = p.store.Token(ctx, id)
	if !fault.Is(err, fault.NotFound) {
		return false, err
	}
	text, err := secret(ctx)
	if err != nil {
		return false, fmt.Errorf("read secret of token %s: %w", id, err)
	}
	if len(text) < minSecret || len(tokenPrefix)+len(id)+1+len(text) > maxTokenText {
		return false, fault.New(fault.Invalid, "bad-token-secret", "the secret of token %q has %d characters", id, len(text)).
			WithHint("give it at least %d, made by a generator of random passwords", minSecret)
	}
	t := newToken(id, text, NewToken{Name: id, Role: slipway.Admin, Actor: operator()}, p.now().UTC())
	if err := t.Validate(); err != nil {
		return false, err
	}
	err = p.store.CreateToken(ctx, t)
	if fault.CodeOf(err) == "token-exists" { // another was first
		return false, nil
	}
	return err == nil, err
}

// minSecret is the shortest secret that an operator may give a token.
const minSecret = 32

// operator is who installed Slipway.
func operator() slipway.Actor { return slipway.Actor{Issuer: slipway.OwnIssuer, Subject: "operator"} }
