package gitremote

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Credential is an entry of the operator's configuration: what to send to one
// host, and to no other. However it is printed, it shows its host alone.
type Credential struct {
	Host     string // "git.example.com", with ":port" if it is not the scheme's own
	Username string // "" is "git", which goes with any token of the large hosts
	Password string // a password or a token
}

// Format prints the host whatever the verb is.
func (c Credential) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "credential for %s", c.Host) }

// LogValue is what a structured log shows.
func (c Credential) LogValue() slog.Value { return slog.StringValue("credential for " + c.Host) }

// MarshalJSON keeps the secret out of JSON.
func (c Credential) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "{\"host\":%q}", c.Host), nil
}

// Credentials looks credentials up by name. An unknown name is a NotFound fault;
// a store of secrets that cannot be asked now is Unavailable.
type Credentials interface {
	Credential(ctx context.Context, name string) (Credential, error)
}

// List is a fixed set of credentials by name.
type List map[string]Credential

var _ Credentials = List(nil)

// Credential returns an entry, or the fault NotFound unknown-credential.
func (l List) Credential(_ context.Context, name string) (Credential, error) {
	if c, ok := l[name]; ok {
		return c, nil
	}
	return Credential{}, unknownCredential(name)
}

func unknownCredential(name string) error {
	return fault.New(fault.NotFound, "unknown-credential", "there is no credential %q", name).
		WithHint("credentials are entries of the operator's configuration: add it there, or name another")
}

// credential looks up what to send to a place; a repository without a reference
// has none.
func (r *Remote) credential(ctx context.Context, place location, name string) (*githttp.BasicAuth, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // no credential is a value of its own here
	}
	c, err := r.credentials.Credential(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("look up credential %q: %w", name, err)
	}
	if bound := boundTo(c.Host, place.url.Scheme); bound == "" || bound != hostPort(place.url) {
		return nil, fault.New(fault.Invalid, "credential-host",
			"the credential %q is for the host %s, and the repository is on %s", name, c.Host, hostPort(place.url)).
			WithHint("name a credential for the repository's host, port included")
	}
	if place.url.Scheme == "http" && !loopback(place.url.Hostname()) {
		return nil, fault.New(fault.Invalid, "insecure-credentials", "a credential is not sent over http").
			WithHint("give the repository's https URL")
	}
	username := c.Username
	if username == "" {
		username = "git"
	}
	return &githttp.BasicAuth{Username: username, Password: c.Password}, nil
}

// boundTo brings the host of a credential into the form of hostPort.
func boundTo(host, scheme string) string {
	if host == "" || strings.ContainsAny(host, "/@ ") {
		return ""
	}
	return hostPort(&url.URL{Scheme: scheme, Host: host})
}

// auth keeps a nil credential from becoming an interface that is not nil.
func auth(c *githttp.BasicAuth) transport.AuthMethod {
	if c == nil {
		return nil
	}
	return c
}
