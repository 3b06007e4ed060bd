package operator

import (
	"context"
	"fmt"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gitremote"
)

// credential is an entry of the secret: what config.json's credentials hold, with
// the values themselves in place of files and variables.
type credential struct {
	Host       string   `json:"host"`
	Username   string   `json:"username"`
	Password   string   `json:"password"`
	PrivateKey string   `json:"privateKey"`
	Passphrase string   `json:"passphrase"`
	KnownHosts []string `json:"knownHosts"`
}

const (
	passwordExample = `{"forge": {"host": "git.example.com", "username": "ci", "password": "…"}}` //nolint:gosec // there is none in it
	keyExample      = `{"forge": {"host": "git.example.com", "privateKey": "…", "knownHosts": ["git.example.com ssh-ed25519 …"]}}`
)

var _ gitremote.Credentials = (*Secrets)(nil)

// Credential reads one by its name. Faults: NotFound ("unknown-credential");
// Invalid ("bad-secret", "bad-credential"); Unavailable ("secret-unreadable").
func (s *Secrets) Credential(ctx context.Context, name string) (gitremote.Credential, error) {
	entries := map[string]credential{}
	if arn := s.settings.CredentialsSecret; arn != "" {
		if err := s.decode(ctx, arn, passwordExample, &entries); err != nil {
			return gitremote.Credential{}, err
		}
	}
	entry, ok := entries[name]
	if !ok {
		return gitremote.Credential{}, fault.New(fault.NotFound, "unknown-credential", "there is no credential %q in the operator's secret", name).
			WithHint("add it there as in %s, or name another", passwordExample)
	}
	if problem := entry.problem(); problem != "" {
		return gitremote.Credential{}, fault.New(fault.Invalid, "bad-credential", "credential %q cannot be used: %s", name, problem).
			WithHint("write it as in %s or %s", passwordExample, keyExample)
	}
	return gitremote.Credential{
		Host: entry.Host, Username: entry.Username, Password: entry.Password,
		PrivateKey: []byte(entry.PrivateKey), Passphrase: entry.Passphrase,
		KnownHosts: []byte(strings.Join(entry.KnownHosts, "\n")), KnownIn: fmt.Sprintf("knownHosts of credential %q", name),
	}, nil
}

// problem says what an entry has wrong, "" for nothing.
func (c credential) problem() string {
	switch {
	case c.Host == "":
		return "it names no host"
	case (c.Password == "") == (c.PrivateKey == ""):
		return "it takes one of password and privateKey"
	case c.PrivateKey == "" && c.Passphrase+strings.Join(c.KnownHosts, "") != "":
		return "passphrases and known hosts go with privateKey alone"
	case c.PrivateKey != "" && strings.Join(c.KnownHosts, "") == "":
		return "a private key takes knownHosts, the host's own keys"
	}
	return ""
}
