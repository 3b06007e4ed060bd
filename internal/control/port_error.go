package control

import (
	"context"
	"errors"
	"fmt"

	"github.com/slipway-dev/slipway/internal/fault"
)

// StoreError gives err, met by a store while doing op, as the ports speak of it. A
// fault and the end of a context stay what they are; anything else is what faultOf
// makes of it.
func StoreError(ctx context.Context, op string, err error, faultOf func(error) error) error {
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*fault.Fault](err); ok {
		return fmt.Errorf("%s: %w", op, err)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("%s: %w", op, err)
	}
	if ended := ctx.Err(); ended != nil {
		return fmt.Errorf("%s: %w", op, ended)
	}
	return fmt.Errorf("%s: %w", op, faultOf(err))
}
