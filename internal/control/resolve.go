package control

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Resolution is what is live in an environment, as resolve reads it.
type Resolution struct {
	Environment string // id
	slipway.Resolved
}

// ResolveStale is how old what Resolve gives may be. A row that this process
// appends is seen at once.
const ResolveStale = 250 * time.Millisecond

// Resolve reads what is live in an environment now: a small record, or its copy
// in memory.
func (p *Plane) Resolve(ctx context.Context, slug string) (*Resolution, error) {
	if r := p.resolved.get(slug, p.now()); r != nil {
		return r, nil
	}
	began, changes := p.now(), p.resolved.count()
	env, live, err := p.store.Resolved(ctx, slug)
	if err != nil {
		return nil, p.unknownEnvironment(ctx, slug, fmt.Errorf("read what is live: %w", err))
	}
	p.ids.learn(slug, env)
	r := &Resolution{env, live}
	p.resolved.put(slug, r, began, changes)
	return r, nil
}

// ResolveAt reads what was live after an earlier release.
func (p *Plane) ResolveAt(ctx context.Context, slug string, release int64) (*Resolution, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return nil, err
	}
	row, err := p.row(ctx, env, release)
	if err != nil {
		return nil, err
	}
	return &Resolution{env.ID, slipway.ResolvedOf(row)}, nil
}

// resolveCache keeps what few environments resolve to, for a moment. Whoever
// appends or changes an environment drops all of it: that is rare, and a
// read that began before it must not come in after.
type resolveCache struct {
	mu      sync.RWMutex
	changes int64
	entries map[string]resolveEntry // by slug
}

type resolveEntry struct {
	*Resolution
	at time.Time // when its read began
}

// maxResolved bounds the cache.
const maxResolved = 1000

func (c *resolveCache) get(slug string, now time.Time) *Resolution {
	c.mu.RLock()
	e, ok := c.entries[slug]
	c.mu.RUnlock()
	if age := now.Sub(e.at); !ok || age < 0 || age > ResolveStale {
		return nil
	}
	return e.Resolution
}

func (c *resolveCache) count() int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.changes
}

// put keeps r, unless something was dropped since changes were counted.
func (c *resolveCache) put(slug string, r *Resolution, began time.Time, changes int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.changes != changes {
		return
	}
	if c.entries == nil || len(c.entries) >= maxResolved {
		c.entries = map[string]resolveEntry{}
	}
	c.entries[slug] = resolveEntry{r, began}
}

func (c *resolveCache) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.changes++
	c.entries = nil
}
