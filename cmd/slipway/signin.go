package main

import (
	"net"
	"net/url"
	"strings"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/fault"
)

type signInCmd struct {
	At string `help:"Address that the server is reached at, where it is another than it listens on." placeholder:"URL"`
}

// Run prints a link for the console of the server that uses this store.
func (c *signInCmd) Run(s *session) error {
	if err := s.onlyLocal("sign-in", "a link is made where the store is; elsewhere sign in with a token"); err != nil {
		return err
	}
	at, err := c.address(s)
	if err != nil {
		return err
	}
	link, err := s.signInLink(at)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(struct {
			Link string `json:"link"`
		}{link})
		return nil
	}
	s.print("%s", link)
	s.say("it signs you in once, within %d minutes, as %s", int(console.LinkLife.Minutes()), s.actor.Subject)
	return nil
}

// address is what the person says, else where the server's settings say that it
// listens.
func (c *signInCmd) address(s *session) (string, error) {
	if c.At != "" {
		u, err := url.Parse(c.At)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return "", fault.New(fault.Invalid, "bad-address", "%q is no address of a server", c.At).WithHint("write it as https://slipway.example.com")
		}
		return u.Scheme + "://" + u.Host, nil
	}
	v, err := (&serveCmd{}).settings(s)
	if err != nil {
		return "", err
	}
	host, port, err := net.SplitHostPort(v.door.Address)
	if err != nil || port == "0" || strings.Trim(host, ":.0") == "" {
		return "", fault.New(fault.Invalid, "bad-address", "the server's settings do not say where browsers find it").WithHint("say where, with --at http://127.0.0.1:8080")
	}
	return v.address(v.door.Address), nil
}

// signInLink makes a link for whoever runs this program.
func (s *session) signInLink(at string) (string, error) {
	if s.store == nil {
		store, _, err := s.openParts()
		if err != nil {
			return "", err
		}
		s.store = store
	}
	links, err := console.NewLinks(s.ctx, s.store)
	if err != nil {
		return "", err
	}
	return links.New(at, s.actor, s.now())
}
