package auth

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// DefaultFailures is how often an address may fail to sign in within a minute: so
// often at once, and then again as the minute passes.
const DefaultFailures = 10

const maxAddresses = 10_000

// limiter counts failures by address. It is bounded: where there are too many
// addresses, those that may fail as often as a new one are forgotten, and in
// need all.
type limiter struct {
	perMinute int

	mu        sync.Mutex
	addresses map[string]*rate.Limiter
}

func newLimiter(perMinute int) *limiter {
	return &limiter{perMinute: perMinute, addresses: map[string]*rate.Limiter{}}
}

// may reports whether an address may try now.
func (l *limiter) may(address string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.addresses[address]
	return !ok || a.TokensAt(now) >= 1
}

// failed counts a failure of an address.
func (l *limiter) failed(address string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	a, ok := l.addresses[address]
	if !ok {
		l.makeRoom(now)
		a = rate.NewLimiter(rate.Every(time.Minute/time.Duration(l.perMinute)), l.perMinute)
		l.addresses[address] = a
	}
	a.AllowN(now, 1)
}

func (l *limiter) makeRoom(now time.Time) {
	if len(l.addresses) < maxAddresses {
		return
	}
	for address, a := range l.addresses {
		if a.TokensAt(now) >= float64(l.perMinute) {
			delete(l.addresses, address)
		}
	}
	if len(l.addresses) >= maxAddresses {
		clear(l.addresses)
	}
}
