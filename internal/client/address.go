package client

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
)

const addressExample = "https://slipway.example.com, or http://127.0.0.1:8080 on this machine"

// parseAddress reads a server's address. Plain http is for this machine alone
// unless insecure says otherwise: it would carry the token in the clear.
func parseAddress(address string, insecure bool) (*url.URL, error) {
	bad := func(what string) (*url.URL, error) {
		return nil, fault.New(fault.Invalid, "bad-server", "the server's address %s", what).WithHint("an address is such as %s", addressExample)
	}
	u, err := url.Parse(address)
	switch {
	case err != nil && !strings.Contains(address, "://"), err == nil && u.Scheme != "http" && u.Scheme != "https":
		return bad("has no http:// or https:// before it")
	case err != nil:
		return bad("cannot be read")
	case u.Hostname() == "":
		return bad("names no host")
	case u.User != nil:
		return bad("has a user in it; who asks is said by the token alone")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return bad("has a query or a fragment")
	}
	if u.Scheme == "http" && !onThisMachine(u.Hostname()) && !insecure {
		return nil, fault.New(fault.Invalid, "insecure-server", "%s is another machine, and plain http would send the token there in the clear", u.Host).
			WithHint("say https://, or set SLIPWAY_INSECURE=1 where nobody can listen on the way")
	}
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
	return u, nil
}

// onThisMachine reports whether a host cannot be another machine.
func onThisMachine(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// CodeNoToken is the fault of a call without a token.
const CodeNoToken = "no-token"

func checkToken(token string) error {
	hint := "make one on the server with slipway token create, and set SLIPWAY_TOKEN to it or name its file with --token-file"
	if token == "" {
		return fault.New(fault.Invalid, CodeNoToken, "a server wants a token, and there is none").WithHint("%s", hint)
	}
	for _, r := range token {
		if r <= ' ' || r > '~' {
			return fault.New(fault.Invalid, "bad-token", "the token has a character that no token has, such as a space or a line's end").
				WithHint("it is one word that begins with slipway_")
		}
	}
	return nil
}
