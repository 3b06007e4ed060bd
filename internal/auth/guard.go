package auth

import (
	"context"
	"crypto/sha256"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Principal is somebody who signed in, and what they may do.
type Principal struct {
	Actor        slipway.Actor
	Role         slipway.Role
	Environments []string // slugs; empty for all
	Token        string   // id
}

// Everywhere reports whether p is let into all environments.
func (p Principal) Everywhere() bool { return len(p.Environments) == 0 }

// In reports whether p is let into the environment with this slug.
func (p Principal) In(env string) bool { return p.Everywhere() || slices.Contains(p.Environments, env) }

// Codes of the faults of whoever is not let in, beside control's own for a token
// that lets nobody in.
const (
	CodeForbidden = "forbidden"
	CodeTooMany   = "too-many-sign-ins"
)

// Permit refuses p what takes a role in an environment; env is "" for what is
// about all of them: that takes a token for all, unless any viewer may.
func (p Principal) Permit(least slipway.Role, env string) error {
	switch {
	case !p.Role.Covers(least):
		return fault.New(fault.Invalid, CodeForbidden, "this takes the role %s, and the token %q has %s", least, p.Actor.Subject, p.Role).
			WithHint("ask somebody with that role, or an administrator for a token with it")
	case env != "" && !p.In(env):
		return fault.New(fault.Invalid, CodeForbidden, "the token %q is not for environment %q", p.Actor.Subject, env).
			WithHint("it is for %s", strings.Join(p.Environments, ", "))
	case env == "" && least != slipway.Viewer && !p.Everywhere():
		return fault.New(fault.Invalid, CodeForbidden, "this takes a token for all environments, and the token %q is not", p.Actor.Subject).
			WithHint("it is for %s", strings.Join(p.Environments, ", "))
	}
	return nil
}

// Tokens turns a token's text into the token. Every one that lets nobody in has
// the same fault, Invalid ("unauthenticated"); Unavailable where that cannot be
// told now.
type Tokens interface {
	Authenticate(ctx context.Context, text string) (slipway.Token, error)
	// TokenByID gives a token whose text was shown before, with the same fault.
	TokenByID(ctx context.Context, id string) (slipway.Token, error)
}

// Guard lets people and programs in. It remembers for a moment whom it has let
// in, and it slows down addresses that fail.
type Guard struct {
	tokens   Tokens
	now      func() time.Time
	failures *limiter

	mu    sync.Mutex
	known map[[sha256.Size]byte]known // by digest of the token's text
}

type known struct {
	Principal
	at time.Time
}

// How long a token is good without being looked at again, and how long the one
// that was good is looked at even when its address fails too often.
const (
	trusted    = 250 * time.Millisecond
	remembered = 10 * time.Minute
	maxKnown   = 10_000
)

// New returns a guard over tokens.
func New(tokens Tokens, now func() time.Time) *Guard {
	return &Guard{tokens: tokens, now: now, failures: newLimiter(DefaultFailures), known: map[[sha256.Size]byte]known{}}
}

// AllowFailures sets how often an address may fail within a minute, at least
// once. It is called before anybody signs in.
func (g *Guard) AllowFailures(perMinute int) { g.failures = newLimiter(max(1, perMinute)) }

// SignIn says who sent a request, by its Authorization header and the address
// that it came from. Faults: Invalid ("unauthenticated", "too-many-sign-ins"),
// Unavailable.
func (g *Guard) SignIn(ctx context.Context, authorization, address string) (Principal, error) {
	scheme, text, _ := strings.Cut(authorization, " ")
	text = strings.TrimSpace(text)
	if !strings.EqualFold(scheme, "Bearer") || text == "" {
		return Principal{}, fault.New(fault.Invalid, "unauthenticated", "this takes a token, and the request has none").
			WithHint("send it as Authorization: Bearer TOKEN")
	}
	digest, now := sha256.Sum256([]byte(text)), g.now()
	before, was := g.recall(digest, now)
	if was && now.Sub(before.at) < trusted {
		return before.Principal, nil
	}
	if !was && !g.failures.may(address, now) {
		return Principal{}, fault.New(fault.Invalid, CodeTooMany, "too many sign-ins from %s failed", address).WithHint("wait a minute, then use a good token")
	}
	t, err := g.tokens.Authenticate(ctx, text)
	if err != nil {
		if fault.Is(err, fault.Invalid) {
			g.failures.failed(address, now)
			g.forget(digest)
		}
		return Principal{}, err
	}
	p := principal(t)
	g.remember(digest, known{p, now})
	return p, nil
}

func principal(t slipway.Token) Principal {
	return Principal{Actor: t.Actor(), Role: t.Role, Environments: t.Environments, Token: t.ID}
}

// Again says who signed in with the token of this id before, if it still lets
// anybody in. Faults: Invalid ("unauthenticated"), Unavailable.
func (g *Guard) Again(ctx context.Context, token string) (Principal, error) {
	t, err := g.tokens.TokenByID(ctx, token)
	if err != nil {
		return Principal{}, err
	}
	return principal(t), nil
}

// Forget drops what is remembered: after a token was revoked through this
// process it lets nobody in any more.
func (g *Guard) Forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.known)
}

func (g *Guard) recall(digest [sha256.Size]byte, now time.Time) (known, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	k, ok := g.known[digest]
	return k, ok && now.Sub(k.at) < remembered
}

func (g *Guard) remember(digest [sha256.Size]byte, k known) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.known) >= maxKnown {
		clear(g.known)
	}
	g.known[digest] = k
}

func (g *Guard) forget(digest [sha256.Size]byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.known, digest)
}
