package control

import (
	"context"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Tokens is the port for the tokens that let people and programs in over HTTP.
type Tokens interface {
	// CreateToken writes a new one; Conflict ("token-exists") when its id is taken.
	CreateToken(ctx context.Context, t slipway.Token) error
	// UpdateToken replaces the record; Conflict ("token-changed") when t.Version is
	// not the stored one plus one, NotFound ("unknown-token").
	UpdateToken(ctx context.Context, t slipway.Token) error
	// Token reads one by its id; NotFound ("unknown-token").
	Token(ctx context.Context, id string) (slipway.Token, error)
	// Tokens reads all, revoked ones too, by id.
	Tokens(ctx context.Context) ([]slipway.Token, error)
}

// Answers is the port for what writes under idempotency keys were answered with.
type Answers interface {
	// ClaimAnswer writes a unless its key is stored and has not expired at a.At;
	// then it returns the stored one, with claimed false.
	ClaimAnswer(ctx context.Context, a slipway.Answer) (stored slipway.Answer, claimed bool, err error)
	// PutAnswer replaces the answer with a's key, whether there is one or not.
	PutAnswer(ctx context.Context, a slipway.Answer) error
	// DropAnswer forgets the answer of a key; one that is not there is passed over.
	DropAnswer(ctx context.Context, key string) error
	// DropAnswers forgets those that expired before a time. A store that forgets
	// them by itself does nothing.
	DropAnswers(ctx context.Context, before time.Time) error
}

// Keys is the port for the installation's own keys.
type Keys interface {
	// Key reads 32 random bytes under a name. The first call makes them; whoever
	// asks afterwards, from whichever process, gets the same.
	Key(ctx context.Context, name string) ([]byte, error)
}
