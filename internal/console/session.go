package console

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// sessionLife is how long a session lasts: a working day, and not the next.
const sessionLife = 10 * time.Hour

// session is what a browser shows again with every request, sealed: whose it is,
// and until when. Who signed in with a token is looked up by the token's id each
// time, so that a revoked one ends its sessions.
type session struct {
	ID      string         `json:"id"`
	Token   string         `json:"token,omitempty"` // id
	Local   *slipway.Actor `json:"local,omitempty"` // who came by a sign-in link
	Expires time.Time      `json:"expires"`
}

// cookieName ties the cookie to this host and to TLS, where there is TLS.
func (c *console) cookieName() string {
	if c.Secure {
		return "__Host-slipway"
	}
	return "slipway"
}

func (c *console) cookie(value string, life time.Duration) *http.Cookie {
	return &http.Cookie{
		Name: c.cookieName(), Value: value, Path: "/", MaxAge: int(life.Seconds()),
		HttpOnly: true, Secure: c.Secure, SameSite: http.SameSiteLaxMode,
	}
}

// noCookie takes the cookie from the browser.
func (c *console) noCookie() *http.Cookie {
	k := c.cookie("", 0)
	k.MaxAge = -1
	return k
}

// begin starts a session.
func (c *console) begin(s session) (*http.Cookie, error) {
	s.ID, s.Expires = rand.Text(), c.Now().Add(sessionLife)
	text, err := c.seal.seal(s)
	if err != nil {
		return nil, err
	}
	return c.cookie(text, sessionLife), nil
}

// noSession is the fault of whoever has no session, or one that has ended.
func noSession() *fault.Fault {
	return fault.New(fault.Invalid, control.CodeUnauthenticated, "you are not signed in, or your session has ended").WithHint("sign in; nothing was done")
}

// recall says whose session a request belongs to.
func (c *console) recall(ctx context.Context, r *http.Request) (session, auth.Principal, error) {
	var s session
	k, err := r.Cookie(c.cookieName())
	if err != nil || !c.seal.open(k.Value, &s) || !c.Now().Before(s.Expires) {
		return session{}, auth.Principal{}, noSession()
	}
	if s.Local != nil {
		return s, auth.Principal{Actor: *s.Local, Role: slipway.Admin}, nil
	}
	who, err := c.Guard.Again(ctx, s.Token)
	if fault.CodeOf(err) == control.CodeUnauthenticated {
		return session{}, auth.Principal{}, noSession()
	}
	return s, who, err
}
