package sqlite

import (
	"sync"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// headCache keeps the state of the head that was read last. A row never changes,
// so a state that belongs to an environment and a number does for ever; what is
// saved is unpacking it again. Readers share the state and do not change it.
type headCache struct {
	mu     sync.Mutex
	env    string
	number int64
	last   slipway.State
}

// state unpacks the state of a head, or gives it as it was unpacked before.
func (c *headCache) state(env string, number int64, data []byte) (slipway.State, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.number == number && c.env == env {
		return c.last, nil
	}
	state, err := slipway.DecodeState(data)
	if err != nil {
		return slipway.State{}, err
	}
	c.env, c.number, c.last = env, number, state
	return state, nil
}

// put keeps the state of a row that is stored.
func (c *headCache) put(env string, row slipway.Row) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.env, c.number, c.last = env, row.Number, row.State
}
