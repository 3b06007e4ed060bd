package gitremote_test

import (
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gittest"
)

func TestHostKeys(t *testing.T) {
	repo, sha := sample(t)
	key := gittest.NewKey(t, "ed25519")
	ed, ec, rsa := gittest.NewKey(t, "ed25519"), gittest.NewKey(t, "ecdsa"), gittest.NewKey(t, "rsa")
	stranger := gittest.NewKey(t, "ed25519")
	server := gittest.ServeSSH(t, repo, key, gittest.WithHostKeys(ed, ec, rsa))
	host := server.Host()
	for name, c := range map[string]struct {
		known string
		code  string
		shows string // the fingerprint that the fault has to give
	}{
		"the first of several keys":  {ed.Line(host), "", ""},
		"the second":                 {ec.Line(host), "", ""},
		"an RSA key":                 {rsa.Line(host), "", ""},
		"all":                        {rsa.Line(host) + ed.Line(host) + ec.Line(host), "", ""},
		"hashed":                     {ec.Hidden(host), "", ""},
		"among others":               {"# ours\n\n" + stranger.Line("example.com") + "example.org," + rsa.Line(host) + "\n", "", ""},
		"an old one beside":          {stranger.Line(host) + ed.Line(host), "", ""},
		"nothing":                    {"", "host-key-unknown", ed.Fingerprint()},
		"another host":               {ed.Line("example.com"), "host-key-unknown", ed.Fingerprint()},
		"another port":               {ed.Line("127.0.0.1"), "host-key-unknown", ed.Fingerprint()},
		"hashed, another host":       {ed.Hidden("example.com"), "host-key-unknown", ed.Fingerprint()},
		"taken out":                  {strings.Replace(ed.Line(host), "[", "[*]:"+host[10:]+",![", 1), "host-key-unknown", ed.Fingerprint()},
		"an authority":               {"@cert-authority " + ed.Line(host), "host-key-unknown", ed.Fingerprint()},
		"changed":                    {stranger.Line(host), "host-key-changed", ed.Fingerprint()},
		"changed, hashed":            {stranger.Hidden(host), "host-key-changed", ed.Fingerprint()},
		"revoked":                    {ed.Line(host) + "@revoked " + ed.Line("*"), "host-key-revoked", ed.Fingerprint()},
		"another revoked":            {ed.Line(host) + "@revoked " + ec.Line("*"), "", ""},
		"an unknown marker":          {"@unheard " + ed.Line(host), "bad-credential", ""},
		"two markers":                {"@cert-authority @revoked " + ed.Line(host), "bad-credential", ""},
		"a line that breaks off":     {ed.Line(host)[:60], "bad-credential", ""},
		"a type that is not its own": {strings.Replace(ed.Line(host), "ed25519", "rsa", 1), "bad-credential", ""},
	} {
		before := len(server.Logins())
		credential := sshCredential(server, key)
		credential.KnownHosts = []byte(c.known)
		tip, err := newRemote(t, ours(credential)).Tip(t.Context(), overSSH(server.URL))
		if c.code == "" {
			if err != nil || tip != sha {
				t.Errorf("%s: %s, %v", name, tip, err)
			}
			continue
		}
		wantFault(t, err, fault.Invalid, c.code)
		f := fault.Of(err)
		if !strings.Contains(f.Detail, c.shows) || !strings.Contains(f.Hint, "/etc/slipway/known_hosts") {
			t.Errorf("%s: %s; %s", name, f.Detail, f.Hint)
		}
		if len(server.Logins()) != before {
			t.Errorf("%s: a key was shown to a host that is not trusted", name)
		}
	}
}

// The host is known by a key of one type, and now has one of another.
func TestAKnownTypeThatIsGone(t *testing.T) {
	repo, _ := sample(t)
	key, ec := gittest.NewKey(t, "ed25519"), gittest.NewKey(t, "ecdsa")
	server := gittest.ServeSSH(t, repo, key, gittest.WithHostKeys(ec))
	credential := sshCredential(server, key)
	known := gittest.NewKey(t, "ed25519")
	credential.KnownHosts = []byte(known.Line(server.Host()))
	_, err := newRemote(t, ours(credential)).Tip(t.Context(), overSSH(server.URL))
	wantFault(t, err, fault.Invalid, "host-key-changed")
	if d := fault.Of(err).Detail; !strings.Contains(d, ec.Fingerprint()) || !strings.Contains(d, known.Fingerprint()) {
		t.Errorf("detail: %s", d)
	}
}
