package dynamo

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// patience bounds how often a call is tried again after a passing refusal.
type patience struct {
	pause time.Duration // before the second try, at most; doubles
	most  time.Duration
	tries int
}

// errNothingRead is a batch of which nothing was read for lack of throughput.
var errNothingRead = errors.New("no item of a batch was read")

// again runs f until it no longer fails for a passing condition, patience ends,
// or the context does. What f does must be safe to do twice.
//
// The client of the SDK tries again by itself when a call got no answer; what it
// does not know is that a transaction may be refused because another was at the
// same item.
func (s *Store) again(ctx context.Context, f func() error) error { return s.repeat(ctx, f, passes) }

func (s *Store) repeat(ctx context.Context, f func() error, more func(error) bool) error {
	pause := s.wait.pause
	for try := 1; ; try++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := f()
		if err == nil || try >= s.wait.tries || !more(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rand.N(pause) + 1): // chance keeps racers apart
			pause = min(2*pause, s.wait.most)
		}
	}
}

// passes reports whether err is a refusal that says nothing of the request:
// nothing was written, and the same may do in a moment.
func passes(err error) bool {
	if errors.Is(err, errNothingRead) {
		return true
	}
	if c, ok := errors.AsType[*types.TransactionCanceledException](err); ok {
		return slices.ContainsFunc(c.CancellationReasons, func(r types.CancellationReason) bool {
			return slices.Contains(passingReasons(), codeOf(r))
		})
	}
	e, ok := errors.AsType[smithy.APIError](err)
	return ok && slices.Contains(passingCodes(), e.ErrorCode())
}

// passingReasons are those for which a transaction is refused as a whole though
// no condition of it failed.
func passingReasons() []string {
	return []string{"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
}

func passingCodes() []string {
	return []string{
		"TransactionConflictException", "TransactionInProgressException", "ThrottlingException", "ThrottledException",
		"ProvisionedThroughputExceededException", "RequestLimitExceeded", "LimitExceededException",
	}
}

func codeOf(r types.CancellationReason) string {
	if r.Code == nil {
		return ""
	}
	return *r.Code
}
