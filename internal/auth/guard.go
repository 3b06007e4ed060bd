package auth

import (
	"context"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Tokens turns a token's text into the token; the fault of every bad one has the
// code "unauthenticated".
type Tokens interface {
	Authenticate(ctx context.Context, text string) (slipway.Token, error)
}

// Guard lets people and programs in.
type Guard struct {
	tokens Tokens
	now    func() time.Time
}

// New returns a guard over tokens.
func New(tokens Tokens, now func() time.Time) *Guard { return &Guard{tokens: tokens, now: now} }
