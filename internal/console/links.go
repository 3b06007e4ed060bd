package console

import (
	"context"
	"crypto/rand"
	"net/url"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// LinkLife is how long a sign-in link may be used.
const LinkLife = 15 * time.Minute

// Links makes sign-in links for whoever can read the store: each signs one person
// in, once, as an administrator under their own name.
type Links struct{ seal sealer }

// NewLinks reads the key of the links.
func NewLinks(ctx context.Context, keys control.Keys) (Links, error) {
	s, err := newSealer(ctx, keys, "sign-in-links")
	return Links{s}, err
}

// link is what a link says.
type link struct {
	ID      string        `json:"id"`
	Actor   slipway.Actor `json:"actor"`
	Expires time.Time     `json:"expires"`
}

// New makes a link below a server's address.
func (l Links) New(address string, actor slipway.Actor, now time.Time) (string, error) {
	text, err := l.seal.seal(link{ID: rand.Text(), Actor: actor, Expires: now.Add(LinkLife)})
	if err != nil {
		return "", err
	}
	return address + Root + "/sign-in?" + url.Values{"link": {text}}.Encode(), nil
}

func badLink() *fault.Fault {
	return fault.New(fault.Invalid, control.CodeUnauthenticated, "this link lets nobody in").
		WithHint("a link works once, within %d minutes; make another with slipway sign-in on the server's machine", int(LinkLife.Minutes()))
}

// read gives what a link says, if it is still good by its time.
func (l Links) read(text string, now time.Time) (link, error) {
	var k link
	if !l.seal.open(text, &k) || !now.Before(k.Expires) || k.Actor.Validate() != nil {
		return link{}, badLink()
	}
	return k, nil
}

// use spends a link, from whichever process it is used first.
func (l Links) use(ctx context.Context, answers control.Answers, text string, now time.Time) (link, error) {
	k, err := l.read(text, now)
	if err != nil {
		return link{}, err
	}
	_, first, err := claim(ctx, answers, now, k.Expires, "sign-in-link", k.ID)
	if err != nil {
		return link{}, err
	}
	if !first {
		return link{}, badLink()
	}
	return k, nil
}
