package control

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// NewToken asks for a token.
type NewToken struct {
	Name         string
	Role         slipway.Role
	Environments []string   // slugs; empty for all
	ExpiresAt    *time.Time // nil: never
	Actor        slipway.Actor
}

// TokenView is a token as people see it, without its hash. Secret is the whole
// text to sign in with, which only the answer that made it has.
type TokenView struct {
	ID           string         `json:"id"`
	Name         string         `json:"name"`
	Role         slipway.Role   `json:"role"`
	Environments []string       `json:"environments"` // slugs; empty for all
	CreatedAt    time.Time      `json:"createdAt"`
	CreatedBy    slipway.Actor  `json:"createdBy"`
	ExpiresAt    *time.Time     `json:"expiresAt"`
	LastUsedAt   *time.Time     `json:"lastUsedAt"` // to the minute
	RevokedAt    *time.Time     `json:"revokedAt"`
	RevokedBy    *slipway.Actor `json:"revokedBy"`
	Secret       *string        `json:"secret"`
}

func viewToken(t slipway.Token) TokenView {
	v := TokenView{
		ID: t.ID, Name: t.Name, Role: t.Role, Environments: t.Environments, CreatedAt: t.CreatedAt, CreatedBy: t.CreatedBy,
		ExpiresAt: t.ExpiresAt, LastUsedAt: t.LastUsedAt, RevokedAt: t.RevokedAt, RevokedBy: t.RevokedBy,
	}
	if v.Environments == nil {
		v.Environments = []string{}
	}
	return v
}

// tokenPrefix begins the text of every token, so that scanners for secrets know
// one when they see it.
const tokenPrefix = "slipway_"

// CreateToken makes a token. Its secret is in the answer and nowhere else.
func (p *Plane) CreateToken(ctx context.Context, n NewToken) (TokenView, error) {
	now := p.now().UTC()
	id, err := newID("", now)
	if err != nil {
		return TokenView{}, err
	}
	secret := strings.ToLower(rand.Text() + rand.Text())
	t := newToken(strings.ToLower(strings.TrimPrefix(id, "_")), secret, n, now)
	if err := n.Actor.Validate(); err != nil {
		return TokenView{}, err
	}
	if err := t.Validate(); err != nil {
		return TokenView{}, err
	}
	for _, slug := range t.Environments {
		if _, err := p.environment(ctx, slug); err != nil {
			return TokenView{}, err
		}
	}
	if err := p.store.CreateToken(ctx, t); err != nil {
		return TokenView{}, fmt.Errorf("write token: %w", err)
	}
	v := viewToken(t)
	text := tokenPrefix + t.ID + "_" + secret
	v.Secret = &text
	return v, nil
}

// newToken is the record of a token, with the hash of its secret.
func newToken(id, secret string, n NewToken, at time.Time) slipway.Token {
	hash := sha256.Sum256([]byte(secret))
	return slipway.Token{
		ID: id, Name: n.Name, Role: n.Role, Environments: n.Environments, Hash: hash[:],
		Version: 1, CreatedAt: at, CreatedBy: n.Actor, ExpiresAt: n.ExpiresAt,
	}
}

// Tokens lists all tokens, revoked ones too, by id, and so by age.
func (p *Plane) Tokens(ctx context.Context) ([]TokenView, error) {
	ts, err := p.store.Tokens(ctx)
	if err != nil {
		return nil, fmt.Errorf("read tokens: %w", err)
	}
	views := make([]TokenView, 0, len(ts))
	for _, t := range ts {
		views = append(views, viewToken(t))
	}
	return views, nil
}

// RevokeToken ends a token at once. One that is revoked already stays as it is,
// with changed false.
func (p *Plane) RevokeToken(ctx context.Context, id string, by slipway.Actor) (v TokenView, changed bool, err error) {
	for n := 1; ; n++ {
		t, err := p.store.Token(ctx, id)
		if fault.Is(err, fault.NotFound) {
			return TokenView{}, false, fault.Wrap(err, fault.NotFound, "unknown-token", "there is no token %q", id).
				WithHint("list the tokens to see their ids").WithFix("token", "list")
		}
		if err != nil {
			return TokenView{}, false, fmt.Errorf("read token: %w", err)
		}
		if t.RevokedAt != nil {
			return viewToken(t), n > 1 && *t.RevokedBy == by, nil
		}
		t = t.Revoked(p.now().UTC(), by)
		err = p.store.UpdateToken(ctx, t)
		if err == nil {
			return viewToken(t), true, nil
		}
		again := fault.Is(err, fault.Conflict) || fault.Is(err, fault.Unavailable)
		if !again || n >= maxFaults || wait(ctx, n) != nil {
			return TokenView{}, false, fmt.Errorf("write token: %w", err)
		}
	}
}

// CodeUnauthenticated is the fault of whoever shows no good token.
const CodeUnauthenticated = "unauthenticated"

// Authenticate gives the token that text is, if it lets anybody in now. Every
// refusal is the same one: it does not say what was wrong.
func (p *Plane) Authenticate(ctx context.Context, text string) (slipway.Token, error) {
	refused := refuseToken()
	rest, ok := strings.CutPrefix(text, tokenPrefix)
	id, secret, cut := strings.Cut(rest, "_")
	if !ok || !cut || id == "" || len(text) > maxTokenText {
		return slipway.Token{}, refused
	}
	t, err := p.store.Token(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return slipway.Token{}, fmt.Errorf("read token: %w", err)
	}
	hash := sha256.Sum256([]byte(secret)) // compared also when there is none, in the same time
	if subtle.ConstantTimeCompare(hash[:], t.Hash) != 1 || err != nil || !t.Good(p.now()) {
		return slipway.Token{}, refused
	}
	if used, ok := t.Used(p.now()); ok {
		if err := p.store.UpdateToken(ctx, used); err == nil {
			t = used // else another use or its revocation was first, or the store has other troubles
		}
	}
	return t, nil
}

// TokenByID gives the token with this id, if it lets anybody in now: it is for
// whoever has shown its secret before. It has the one refusal of Authenticate.
func (p *Plane) TokenByID(ctx context.Context, id string) (slipway.Token, error) {
	t, err := p.store.Token(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return slipway.Token{}, fmt.Errorf("read token: %w", err)
	}
	if err != nil || !t.Good(p.now()) {
		return slipway.Token{}, refuseToken()
	}
	return t, nil
}

func refuseToken() *fault.Fault {
	return fault.New(fault.Invalid, CodeUnauthenticated, "this token lets nobody in").
		WithHint("it may be mistyped, revoked or out of date; ask an administrator for one")
}

const maxTokenText = 200
