package control

import (
	"context"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// StartSync asks for a sync and makes it this worker's, if it may run at once.
func (p *Plane) StartSync(ctx context.Context, slug string, o SyncOptions) (slipway.Sync, error) {
	s, err := p.newSync(ctx, slug, o)
	if err != nil {
		return slipway.Sync{}, err
	}
	lease := p.lease("start", 0)
	return p.ask(ctx, s, &lease)
}
