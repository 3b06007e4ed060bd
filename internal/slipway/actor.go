package slipway

import (
	"strings"
	"unicode"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Issuers of actors that no identity provider vouches for.
const (
	LocalIssuer = "local"   // the operating system's user
	OwnIssuer   = "slipway" // Slipway itself: the clock, a push hook
)

// Actor is who did something: a subject, and the issuer that vouches for it.
// Its text is the subject alone for a local one, else "subject (issuer)".
type Actor struct {
	Issuer  string
	Subject string
}

// MaxActor is the longest text of an actor, in bytes.
const MaxActor = 200

// LocalActor is the actor for a user of this machine.
func LocalActor(user string) Actor { return Actor{Issuer: LocalIssuer, Subject: user} }

// String is the actor's text.
func (a Actor) String() string {
	if a.Issuer == LocalIssuer || a == (Actor{}) {
		return a.Subject
	}
	return a.Subject + " (" + a.Issuer + ")"
}

// MarshalText encodes the actor's text.
func (a Actor) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *Actor) UnmarshalText(text []byte) error {
	s := string(text)
	*a = Actor{}
	if s == "" {
		return nil
	}
	if i := strings.LastIndex(s, " ("); i > 0 && strings.HasSuffix(s, ")") {
		*a = Actor{Issuer: s[i+2 : len(s)-1], Subject: s[:i]}
		return nil
	}
	*a = LocalActor(s)
	return nil
}

// Validate refuses an actor that its text could not give back, or that is
// longer than MaxActor.
func (a Actor) Validate() error {
	switch {
	case a.Subject == "" || a.Issuer == "":
		return fault.New(fault.Invalid, "bad-actor", "an actor needs a subject and an issuer")
	case len(a.String()) > MaxActor:
		return fault.New(fault.Invalid, "bad-actor", "the actor is longer than %d bytes", MaxActor)
	case strings.ContainsFunc(a.Subject+a.Issuer, unicode.IsControl), strings.ContainsAny(a.Issuer, " ()"),
		a.Issuer == LocalIssuer && strings.HasSuffix(a.Subject, ")"):
		return fault.New(fault.Invalid, "bad-actor", "the actor %q has characters an actor cannot have", a.String())
	}
	return nil
}
