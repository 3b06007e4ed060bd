package control

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// CodeReleaseMoved is the fault of a command whose sender saw an older release.
const CodeReleaseMoved = "release-moved"

// refuseUnseen refuses a command when what it is about has changed since the
// release that its sender saw: the workflow's entry, or for a command about the
// environment anything.
func (p *Plane) refuseUnseen(ctx context.Context, env slipway.Environment, head slipway.Row, r Request) error {
	if r.Seen == nil || *r.Seen == head.Number {
		return nil
	}
	if *r.Seen < 0 || *r.Seen > head.Number {
		return fault.New(fault.Conflict, CodeReleaseMoved, "environment %q has no release %d", env.Slug, *r.Seen).
			WithHint("the newest is release %d", head.Number).WithFix("releases", fault.EnvArg)
	}
	moved := fault.New(fault.Conflict, CodeReleaseMoved, "environment %q is at release %d; you saw release %d", env.Slug, head.Number, *r.Seen).
		WithHint("look at what is live now, then decide again").WithFix("releases", fault.EnvArg)
	if r.about == "" {
		return moved
	}
	var seen slipway.Row
	if *r.Seen > 0 {
		var err error
		if seen, err = p.store.Row(ctx, env.ID, *r.Seen); err != nil {
			return fmt.Errorf("read release: %w", err)
		}
	}
	then, err := json.Marshal(seen.State.Workflows[r.about])
	if err != nil {
		return fmt.Errorf("compare releases: %w", err)
	}
	now, err := json.Marshal(head.State.Workflows[r.about])
	if err != nil {
		return fmt.Errorf("compare releases: %w", err)
	}
	if bytes.Equal(then, now) {
		return nil
	}
	moved.Detail = fmt.Sprintf("%q has changed since release %d, which you saw; the newest is release %d", r.about, *r.Seen, head.Number)
	return moved.WithFix("show", fault.EnvArg, r.about)
}
