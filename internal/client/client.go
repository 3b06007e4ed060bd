package client

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// Client does the operations of one server under one token. It may be used from
// several goroutines.
type Client struct {
	base     *url.URL
	token    string
	agent    string
	http     *http.Client
	progress func(control.Progress)
	pause    func(ctx context.Context, d time.Duration) error
}

// Options are what a Client is made of. Address and Token are required.
type Options struct {
	Address     string // http://host:port or https://host, perhaps with a path before /v1
	Token       string
	Insecure    bool   // also plain http to another machine, which shows the token to whoever is between
	Authorities []byte // PEM: authorities to trust beside the system's
	UserAgent   string
	Progress    func(control.Progress)                           // told of every step of a sync that is waited for
	Pause       func(ctx context.Context, d time.Duration) error // waits; nil is a timer
}

// New checks address and token, and speaks to nobody yet. Invalid
// ("bad-server", "insecure-server", "bad-token", "bad-authorities").
func New(o Options) (*Client, error) {
	base, err := parseAddress(o.Address, o.Insecure)
	if err != nil {
		return nil, err
	}
	if err := checkToken(o.Token); err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ForceAttemptHTTP2:     true,
		IdleConnTimeout:       time.Minute,
		ExpectContinueTimeout: time.Second,
	}
	if len(o.Authorities) > 0 {
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(o.Authorities) {
			return nil, fault.New(fault.Invalid, "bad-authorities", "the file of authorities has no certificate").
				WithHint("it is PEM: -----BEGIN CERTIFICATE----- …")
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	c := &Client{
		base: base, token: o.Token, agent: o.UserAgent, progress: o.Progress, pause: o.Pause,
		http: &http.Client{Transport: transport, CheckRedirect: neverFollow},
	}
	if c.progress == nil {
		c.progress = func(control.Progress) {}
	}
	if c.pause == nil {
		c.pause = sleep
	}
	return c, nil
}

// Close gives up the connections that are kept.
func (c *Client) Close() error {
	c.http.CloseIdleConnections()
	return nil
}

// neverFollow leaves a redirect to the caller, so that no token follows one.
func neverFollow(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
