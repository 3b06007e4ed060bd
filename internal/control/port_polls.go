package control

import (
	"context"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Polls is the port for when the clock asks repositories for their tips. Each
// environment has one from its creation (slipway.FirstPoll) to its removal.
type Polls interface {
	// Poll reads an environment's; NotFound ("unknown-environment").
	Poll(ctx context.Context, env string) (slipway.Poll, error)
	// PutPoll replaces it; Conflict ("poll-moved") when p.Version is not the stored
	// one plus one, NotFound ("unknown-environment").
	PutPoll(ctx context.Context, p slipway.Poll) error
	// DuePolls lists those that are due at a time, the longest due first, at most
	// limit. One that is never due is not among them.
	DuePolls(ctx context.Context, at time.Time, limit int) ([]slipway.Poll, error)
}
