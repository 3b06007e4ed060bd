package sqlite

import (
	"bytes"
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

// environmentCache keeps the environment that was read last, by its document:
// with a thousand triggers that takes long to decode. Readers share the list of
// triggers and do not change it.
type environmentCache struct {
	mu       sync.Mutex
	document []byte
	decoded  slipway.Environment
}

func (c *environmentCache) read(document []byte, decode func([]byte, any) error) (slipway.Environment, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if bytes.Equal(document, c.document) {
		return c.decoded, nil
	}
	var e slipway.Environment
	if err := decode(document, &e); err != nil {
		return e, err
	}
	c.document, c.decoded = document, e
	return e, nil
}
