package auth

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often an address may fail: this many at once, then one each interval.
const (
	failuresAtOnce = 10
	failureEvery   = 6 * time.Second
	maxAddresses   = 10_000
)

// limiter counts failures by address. It is bounded: where there are too many
// addresses, those that may fail as often as a new one are forgotten, and in
// need all.
type limiter struct {
	mu        sync.Mutex
	addresses map[string]*rate.Limiter
}

func newLimiter() *limiter { return &limiter{addresses: map[string]*rate.Limiter{}} }

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
		a = rate.NewLimiter(rate.Every(failureEvery), failuresAtOnce)
		l.addresses[address] = a
	}
	a.AllowN(now, 1)
}

func (l *limiter) makeRoom(now time.Time) {
	if len(l.addresses) < maxAddresses {
		return
	}
	for address, a := range l.addresses {
		if a.TokensAt(now) >= failuresAtOnce {
			delete(l.addresses, address)
		}
	}
	if len(l.addresses) >= maxAddresses {
		clear(l.addresses)
	}
}
