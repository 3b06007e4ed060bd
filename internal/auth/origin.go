package auth

import (
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Codes of the faults of MayCome.
const (
	CodeWrongHost = "unknown-host"
	CodeCrossSite = "cross-site"
)

// MayCome refuses a request to a host that is none of hosts, which a page
// elsewhere may have given our address, and a write that a page of another site
// sends. Without hosts any is right. Faults: Invalid ("unknown-host",
// "cross-site").
func MayCome(r *http.Request, hosts []string) error {
	if host := Hostname(r.Host); len(hosts) > 0 && !slices.Contains(hosts, host) {
		return fault.New(fault.Invalid, CodeWrongHost, "this server does not answer for the host %q", host).
			WithHint("use its own name; the operator lists further ones")
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		return nil
	}
	crossSite := r.Header.Get("Sec-Fetch-Site") == "cross-site"
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		crossSite = crossSite || err != nil || !strings.EqualFold(u.Host, r.Host)
	}
	if crossSite {
		return fault.New(fault.Invalid, CodeCrossSite, "a page of another site cannot write here").WithHint("send it from a program, or from this server's own pages")
	}
	return nil
}

// Hostname is the host of an address that may have a port, in lower case.
func Hostname(address string) string {
	if h, _, err := net.SplitHostPort(address); err == nil {
		address = h
	}
	return strings.ToLower(strings.Trim(address, "[]"))
}
