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

// newTransport is an HTTP transport of our own: no settings of the process or
// of other packages reach it.
func newTransport(publicOnly bool) *http.Transport {
	dialer := &net.Dialer{Timeout: 15 * time.Second, KeepAlive: 30 * time.Second}
	if publicOnly {
		dialer.ControlContext = refusePrivate
	}
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

// exchange is the HTTP of one operation. It bounds every answer, ends a host
// that falls silent, and remembers what faults are made from.
type exchange struct {
	base    http.RoundTripper
	maxPack int64
	stall   time.Duration
	cancel  context.CancelFunc

	status  atomic.Int64 // of the last answer, 0 if there was none
	tooMuch atomic.Bool
	stalled atomic.Bool
	cut     atomic.Bool // an answer ended before its end
}

// RoundTrip sends one request.
func (x *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	x.status.Store(0)
	timer := time.AfterFunc(x.stall, x.giveUp)
	response, err := x.base.RoundTrip(r)
	timer.Stop()
	if err != nil {
		return nil, err
	}
	x.status.Store(int64(response.StatusCode))
	body := &boundedBody{exchange: x, body: response.Body, timer: timer}
	switch {
	case response.StatusCode/100 != 2:
		body.left, body.quiet = maxError, true
	case strings.HasSuffix(r.URL.Path, "/info/refs"):
		body.left = maxRefs
	default:
		body.left = x.maxPack
	}
	response.Body = body
	return response, nil
}

func (x *exchange) giveUp() {
	x.stalled.Store(true)
	x.cancel()
}

// boundedBody gives out so many bytes, and then an error, or the end if quiet.
type boundedBody struct {
	exchange *exchange
	body     io.ReadCloser
	timer    *time.Timer
	left     int64
	quiet    bool
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 && b.quiet {
		return 0, io.EOF
	}
	if b.left <= 0 {
		b.exchange.tooMuch.Store(true)
		return 0, errTooMuch
	}
	b.timer.Reset(b.exchange.stall)
	defer b.timer.Stop()
	n, err := b.body.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		b.exchange.cut.Store(true)
	}
	return n, err
}

func (b *boundedBody) Close() error {
	b.timer.Stop()
	return b.body.Close()
}
