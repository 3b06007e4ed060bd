package dynamo

import "sync"

// known is what never changes again of an environment once it was seen.
type known struct {
	slug string // "" where it was not
	row  int64  // is stored, and so are all before it
}

// memory keeps what is known of some environments, by their ids.
type memory struct {
	mu sync.Mutex
	of map[string]known
}

// maxKnown bounds it: what is forgotten is read again.
const maxKnown = 1000

func (m *memory) get(env string) known {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.of[env]
}

func (m *memory) sawSlug(env, slug string) {
	m.saw(env, func(k *known) { k.slug = slug })
}

func (m *memory) sawRow(env string, n int64) {
	m.saw(env, func(k *known) { k.row = max(k.row, n) })
}

func (m *memory) saw(env string, learn func(*known)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, there := m.of[env]
	if m.of == nil || !there && len(m.of) >= maxKnown {
		m.of = map[string]known{}
	}
	learn(&k)
	m.of[env] = k
}
