package gitremote

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
)

// location is where a repository is: a URL, or a path on this machine.
type location struct {
	url  *url.URL
	path string
}

func (l location) local() bool { return l.url == nil }

const urlHint = "give an https URL such as https://github.com/acme/workflows.git, or the path of a repository on this machine"

// locate understands what people write for a repository. No fault repeats a
// URL that may hold a secret.
func locate(raw string) (location, error) {
	scheme, _, isURL := strings.Cut(raw, "://")
	switch {
	case strings.TrimSpace(raw) == "" || strings.ContainsAny(raw, "\x00\r\n"):
		return location{}, badURL("the repository's URL is empty or holds control characters")
	case !isURL && scpLike(raw):
		return location{}, noSSH()
	case !isURL:
		return location{path: raw}, nil
	}
	scheme = strings.ToLower(scheme)
	if scheme == "ssh" || strings.HasSuffix(scheme, "+ssh") {
		return location{}, noSSH()
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil && strings.Contains(raw, "@"), err == nil && u.User != nil:
		return location{}, fault.New(fault.Invalid, "credentials-in-url", "the repository's URL holds a user name or a password").
			WithHint("take it out of the URL, and name a credential of the operator's configuration instead")
	case err != nil:
		return location{}, badURL("the repository's URL cannot be read")
	case u.Scheme == "file":
		return locateFile(u)
	case u.Scheme != "https" && u.Scheme != "http":
		return location{}, fault.New(fault.Invalid, "scheme-not-supported", "repositories cannot be read over %q", u.Scheme).WithHint(urlHint)
	case u.Hostname() == "":
		return location{}, badURL("the repository's URL names no host")
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return location{}, badURL("the repository's URL has a query or a fragment")
	}
	return location{url: u}, nil
}

func locateFile(u *url.URL) (location, error) {
	if (u.Host != "" && u.Host != "localhost") || u.Path == "" {
		return location{}, badURL("the file URL names another machine, or no path")
	}
	return location{path: filepath.FromSlash(u.Path)}, nil
}

// scpLike reports whether a text is Git's short form of an ssh URL,
// [user@]host:path: a colon before any slash, and no drive letter.
func scpLike(raw string) bool {
	before, _, ok := strings.Cut(raw, ":")
	return ok && len(before) > 1 && !strings.ContainsAny(before, `/\`)
}

func badURL(detail string) error {
	return fault.New(fault.Invalid, "repository-url", "%s", detail).WithHint(urlHint)
}

func noSSH() error {
	return fault.New(fault.Invalid, "ssh-not-supported", "repositories cannot be read over ssh yet").
		WithHint("give the repository's https URL, and a credential if it is private")
}

// hostPort is a URL's host with its port, in lower case; the port is there
// unless it is the scheme's own.
func hostPort(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" || (u.Scheme == "https" && port == "443") || (u.Scheme == "http" && port == "80") {
		return host
	}
	return net.JoinHostPort(host, port)
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
