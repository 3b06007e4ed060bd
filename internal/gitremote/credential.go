package gitremote

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Credential is an entry of the operator's configuration: what to send to one
// host, and to no other. It holds a password, for http and https, or a private
// key, for ssh. However it is printed, it shows its host alone.
type Credential struct {
	Host     string // "git.example.com", with ":port" if it is not the scheme's own
	Username string // "" is "git", which goes with any token of the large hosts, and is their user for ssh
	Password string // a password or a token

	PrivateKey []byte // in OpenSSH's format or PEM
	Passphrase string // of the private key, if it is encrypted
	KnownHosts []byte // lines of a known_hosts file; a host that is not in it is refused
	KnownIn    string // where those lines are, for hints; "" is the credential itself
}

// Format prints the host whatever the verb is.
func (c Credential) Format(f fmt.State, _ rune) { _, _ = fmt.Fprintf(f, "credential for %s", c.Host) }

// LogValue is what a structured log shows.
func (c Credential) LogValue() slog.Value { return slog.StringValue("credential for " + c.Host) }

// MarshalJSON keeps the secret out of JSON.
func (c Credential) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "{\"host\":%q}", c.Host), nil
}

func (c Credential) user() string {
	if c.Username == "" {
		return "git"
	}
	return c.Username
}

// Credentials looks credentials up by name. An unknown name is a NotFound fault;
// a store of secrets that cannot be asked now is Unavailable.
type Credentials interface {
	Credential(ctx context.Context, name string) (Credential, error)
}

// List is a fixed set of credentials by name.
type List map[string]Credential

var _ Credentials = List(nil)

// Credential returns an entry, or the fault NotFound unknown-credential.
func (l List) Credential(_ context.Context, name string) (Credential, error) {
	if c, ok := l[name]; ok {
		return c, nil
	}
	return Credential{}, unknownCredential(name)
}

func unknownCredential(name string) error {
	return fault.New(fault.NotFound, "unknown-credential", "there is no credential %q", name).
		WithHint("credentials are entries of the operator's configuration: add it there, or name another")
}
