package client

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"syscall"

	"github.com/slipway-dev/slipway/internal/fault"
)

// unreached is the fault of a server that gave no answer: what its error says is
// for the log, since an address may be in it.
func (c *Client) unreached(err error) error {
	unreachable := func(what string) *fault.Fault {
		return fault.Wrap(err, fault.Unavailable, "server-unreachable", "the server %s %s", c.base.Host, what)
	}
	if f := c.distrusted(err); f != nil {
		return f
	}
	dns, isDNS := errors.AsType[*net.DNSError](err)
	switch {
	case isDNS && dns.IsNotFound:
		return unreachable("is not known: there is no host of this name").WithHint("look whether its address is right")
	case errors.Is(err, syscall.ECONNREFUSED):
		f := unreachable("refuses connections: nothing listens there").WithHint("look whether its address and port are right, and whether it runs")
		return passing{error: f}
	case isTimeout(err):
		return passing{error: unreachable("did not answer in time").WithHint("try again, or look at the way there")}
	}
	return passing{error: unreachable("cannot be reached, or broke off").WithHint("try again, or look whether its address is right and it runs")}
}

// distrusted is the fault of a server that does not speak TLS as it should, nil
// for any other error. To ask again would not help.
func (c *Client) distrusted(err error) error {
	_, verification := errors.AsType[*tls.CertificateVerificationError](err)
	_, unknown := errors.AsType[x509.UnknownAuthorityError](err)
	_, header := errors.AsType[tls.RecordHeaderError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	hostname, wrongName := errors.AsType[x509.HostnameError](err)
	switch {
	case wrongName:
		names := "no name"
		if hostname.Certificate != nil && len(hostname.Certificate.DNSNames) > 0 {
			names = strings.Join(hostname.Certificate.DNSNames, ", ")
		}
		return fault.Wrap(err, fault.Invalid, "server-certificate", "the server's certificate is not for %s", c.base.Hostname()).
			WithHint("it is for %s", names)
	case unknown:
		return fault.Wrap(err, fault.Invalid, "server-certificate", "the certificate of %s is signed by an authority that this machine does not trust", c.base.Host).
			WithHint("if it is your own authority, name its certificate with --ca-file FILE or SLIPWAY_CA_FILE")
	case verification:
		return fault.Wrap(err, fault.Invalid, "server-certificate", "the certificate of %s cannot be trusted", c.base.Host).
			WithHint("it may have expired; look at it on the server")
	case header || strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return fault.Wrap(err, fault.Invalid, "not-tls", "%s does not speak TLS on this port", c.base.Host).
			WithHint("look whether the port is right; on this machine the address may begin with http://")
	case alert:
		return fault.Wrap(err, fault.Invalid, "server-certificate", "%s ended the TLS handshake", c.base.Host).
			WithHint("it may want another version of TLS, or another name")
	}
	return nil
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[net.Error](err)
	return ok && timeout.Timeout()
}
