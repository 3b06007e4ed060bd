package sqlite

import (
	"sync"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// headCache keeps the head that was read or written last. A row never changes, so
// what belongs to an environment and a number does for ever; what is saved is
// reading and unpacking its state again. Readers share the row and do not change
// it.
type headCache struct {
	mu  sync.Mutex
	env string
	row slipway.Row
}

func (c *headCache) get(env string, number int64) (slipway.Row, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.env != env || c.row.Number != number {
		return slipway.Row{}, false
	}
	return c.row, true
}

// put keeps a row that is stored.
func (c *headCache) put(env string, row slipway.Row) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.env, c.row = env, row
}
