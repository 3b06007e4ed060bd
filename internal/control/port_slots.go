package control

import (
	"context"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Slots is the port for which sync runs and which waits.
type Slots interface {
	// Slot reads an environment's slot, the zero Slot if it never moved.
	Slot(ctx context.Context, env string) (slipway.Slot, error)
	// MoveSlot writes m.Slot and m.Syncs in one transaction. Conflict
	// ("slot-moved") when the stored slot's version is not the one before
	// m.Slot's, or one of the syncs has ended already; NotFound
	// ("unknown-environment") when the environment was removed. Then nothing is
	// written.
	MoveSlot(ctx context.Context, env string, m slipway.SlotMove) error
}
