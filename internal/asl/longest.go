package asl

import (
	"math"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// longest is the longest that a time-out or a delay may be: a year, as an
// execution on AWS.
const longest = 366 * 24 * time.Hour

// Longest is how long a top-level state can take at worst: for a task, its
// time-out for each attempt, and every delay before a retry at its longest; for
// a Map of items items, the longest way through its states for each round of
// MaxConcurrency items, as often as it may be tried; nothing for other states.
// A Map inside a Map is taken to have as many items. It counts neither what
// passes between states, nor the Grace that a Run gives to tasks.
//
// A time that fits no Duration is the longest Duration. A name that is none of
// the machine's own states is a fault of kind NotFound.
func (m *Machine) Longest(state string, items int) (time.Duration, error) {
	st := m.top.state(state)
	if st == nil {
		return 0, fault.New(fault.NotFound, "no-state", "the definition has no state %q of its own", state)
	}
	return st.longest(max(items, 0)), nil
}

func (st *state) longest(items int) time.Duration {
	var once time.Duration
	switch st.Kind {
	case KindTask:
		once = st.Timeout
	case KindMap:
		rounds := items / st.MaxConcurrency
		if items%st.MaxConcurrency > 0 {
			rounds++
		}
		once = times(st.processor.longest(st.processor.start, items, map[*state]time.Duration{}), rounds)
	default:
		return 0
	}
	attempts, delays := 1, time.Duration(0)
	for _, r := range st.Retry {
		attempts += r.MaxAttempts
		for n := range r.MaxAttempts {
			delays = plus(delays, r.delay(n))
		}
	}
	return plus(times(once, attempts), delays)
}

// longest is the longest way from a state to an end. There are no loops.
func (s *scope) longest(from *state, items int, known map[*state]time.Duration) time.Duration {
	if d, ok := known[from]; ok {
		return d
	}
	var rest time.Duration
	for _, to := range from.after() {
		rest = max(rest, s.longest(to, items, known))
	}
	known[from] = plus(from.longest(items), rest)
	return known[from]
}

// plus and times stay at the longest Duration.
func plus(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func times(d time.Duration, n int) time.Duration {
	if n > 0 && d > math.MaxInt64/time.Duration(n) {
		return math.MaxInt64
	}
	return d * time.Duration(n)
}
