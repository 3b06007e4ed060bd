package client

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// How often a call is tried again, and how long it waits before: longer from try
// to try, and by chance.
const (
	maxTries     = 4
	shortestWait = 100 * time.Millisecond
	longestWait  = 2 * time.Second
)

// A call that finds its own first try still under way asks again for as long as
// the server says, this often at most.
const (
	maxAsks      = 120
	longestAfter = 30 * time.Second
)

// passing is a failure that another try may not meet.
type passing struct {
	error
	under bool          // the first try of this call is still under way
	after time.Duration // what the server asks to wait, 0 if it does not
}

func (p passing) Unwrap() error { return p.error }

// patience counts the tries of one call.
type patience struct{ tries, asks int }

// again says whether another try makes sense after err, and after which wait.
func (p *patience) again(err error) (time.Duration, bool) {
	failed, ok := errors.AsType[passing](err)
	if !ok {
		return 0, false
	}
	if failed.under {
		p.asks++
		return max(shortestWait, min(failed.after, longestAfter)), p.asks < maxAsks
	}
	p.tries++
	wait := min(longestWait, shortestWait<<(2*p.tries-2))
	wait = wait/2 + rand.N(wait/2)
	return max(wait, min(failed.after, longestAfter)), p.tries < maxTries
}

// retryAfter reads the header of this name, in seconds.
func retryAfter(h http.Header) time.Duration {
	n, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || n < 0 {
		return 0
	}
	return time.Duration(min(n, 3600)) * time.Second
}

// CodeInterrupted is the fault of a call that the caller stopped.
const CodeInterrupted = "interrupted"

// stopped is the fault of a call whose context ended before its answer came.
func stopped(ctx context.Context, q *call) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fault.New(fault.Unavailable, "timed-out", "the server did not answer in time").WithHint("ask again")
	}
	f := fault.New(fault.Unavailable, CodeInterrupted, "interrupted")
	if q.key == "" {
		return f.WithHint("run it again")
	}
	return f.WithHint("the server may have done it all the same; look before you run it again")
}
