package slipway

import (
	"regexp"
	"slices"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Role says what somebody may do. Each role may do what those before it may.
type Role string

// The roles.
const (
	Viewer   Role = "viewer"   // reads
	Deployer Role = "deployer" // also decides what is live
	Admin    Role = "admin"    // also changes settings, tokens and what others decided for good
)

// rank orders the roles; 0 for what is none.
func (r Role) rank() int { return slices.Index([]Role{Viewer, Deployer, Admin}, r) + 1 }

// Covers reports whether r may do what asks for least.
func (r Role) Covers(least Role) bool {
	return r.rank() > 0 && least.rank() > 0 && r.rank() >= least.rank()
}

// TokenIssuer vouches for whoever shows one of Slipway's own tokens.
const TokenIssuer = "token"

// Token lets a program or a person in over HTTP. Of its secret only a hash is
// stored. It is changed by revoking it and by being used, nothing else.
type Token struct {
	ID           string     `json:"id"`   // lower-case ULID; a part of the token's text
	Name         string     `json:"name"` // the subject of what is done with it
	Role         Role       `json:"role"`
	Environments []string   `json:"environments"` // slugs; empty for all
	Hash         []byte     `json:"hash"`         // SHA-256 of the secret
	Version      int64      `json:"version"`      // of this record, from 1
	CreatedAt    time.Time  `json:"createdAt"`
	CreatedBy    Actor      `json:"createdBy"`
	ExpiresAt    *time.Time `json:"expiresAt"`
	LastUsedAt   *time.Time `json:"lastUsedAt"` // to the minute
	RevokedAt    *time.Time `json:"revokedAt"`
	RevokedBy    *Actor     `json:"revokedBy"`
}

// maxTokenName leaves room for the issuer in an actor's text.
const maxTokenName = 100

var tokenName = regexp.MustCompile(`^[\x21-\x7e]([\x20-\x7e]{0,98}[\x21-\x7e])?$`)

// Validate refuses a token whose name, role or environments cannot be.
func (t Token) Validate() error {
	if !tokenName.MatchString(t.Name) {
		return fault.New(fault.Invalid, "bad-token-name", "%q cannot name a token", t.Name).
			WithHint("use 1 to %d ASCII characters that say who has it, such as ana or deploy-bot", maxTokenName)
	}
	if t.Role.rank() == 0 {
		return fault.New(fault.Invalid, "bad-role", "there is no role %q", t.Role).
			WithHint("the roles are %s, %s and %s", Viewer, Deployer, Admin)
	}
	for _, slug := range t.Environments {
		if !slugPattern.MatchString(slug) {
			return fault.New(fault.Invalid, "bad-environment-name", "%q cannot name an environment", slug)
		}
	}
	if t.ExpiresAt != nil && !t.ExpiresAt.After(t.CreatedAt) {
		return fault.New(fault.Invalid, "bad-expiry", "a token cannot end before it begins").WithHint("name a time to come")
	}
	return nil
}

// Good reports whether the token lets anybody in at this time.
func (t Token) Good(at time.Time) bool {
	return t.RevokedAt == nil && (t.ExpiresAt == nil || at.Before(*t.ExpiresAt))
}

// Actor is who does what is done with the token.
func (t Token) Actor() Actor { return Actor{Issuer: TokenIssuer, Subject: t.Name} }

// Revoked is t after somebody revoked it.
func (t Token) Revoked(at time.Time, by Actor) Token {
	t.Version++
	t.RevokedAt, t.RevokedBy = &at, &by
	return t
}

// Used is t after it let somebody in, with ok false where that need not be
// written: it was written within the minute.
func (t Token) Used(at time.Time) (_ Token, ok bool) {
	if t.LastUsedAt != nil && at.Sub(*t.LastUsedAt) < time.Minute {
		return t, false
	}
	at = at.UTC().Truncate(time.Minute)
	t.Version++
	t.LastUsedAt = &at
	return t, true
}
