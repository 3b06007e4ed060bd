package gitremote

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// How much of an answer is read, where the snapshot's limits do not say.
const (
	maxRefs  = 64 << 20 // the list of references
	maxError = 64 << 10 // the text of a refusal
)

var (
	errTooMuch = errors.New("the host sends more than it may")
	errBlocked = errors.New("the address is not public")
)

// newDialer opens connections for every transport.
func newDialer(publicOnly bool) *net.Dialer {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	if publicOnly {
		dialer.ControlContext = refusePrivate
	}
	return dialer
}

// newTransport is an HTTP transport of our own: no settings of the process or
// of other packages reach it.
func newTransport(dialer *net.Dialer) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            dialer.DialContext,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           16,
		IdleConnTimeout:        30 * time.Second,
		TLSHandshakeTimeout:    15 * time.Second,
		MaxResponseHeaderBytes: 1 << 20,
		DisableCompression:     true,
	}
}

// refusePrivate looks at the address itself, after names are resolved, so that
// neither a name nor a redirect leads inside.
func refusePrivate(_ context.Context, _, address string, _ syscall.RawConn) error {
	where, err := netip.ParseAddrPort(address)
	if err != nil || !public(where.Addr().Unmap()) {
		return errBlocked
	}
	return nil
}

func public(a netip.Addr) bool {
	shared := netip.MustParsePrefix("100.64.0.0/10") // inside a provider's network
	mapped := netip.MustParsePrefix("64:ff9b::/96")  // IPv4 behind a translator
	return a.IsGlobalUnicast() && !a.IsPrivate() && !shared.Contains(a) && !mapped.Contains(a)
}

// exchange is the HTTP of one operation. It bounds every answer.
type exchange struct {
	watch
	base    http.RoundTripper
	maxPack int64
	status  atomic.Int64 // of the last answer, 0 if there was none
}

// RoundTrip sends one request.
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	x.status.Store(0)
	x.start()
	response, err := x.base.RoundTrip(r)
	x.end()
	if err != nil {
		return nil, err
	}
	x.status.Store(int64(response.StatusCode))
	body := &bounded{watch: &x.watch, in: response.Body}
	switch {
	case response.StatusCode/100 != 2:
		body.left, body.quiet = maxError, true
	case strings.HasSuffix(r.URL.Path, "/info/refs"):
		body.left = maxRefs
	default:
		body.left = x.maxPack
	}
	response.Body = boundedBody{body, response.Body}
	return response, nil
}

// boundedBody is an answer's body with a bound.
type boundedBody struct {
	*bounded
	io.Closer
}
