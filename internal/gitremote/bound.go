package gitremote

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"

	"github.com/slipway-dev/slipway/internal/fault"
)

// credential looks up what to send to a place, and makes sure that it may be
// sent there; a repository without a reference has the zero Credential.
func (r *Remote) credential(ctx context.Context, place location, name string) (Credential, error) {
	if name == "" {
		return Credential{}, nameless(place)
	}
	c, err := r.credentials.Credential(ctx, name)
	if err != nil {
		return Credential{}, fmt.Errorf("look up credential %q: %w", name, err)
	}
	if bound := boundTo(c.Host, place.url.Scheme); bound == "" || bound != hostPort(place.url) {
		return Credential{}, fault.New(fault.Invalid, "credential-host",
			"the credential %q is for the host %s, and the repository is on %s", name, c.Host, hostPort(place.url)).
			WithHint("name a credential for the repository's host, port included")
	}
	if place.url.Scheme == "ssh" {
		return c, fitsSSH(c, place.url, name)
	}
	return c, fitsHTTP(c, place.url, name)
}

// nameless refuses ssh without a credential: nobody gets in there without a key.
func nameless(place location) error {
	if place.url.Scheme != "ssh" {
		return nil
	}
	return fault.New(fault.Invalid, "repository-credentials", "the repository is read over ssh, which takes a credential").
		WithHint("name a credential of the operator's configuration that has a private key for %s", hostPort(place.url))
}

func fitsHTTP(c Credential, u *url.URL, name string) error {
	if len(c.PrivateKey) > 0 {
		return fault.New(fault.Invalid, "repository-credentials", "the credential %q is a private key, which %s has no use for", name, u.Scheme).
			WithHint("give the repository's ssh URL, or name a credential that has a password")
	}
	if u.Scheme == "http" && !loopback(u.Hostname()) {
		return fault.New(fault.Invalid, "insecure-credentials", "a credential is not sent over http").
			WithHint("give the repository's https URL")
	}
	return nil
}

func fitsSSH(c Credential, u *url.URL, name string) error {
	if len(c.PrivateKey) == 0 {
		return fault.New(fault.Invalid, "repository-credentials", "the credential %q has no private key, and the repository is read over ssh", name).
			WithHint("name a credential that has a private key, or give the repository's https URL")
	}
	if u.User != nil && u.User.Username() != c.user() {
		return fault.New(fault.Invalid, "credential-user",
			"the credential %q is for the user %q, and the repository's URL names another", name, c.user()).
			WithHint("leave the user out of the URL, or name a credential for that user")
	}
	return nil
}

// boundTo brings the host of a credential into the form of hostPort.
func boundTo(host, scheme string) string {
	if host == "" || strings.ContainsAny(host, "/@ ") {
		return ""
	}
	return hostPort(&url.URL{Scheme: scheme, Host: host})
}

// basicAuth is what HTTP sends of a credential: nothing of the zero one.
func basicAuth(c Credential) transport.AuthMethod {
	if c.Host == "" {
		return nil
	}
	return &githttp.BasicAuth{Username: c.user(), Password: c.Password}
}
