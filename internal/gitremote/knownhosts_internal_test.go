package gitremote

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

const (
	keyA = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
	keyB = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg="
)

// What we make of a file is what the ssh library makes of it, which reads it
// from a disk only.
func TestKnownHostsLikeTheLibrary(t *testing.T) {
	a, _, _, _, err := ssh.ParseAuthorizedKey([]byte(keyA))
	if err != nil {
		t.Fatal(err)
	}
	files := []string{
		"", "# nothing\n", "h.example " + keyA, "h.example " + keyB, "h.example " + keyB + "\nh.example " + keyA + " a comment\r\n",
		"*.example " + keyA, "?.example " + keyA, "??.example " + keyA, "* " + keyA, "[*]:* " + keyA, "[h.example]:2222 " + keyA,
		"other,h.example,[h.example]:2222 " + keyA, "*,!h.example " + keyA, "!h.example,* " + keyA, "!h.example " + keyA,
		"h.exampl " + keyA, "h.example.org " + keyA, "::1,[::1]:2222 " + keyA,
		knownhosts.HashHostname("h.example") + " " + keyA, knownhosts.HashHostname("[h.example]:2222") + " " + keyA,
		"@revoked * " + keyA + "\nh.example " + keyA, "@revoked other " + keyA + "\nh.example " + keyA, "@revoked * " + keyB + "\nh.example " + keyA,
	}
	bad := []string{
		"h.example " + keyA[:40], "h.example ssh-rsa" + keyA[11:], "@what h.example " + keyA, "@revoked @cert-authority h " + keyA,
		"[h.example " + keyA, "|1|x|y " + keyA, "! " + keyA, "h.example,! " + keyA,
	}
	for _, text := range append(files, bad...) {
		path := filepath.Join(t.TempDir(), "known_hosts")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		theirs, theirErr := knownhosts.New(path)
		ours, err := parseKnownHosts([]byte(text))
		if (err == nil) != (theirErr == nil) {
			t.Errorf("%q: %v; the library says %v", text, err, theirErr)
		}
		if err != nil || theirErr != nil {
			continue
		}
		for _, address := range []string{"h.example:22", "h.example:2222", "[::1]:22", "[::1]:2222", "other:22"} {
			host, port, _ := net.SplitHostPort(address)
			keys := ours.keys(host, port)
			got := verdict(ours.isRevoked(a), contains(keys, a), len(keys) > 0)
			if want := libraryVerdict(theirs(address, &net.TCPAddr{}, a)); got != want {
				t.Errorf("%q at %s: %s; the library says %s", text, address, got, want)
			}
		}
	}
}

func verdict(revoked, known, others bool) string {
	switch {
	case revoked:
		return "revoked"
	case known:
		return "known"
	case others:
		return "changed"
	}
	return "unknown"
}

func libraryVerdict(err error) string {
	var (
		revoked *knownhosts.RevokedError
		key     *knownhosts.KeyError
	)
	return verdict(errors.As(err, &revoked), err == nil, errors.As(err, &key) && len(key.Want) > 0)
}

// What is stricter here, or follows OpenSSH where the library does not.
func TestKnownHostsOfOurOwn(t *testing.T) {
	k, err := parseKnownHosts([]byte("H.Example " + keyA + "\n@cert-authority c.example " + keyA))
	hidden, hiddenErr := parseKnownHosts([]byte(knownhosts.HashHostname("::1") + " " + keyA))
	if hiddenErr != nil || len(hidden.keys("::1", "22")) != 1 {
		t.Errorf("%v, %v", hidden, hiddenErr)
	}
	if err != nil || len(k.keys("h.EXAMPLE", "22")) != 1 || len(k.keys("c.example", "22")) != 0 {
		t.Errorf("%v, %v", k, err)
	}
	for _, line := range []string{"word", "h[a-z] " + keyA, `h\x ` + keyA} {
		if _, err := parseKnownHosts([]byte("\n" + line)); err == nil || !strings.HasPrefix(err.Error(), "line 2: ") {
			t.Errorf("%q: %v", line, err)
		}
	}
}

func TestLocateSSH(t *testing.T) {
	for raw, want := range map[string]string{
		"ssh://host/a/b.git":             "host|22||git-upload-pack '/a/b.git'",
		"ssh://host:22/a":                "host|22||git-upload-pack '/a'",
		"SSH://git@Host.Example:2222/a":  "host.example|2222|git|git-upload-pack '/a'",
		"ssh://git@host/~me/a%20b":       "host|22|git|git-upload-pack '~me/a b'",
		"ssh://[::1]:2222/a":             "::1|2222||git-upload-pack '/a'",
		"git@github.com:acme/x.git":      "github.com|22|git|git-upload-pack 'acme/x.git'",
		"github.com:/acme/x.git":         "github.com|22||git-upload-pack '/acme/x.git'",
		"git@[::1]:x":                    "::1|22|git|git-upload-pack 'x'",
		"git@host:it's; rm -rf $HOME!@1": `host|22|git|git-upload-pack 'it'\''s; rm -rf $HOME'\!'@1'`,
		"git@host:a\\b":                  `host|22|git|git-upload-pack 'a\b'`,
		"ssh://git@host/x'%24(id)'/`y`":  "host|22|git|git-upload-pack '/x'\\''$(id)'\\''/`y`'",
	} {
		place, err := locate(raw)
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		port := place.url.Port()
		if port == "" {
			port = sshPort
		}
		user := place.url.User.Username()
		got := strings.ToLower(place.url.Hostname()) + "|" + port + "|" + user + "|" + uploadPack(place.path)
		if got != want {
			t.Errorf("%s is %s; want %s", raw, got, want)
		}
	}
	for host, want := range map[string]string{"H": "h", "h:22": "h", "h:2222": "h:2222", "[::1]:22": "::1", "git@h": "", "": ""} {
		if got := boundTo(host, "ssh"); got != want {
			t.Errorf("a credential for %q is bound to %q; want %q", host, got, want)
		}
	}
}
