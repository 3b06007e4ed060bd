package gitremote

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"syscall"

	"github.com/go-git/go-git/v5/plumbing/transport"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// peer is a Git host as faults speak of it.
type peer struct {
	host      string
	reference string // the name of the credential, "" without one
	limits    snapshot.Limits
}

// common is the fault for what can go wrong with any host, or nil. The causes
// that faults keep are made here, from an error's type: a host's own text could
// repeat a secret.
func (p peer) common(ctx context.Context, w *watch, err error) error {
	var known *fault.Fault
	switch {
	case w.tooMuch.Load():
		return transferTooLarge(p.limits)
	case errors.As(err, &known):
		return known
	case errors.Is(err, errBlocked):
		return fault.New(fault.Invalid, "address-not-allowed", "the repository's host has an address that is not public").
			WithHint("ask the operator to allow private addresses")
	case w.stalled.Load():
		return p.unreachable(context.DeadlineExceeded, "fell silent")
	case errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		return p.unreachable(context.DeadlineExceeded, "takes longer than it may")
	case ctx.Err() != nil:
		return interrupted(ctx, nil)
	case errors.Is(err, transport.ErrEmptyRemoteRepository):
		return empty()
	}
	return nil
}

// network is the fault for a host that cannot be connected to, or nil.
func (p peer) network(err error) error {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns):
		return p.unreachable(errors.New("name not resolved"), "has a name that is not known")
	case errors.Is(err, syscall.ECONNREFUSED):
		return p.unreachable(syscall.ECONNREFUSED, "refuses connections")
	}
	return nil
}

// fault says what an HTTP operation's error means.
func (h *hosted) fault(ctx context.Context, err error) error {
	if f := h.common(ctx, &h.exchange.watch, err); f != nil {
		return f
	}
	if f := h.refused(int(h.exchange.status.Load())); f != nil {
		return f
	}
	return h.broken(err)
}

// refused is the fault for a status, or nil for one that refuses nothing.
func (h *hosted) refused(status int) error {
	switch {
	case status == 401 || status == 403:
		return h.badCredentials(status)
	case status == 404 || status == 410:
		return h.notFound()
	case status/100 == 3:
		return fault.New(fault.Invalid, "repository-redirect", "the Git host %s redirects to where Slipway does not follow", h.host).
			WithHint("give the repository's new URL")
	case status == 408 || status == 429 || status/100 == 5:
		return h.unreachable(fmt.Errorf("status %d", status), fmt.Sprintf("answers with status %d", status))
	case status/100 == 4:
		return notGit(fmt.Errorf("status %d", status))
	}
	return nil
}

func (h *hosted) badCredentials(status int) error {
	f := fault.New(fault.Invalid, "repository-credentials", "the Git host %s lets nobody in with these credentials (status %d)", h.host, status)
	if h.reference == "" {
		return f.WithHint("the repository is private or does not exist; name a credential of the operator's configuration for its host")
	}
	return f.WithHint("look at the credential %q: it may have expired, or may not read this repository; "+
		"it is not sent on when the host redirects to another", h.reference)
}

// broken is the fault for an error of the network or of what came over it.
func (h *hosted) broken(err error) error {
	var (
		unknown x509.UnknownAuthorityError
		name    x509.HostnameError
		expired x509.CertificateInvalidError
		alert   *tls.CertificateVerificationError
	)
	if f := h.network(err); f != nil {
		return f
	}
	switch {
	case errors.As(err, &unknown), errors.As(err, &name), errors.As(err, &expired), errors.As(err, &alert):
		return h.unreachable(errors.New("certificate not trusted"), "has a certificate that is not trusted")
	case h.exchange.status.Load() == 200 && h.offers == nil && !h.exchange.cut.Load():
		return notGit(errors.New("no references in the answer"))
	}
	return h.lost()
}

func (p peer) lost() error {
	return p.unreachable(errors.New("connection lost"), "broke the connection")
}

func (p peer) notFound() error {
	return fault.New(fault.NotFound, "repository-not-found", "the Git host %s knows no such repository", p.host).
		WithHint("check the URL; private repositories answer like this too, without a credential or with one that may not read them")
}

// unreachable is the fault for a host that did what follows its name.
func (p peer) unreachable(cause error, what string) error {
	return fault.Wrap(cause, fault.Unavailable, "repository-unreachable", "the Git host %s %s", p.host, what).
		WithHint("try again; if it lasts, look whether the Git host is up and reachable from here")
}

func notGit(cause error) error {
	return fault.Wrap(cause, fault.Invalid, "not-a-repository", "the URL does not answer as a Git repository").
		WithHint("give the URL that git clone takes")
}
