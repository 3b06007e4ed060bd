package control

import (
	"sync"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// maxEnvironmentIDs bounds what a plane keeps of environments.
const maxEnvironmentIDs = 1000

// environmentIDs keeps the ids of environments by their slugs, from reads of any
// kind. It may be behind: another process removes an environment and adds one anew
// under its slug. So it serves only where a store refuses what is past.
type environmentIDs struct {
	mu  sync.Mutex
	ids map[string]string
}

func (c *environmentIDs) learn(slug, id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids == nil || len(c.ids) >= maxEnvironmentIDs {
		c.ids = map[string]string{}
	}
	c.ids[slug] = id
}

func (c *environmentIDs) forget(slug string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.ids, slug)
}

// get gives what a command needs of one: its id and its slug, which never change.
func (c *environmentIDs) get(slug string) (e slipway.Environment, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, ok := c.ids[slug]
	return slipway.Environment{ID: id, Slug: slug}, ok
}
