package server

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Door is where a server listens, and whom it lets come.
type Door struct {
	Address  string   // host and port
	Cert     string   // file, with Key: speak TLS
	Key      string   // file
	Proxies  []string // addresses or prefixes of proxies whose word on the sender is taken
	Names    []string // hosts that requests may name beside the address's own
	prefixes []netip.Prefix
}

// Open listens. It refuses an address that other machines reach without TLS or a
// proxy that speaks it: tokens would travel in the clear. Faults: Invalid
// ("bad-listen", "insecure-listen", "bad-certificate", "bad-proxy",
// "no-host"), Unavailable ("listen").
func (d *Door) Open() (net.Listener, error) {
	host, _, err := net.SplitHostPort(d.Address)
	if err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "bad-listen", "%q is no address to listen on", d.Address).
			WithHint("give a host and a port, such as 127.0.0.1:8080")
	}
	if err := d.readProxies(); err != nil {
		return nil, err
	}
	secure := d.Cert != "" || d.Key != ""
	if !loopback(host) && !secure && len(d.Proxies) == 0 {
		return nil, fault.New(fault.Invalid, "insecure-listen", "other machines reach %s, and without TLS tokens would travel in the clear", d.Address).
			WithHint("give a certificate with --tls-cert and --tls-key, or name the proxy before it that speaks TLS with --trusted-proxy")
	}
	if !loopback(host) && len(d.Names) == 0 {
		return nil, fault.New(fault.Invalid, "no-host", "a server that other machines reach must know its name").
			WithHint("say what its users call it, such as --host slipway.example.com")
	}
	l, err := net.Listen("tcp", d.Address) //nolint:noctx // it is closed by who serves
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "listen", "cannot listen on %s: %s", d.Address, reason(err)).
			WithHint("another program may listen there; choose another port with --listen, or 0 for any that is free")
	}
	if !secure {
		return l, nil
	}
	pair, err := tls.LoadX509KeyPair(d.Cert, d.Key)
	if err != nil {
		_ = l.Close()
		return nil, fault.Wrap(err, fault.Invalid, "bad-certificate", "the certificate %q and the key %q cannot be used", d.Cert, d.Key).
			WithHint("both are files in PEM, the certificate first with those that sign it, and the key belongs to it")
	}
	return tls.NewListener(l, &tls.Config{
		Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2", "http/1.1"},
	}), nil
}

func reason(err error) string {
	text := err.Error()
	return text[strings.LastIndex(text, ": ")+len(": "):]
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback()
}

func (d *Door) readProxies() error {
	d.prefixes = nil
	for _, text := range d.Proxies {
		p, err := netip.ParsePrefix(text)
		if ip, ierr := netip.ParseAddr(text); ierr == nil {
			p, err = netip.PrefixFrom(ip, ip.BitLen()), nil
		}
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "bad-proxy", "%q is no address of a proxy", text).WithHint("give an address or a prefix, such as 10.0.0.0/8")
		}
		d.prefixes = append(d.prefixes, p)
	}
	return nil
}

// Near reports whether no other machine reaches the address.
func (d *Door) Near() bool {
	host, _, err := net.SplitHostPort(d.Address)
	return err == nil && loopback(host) && len(d.Proxies) == 0
}

// Hosts are those that requests may name.
func (d *Door) Hosts() []string {
	hosts := slices.Clone(d.Names)
	host, _, _ := net.SplitHostPort(d.Address)
	if loopback(host) {
		hosts = append(hosts, "localhost", "127.0.0.1", "::1")
	}
	if ip, err := netip.ParseAddr(host); err == nil && !ip.IsUnspecified() {
		hosts = append(hosts, ip.String())
	}
	return hosts
}

// Sender is the address that a request came from: the peer's, or, where that is
// a trusted proxy, the last one before the proxies that X-Forwarded-For names.
func (d *Door) Sender(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	at := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && d.trusts(at); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		at = hop.Unmap()
	}
	return at.String()
}

func (d *Door) trusts(ip netip.Addr) bool {
	return slices.ContainsFunc(d.prefixes, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// Direct reports whether a request comes from a program on this machine, with no
// proxy between. One that names a foreign host may come from a page that a
// browser on this machine shows.
func (d *Door) Direct(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	near := err == nil && peer.Addr().Unmap().IsLoopback() && len(d.prefixes) == 0
	return near && r.Header.Get("X-Forwarded-For") == "" && r.Header.Get("Forwarded") == "" && d.answersFor(r.Host)
}

func (d *Door) answersFor(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return slices.Contains(d.Hosts(), strings.ToLower(strings.Trim(host, "[]")))
}
