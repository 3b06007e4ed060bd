package gitremote

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // the format hides host names with it; keys are compared whole
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"path"
	"strings"

	"golang.org/x/crypto/ssh"
)

// knownHosts is what a known_hosts file says: names, patterns and hashed names
// of hosts, with their keys, and keys that are revoked. Lines of certificate
// authorities are read over: keys are compared with keys alone.
type knownHosts struct {
	lines   []knownLine
	revoked []ssh.PublicKey
}

type knownLine struct {
	hosts []string
	key   ssh.PublicKey
}

// parseKnownHosts refuses a file of which one line cannot be understood: it
// might be the one that revokes a key.
func parseKnownHosts(data []byte) (*knownHosts, error) {
	k := &knownHosts{}
	n := 0
	for line := range bytes.Lines(data) {
		n++
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		if err := k.add(line); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return k, nil
}

func (k *knownHosts) add(line []byte) error {
	marker, hosts, key, _, _, err := ssh.ParseKnownHosts(line)
	if err != nil {
		return err
	}
	switch marker {
	case "":
	case "revoked":
		k.revoked = append(k.revoked, key)
		return nil
	case "cert-authority":
		return nil
	default:
		return errors.New("unknown marker")
	}
	for _, host := range hosts {
		if err := checkPattern(host); err != nil {
			return err
		}
	}
	k.lines = append(k.lines, knownLine{hosts, key})
	return nil
}

// keys are the keys of one host.
func (k *knownHosts) keys(host, port string) []ssh.PublicKey {
	var out []ssh.PublicKey
	for _, line := range k.lines {
		if line.matches(strings.ToLower(host), port) {
			out = append(out, line.key)
		}
	}
	return out
}

func (k *knownHosts) isRevoked(key ssh.PublicKey) bool { return contains(k.revoked, key) }

func contains(keys []ssh.PublicKey, key ssh.PublicKey) bool {
	for _, other := range keys {
		if bytes.Equal(other.Marshal(), key.Marshal()) {
			return true
		}
	}
	return false
}

// matches reports whether a line is for a host: one of its patterns has it, and
// none with a ! takes it out.
func (l knownLine) matches(host, port string) bool {
	found := false
	for _, pattern := range l.hosts {
		pattern, negated := strings.CutPrefix(pattern, "!")
		if !matchesOne(pattern, host, port) {
			continue
		}
		if negated {
			return false
		}
		found = true
	}
	return found
}

func matchesOne(pattern, host, port string) bool {
	if strings.HasPrefix(pattern, "|") {
		return matchesHash(pattern, host, port)
	}
	name, wanted, err := splitPattern(pattern)
	if err != nil || wanted != port {
		return false
	}
	ok, err := path.Match(strings.ToLower(name), host)
	return ok && err == nil
}

// splitPattern takes "[host]:port" apart; a pattern without a port is for ssh's
// own.
func splitPattern(pattern string) (name, port string, err error) {
	if strings.HasPrefix(pattern, "[") {
		return net.SplitHostPort(pattern)
	}
	return pattern, sshPort, nil
}

func checkPattern(pattern string) error {
	if strings.HasPrefix(pattern, "|") {
		_, _, err := splitHash(pattern)
		return err
	}
	name, _, err := splitPattern(strings.TrimPrefix(pattern, "!"))
	if err != nil || name == "" || strings.ContainsAny(name, `[]\/@|`) {
		return errors.New("no pattern for a host")
	}
	return nil
}

// splitHash takes "|1|salt|hash" apart.
func splitHash(pattern string) (salt, sum []byte, err error) {
	parts := strings.Split(pattern, "|")
	if len(parts) != 4 || parts[1] != "1" {
		return nil, nil, errors.New("unknown hash of a host")
	}
	salt, saltErr := base64.StdEncoding.DecodeString(parts[2])
	sum, sumErr := base64.StdEncoding.DecodeString(parts[3])
	return salt, sum, errors.Join(saltErr, sumErr)
}

func matchesHash(pattern, host, port string) bool {
	salt, sum, err := splitHash(pattern)
	if err != nil {
		return false
	}
	name := host
	if port != sshPort {
		name = "[" + host + "]:" + port
	}
	mac := hmac.New(sha1.New, salt)
	_, _ = mac.Write([]byte(name))
	return hmac.Equal(mac.Sum(nil), sum)
}
