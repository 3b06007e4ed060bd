package auth

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// book is tokens by their text; it counts how often it is asked.
type book struct {
	tokens map[string]slipway.Token
	asked  int
}

func (b *book) Authenticate(_ context.Context, text string) (slipway.Token, error) {
	b.asked++
	if t, ok := b.tokens[text]; ok {
		return t, nil
	}
	return slipway.Token{}, fault.New(fault.Invalid, "unauthenticated", "no")
}

func (b *book) TokenByID(_ context.Context, id string) (slipway.Token, error) {
	for _, t := range b.tokens {
		if t.ID == id {
			return t, nil
		}
	}
	return slipway.Token{}, fault.New(fault.Invalid, "unauthenticated", "no")
}

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func newGuard() (*Guard, *book, *clock) {
	b := &book{tokens: map[string]slipway.Token{
		"good": {ID: "1", Name: "ana", Role: slipway.Deployer, Environments: []string{"prod"}},
		"all":  {ID: "2", Name: "root", Role: slipway.Admin},
	}}
	c := &clock{time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
	return New(b, c.now), b, c
}

func TestSignIn(t *testing.T) {
	for header, want := range map[string]string{
		"Bearer good": "", "bearer good": "", "Bearer  good": "", "": "unauthenticated", "Basic good": "unauthenticated",
		"Bearer": "unauthenticated", "Bearer bad": "unauthenticated", "good": "unauthenticated",
	} {
		g, _, _ := newGuard()
		p, err := g.SignIn(t.Context(), header, "a")
		if fault.CodeOf(err) != want {
			t.Errorf("%q: %v, want %q", header, err, want)
		}
		if want == "" && (p.Actor.String() != "ana (token)" || p.Token != "1") {
			t.Errorf("%q is %+v", header, p)
		}
	}
}

func TestAgain(t *testing.T) {
	g, b, _ := newGuard()
	if p, err := g.Again(t.Context(), "1"); err != nil || p.Actor.String() != "ana (token)" || p.Role != slipway.Deployer {
		t.Errorf("%+v, %v", p, err)
	}
	delete(b.tokens, "good")
	if _, err := g.Again(t.Context(), "1"); fault.CodeOf(err) != "unauthenticated" {
		t.Errorf("a revoked token is good again: %v", err)
	}
}

func TestSignInIsRememberedForAMoment(t *testing.T) {
	g, b, c := newGuard()
	sign := func() error { _, err := g.SignIn(t.Context(), "Bearer good", "a"); return err }
	for range 5 {
		if err := sign(); err != nil {
			t.Fatal(err)
		}
	}
	if b.asked != 1 {
		t.Errorf("asked %d times, want once", b.asked)
	}
	delete(b.tokens, "good")
	c.at = c.at.Add(trusted)
	if err := sign(); fault.CodeOf(err) != "unauthenticated" {
		t.Errorf("a revoked token is good after %v: %v", trusted, err)
	}
	b.tokens["good"] = slipway.Token{}
	g.Forget()
	b.asked = 0
	if err := sign(); err != nil || b.asked != 1 {
		t.Errorf("after Forget: asked %d times, %v", b.asked, err)
	}
}

func TestFailuresAreSlowedDown(t *testing.T) {
	g, b, c := newGuard()
	try := func(token, address string) string {
		_, err := g.SignIn(t.Context(), "Bearer "+token, address)
		return fault.CodeOf(err)
	}
	if code := try("good", "a"); code != "" {
		t.Fatal(code)
	}
	for n := range DefaultFailures {
		if code := try(fmt.Sprint("bad", n), "a"); code != "unauthenticated" {
			t.Fatalf("failure %d: %s", n, code)
		}
	}
	asked := b.asked
	if code := try("bad", "a"); code != CodeTooMany || b.asked != asked {
		t.Errorf("one failure more: %s, asked %d times", code, b.asked-asked)
	}
	if code := try("all", "a"); code != CodeTooMany {
		t.Errorf("an unknown good token from there: %s", code)
	}
	c.at = c.at.Add(time.Second)
	if code := try("good", "a"); code != "" {
		t.Errorf("a token that was good before, from there: %s", code)
	}
	if code := try("bad", "b"); code != "unauthenticated" {
		t.Errorf("from elsewhere: %s", code)
	}
	c.at = c.at.Add(time.Minute / DefaultFailures)
	if code := try("all", "a"); code != "" {
		t.Errorf("later: %s", code)
	}
}

func TestLimiterIsBounded(t *testing.T) {
	l, now := newLimiter(DefaultFailures), time.Now()
	for n := range 3 * maxAddresses {
		l.failed(fmt.Sprint(n), now)
	}
	if n := len(l.addresses); n > maxAddresses {
		t.Errorf("%d addresses are kept", n)
	}
}

func TestPermit(t *testing.T) {
	some := Principal{Role: slipway.Deployer, Environments: []string{"prod"}}
	all := Principal{Role: slipway.Admin}
	for _, c := range []struct {
		who  Principal
		role slipway.Role
		env  string
		ok   bool
	}{
		{some, slipway.Viewer, "prod", true},
		{some, slipway.Deployer, "prod", true},
		{some, slipway.Admin, "prod", false},
		{some, slipway.Viewer, "test", false},
		{some, slipway.Viewer, "", true},
		{some, slipway.Deployer, "", false},
		{all, slipway.Admin, "", true},
		{all, slipway.Admin, "prod", true},
		{Principal{Role: "boss"}, slipway.Viewer, "prod", false},
		{all, "boss", "prod", false},
	} {
		err := c.who.Permit(c.role, c.env)
		if (err == nil) != c.ok || err != nil && fault.CodeOf(err) != CodeForbidden {
			t.Errorf("%+v as %s in %q: %v", c.who, c.role, c.env, err)
		}
	}
}
