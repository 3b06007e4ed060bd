package gitremote

import (
	"net"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/ssh"

	"github.com/slipway-dev/slipway/internal/fault"
)

// hostCheck decides whether a host is the one it should be. There is no trust on
// first use: a key that no line has is refused, before anything is sent.
type hostCheck struct {
	peer
	hosts   *knownHosts
	keys    []ssh.PublicKey // the host's own
	knownIn string

	refused  atomic.Pointer[fault.Fault]
	accepted atomic.Bool
}

// newHostCheck reads the known hosts of a credential for one host.
func newHostCheck(c Credential, host, port string, p peer) (*hostCheck, error) {
	h := &hostCheck{peer: p, knownIn: c.KnownIn}
	if h.knownIn == "" {
		h.knownIn = "the known hosts of credential " + p.reference
	}
	var err error
	if h.hosts, err = parseKnownHosts(c.KnownHosts); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "bad-credential", "the known hosts of credential %q cannot be read: %s", p.reference, clip(err.Error(), 200)).
			WithHint("mend %s: each line is a host, the type of a key, and the key", h.knownIn)
	}
	h.keys = h.hosts.keys(host, port)
	return h, nil
}

// algorithms are what a host may prove itself with, those of its known keys
// first: a host with several keys then shows one that is known. The others
// follow so that a host that has none of them shows what it has instead.
func (h *hostCheck) algorithms() []string {
	all := []string{
		ssh.KeyAlgoED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256,
	}
	known := func(algorithm string) bool {
		return slices.ContainsFunc(h.keys, func(k ssh.PublicKey) bool {
			return k.Type() == algorithm || (k.Type() == ssh.KeyAlgoRSA && strings.HasPrefix(algorithm, "rsa-"))
		})
	}
	slices.SortStableFunc(all, func(a, b string) int {
		switch {
		case known(a) == known(b):
			return 0
		case known(a):
			return -1
		}
		return 1
	})
	return all
}

// check is the callback of the handshake; it may run in another goroutine.
func (h *hostCheck) check(_ string, _ net.Addr, key ssh.PublicKey) error {
	f := h.judge(key)
	if f == nil {
		h.accepted.Store(true)
		return nil
	}
	h.refused.Store(f)
	return f
}

func (h *hostCheck) judge(key ssh.PublicKey) *fault.Fault {
	shown := described(key)
	switch {
	case h.hosts.isRevoked(key):
		return fault.New(fault.Invalid, "host-key-revoked", "the Git host %s shows a host key that is revoked: %s", h.host, shown).
			WithHint("do not trust it: ask the host's operator; %s revokes the key", h.knownIn)
	case contains(h.keys, key):
		return nil
	case len(h.keys) == 0:
		return fault.New(fault.Invalid, "host-key-unknown", "the Git host %s is not known; its host key is %s", h.host, shown).
			WithHint("compare this fingerprint with the one that the host's operator publishes, and only if they are the same add the host's key to %s", h.knownIn)
	}
	var known []string
	for _, k := range h.keys {
		known = append(known, described(k))
	}
	return fault.New(fault.Invalid, "host-key-changed",
		"the host key of the Git host %s has changed: it is %s, and must be %s; somebody may be answering in the host's place, so nothing was sent",
		h.host, shown, strings.Join(known[:min(len(known), 6)], " or ")).
		WithHint("do not trust it until the host's operator has confirmed the new fingerprint some other way; only then replace the host's lines in %s", h.knownIn)
}

// described is a key's type and fingerprint.
func described(key ssh.PublicKey) string { return key.Type() + " " + ssh.FingerprintSHA256(key) }
