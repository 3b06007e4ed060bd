package control

import (
	"context"
	"fmt"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Restore makes live what was live after an earlier release; partial leaves what
// cannot be restored as it is.
func (p *Plane) Restore(ctx context.Context, env string, release int64, partial bool, r Request) (Result, error) {
	return p.command(ctx, env, r, func(l *Look, head slipway.Row, e slipway.Entry) ([]slipway.Row, error) {
		c, err := l.restore(ctx, head, release)
		if err != nil {
			return nil, err
		}
		c.Entry, c.Partial = e, partial
		return c.Decide(head)
	})
}

// restore reads the release and what was live in it.
func (l *Look) restore(ctx context.Context, head slipway.Row, release int64) (slipway.Restore, error) {
	row, err := l.row(ctx, release)
	if err != nil {
		return slipway.Restore{}, err
	}
	c := slipway.Restore{Release: row, Targets: map[string]slipway.Deployment{}}
	for id, w := range row.State.Workflows {
		now := head.State.Workflows[id].Live
		if w.Live == nil || now != nil && now.Deployment == w.Live.Deployment {
			continue
		}
		d, err := l.deployment(ctx, w.Live.Deployment)
		if err == nil {
			c.Targets[d.ID] = d
		} else if !fault.Is(err, fault.NotFound) {
			return slipway.Restore{}, fmt.Errorf("read deployment: %w", err)
		}
	}
	return c, nil
}

// RestorePreview says what a restore would do at this head, and writes nothing.
type RestorePreview struct {
	Release int64            `json:"release"`
	Head    int64            `json:"head"`    // the release that is live now
	Changes []slipway.Change `json:"changes"` // an empty to: deactivated
	Left    []slipway.Left   `json:"left"`    // what would stay as it is; not empty: the restore needs --partial
}

// PreviewRestore says what Restore would do now.
func (p *Plane) PreviewRestore(ctx context.Context, slug string, release int64) (RestorePreview, error) {
	l, err := p.Look(ctx, slug)
	if err != nil {
		return RestorePreview{}, err
	}
	head, err := l.readHead(ctx)
	if err != nil {
		return RestorePreview{}, err
	}
	c, err := l.restore(ctx, head, release)
	if err != nil {
		return RestorePreview{}, err
	}
	changes, left := c.Preview(head)
	if left == nil {
		left = []slipway.Left{}
	}
	return RestorePreview{Release: release, Head: head.Number, Changes: changes, Left: left}, nil
}
