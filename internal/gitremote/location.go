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
	path string // on this machine; with an ssh URL, on the host
}

func (l location) local() bool { return l.url == nil }

const urlHint = "give an https or ssh URL such as https://github.com/acme/workflows.git, or the path of a repository on this machine"

// locate understands what people write for a repository. No fault repeats a
// URL that may hold a secret.
func locate(raw string) (location, error) {
	scheme, _, isURL := strings.Cut(raw, "://")
	switch {
	case strings.TrimSpace(raw) == "" || strings.ContainsAny(raw, "\x00\r\n"):
		return location{}, badURL("the repository's URL is empty or holds control characters")
	case !isURL && scpLike(raw):
		return locateSCP(raw)
	case !isURL:
		return location{path: raw}, nil
	}
	u, err := url.Parse(raw)
	switch {
	case strings.EqualFold(scheme, "ssh") && err == nil:
		return locateSSH(u)
	case err != nil && strings.Contains(raw, "@"), err == nil && u.User != nil:
		return location{}, credentialsInURL()
	case err != nil:
		return location{}, badURL("the repository's URL cannot be read")
	case u.Scheme == "file":
		return locateFile(u)
	case u.Scheme != "https" && u.Scheme != "http":
		return location{}, unsupported(u.Scheme)
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

func badURL(detail string) error {
	return fault.New(fault.Invalid, "repository-url", "%s", detail).WithHint(urlHint)
}

func credentialsInURL() error {
	return fault.New(fault.Invalid, "credentials-in-url", "the repository's URL holds a user name or a password").
		WithHint("take it out of the URL, and name a credential of the operator's configuration instead")
}

func unsupported(scheme string) error {
	return fault.New(fault.Invalid, "scheme-not-supported", "repositories cannot be read over %q", clip(scheme, 20)).WithHint(urlHint)
}

// hostPort is a URL's host with its port, in lower case; the port is there
// unless it is the scheme's own.
func hostPort(u *url.URL) string {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == "" || port == defaultPort(u.Scheme) {
		return host
	}
	return net.JoinHostPort(host, port)
}

func defaultPort(scheme string) string {
	switch scheme {
	case "https":
		return "443"
	case "http":
		return "80"
	}
	return sshPort
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}
