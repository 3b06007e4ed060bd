package control

import (
	"context"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Freeze stops automation in the whole environment, until then or, when that is
// nil, until it is thawed.
func (p *Plane) Freeze(ctx context.Context, env string, until *time.Time, r Request) (Result, error) {
	return p.command(ctx, env, r, func(_ *Look, head slipway.Row, e slipway.Entry) ([]slipway.Row, error) {
		return slipway.SetFreeze{Entry: e, Until: until}.Decide(head)
	})
}

// Thaw ends the freeze and makes live what it kept back. That may take several
// rows; the freeze ends with the last.
func (p *Plane) Thaw(ctx context.Context, env string, r Request) (Result, error) {
	return p.commandInParts(ctx, env, r, func(_ *Look, head slipway.Row, e slipway.Entry, done int) ([]slipway.Row, error) {
		return slipway.Thaw{Entry: e, Done: done}.Decide(head)
	})
}

// AutoLive switches whether automation makes new deployments live.
func (p *Plane) AutoLive(ctx context.Context, env string, on bool, r Request) (Result, error) {
	return p.command(ctx, env, r, func(_ *Look, head slipway.Row, e slipway.Entry) ([]slipway.Row, error) {
		return slipway.SetAutoLive{Entry: e, On: on}.Decide(head)
	})
}

// Delete leaves nothing of a workflow live and takes it from the lists, until a
// sync finds its file again.
func (p *Plane) Delete(ctx context.Context, env, workflow string, r Request, from string) (Result, error) {
	return p.onWorkflow(ctx, env, workflow, r, func(e slipway.Entry) slipway.Command {
		return slipway.Delete{Entry: e, Workflow: workflow, From: from}
	})
}
