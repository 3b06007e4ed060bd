package gitremote

import (
	"crypto/x509"
	"errors"

	"golang.org/x/crypto/ssh"

	"github.com/slipway-dev/slipway/internal/fault"
)

// signer opens the private key of a credential. No fault repeats anything of
// the key or its passphrase, nor keeps an error of who read them.
func signer(c Credential, name string) (ssh.Signer, error) {
	s, err := ssh.ParsePrivateKey(c.PrivateKey)
	if err == nil {
		return s, nil
	}
	var locked *ssh.PassphraseMissingError
	switch {
	case !errors.As(err, &locked):
		return nil, fault.New(fault.Invalid, "bad-credential", "the private key of credential %q cannot be read", name).
			WithHint("give a private key in OpenSSH's format or PEM, as ssh-keygen writes it; the public key is another file")
	case c.Passphrase == "":
		return nil, fault.New(fault.Invalid, "bad-credential", "the private key of credential %q is encrypted, and no passphrase is given", name).
			WithHint("give the credential a passphrase, or a key without one")
	}
	s, err = ssh.ParsePrivateKeyWithPassphrase(c.PrivateKey, []byte(c.Passphrase))
	switch {
	case errors.Is(err, x509.IncorrectPasswordError):
		return nil, fault.New(fault.Invalid, "bad-credential", "the passphrase of credential %q does not open its private key", name).
			WithHint("look whether the passphrase belongs to this key")
	case err != nil:
		return nil, fault.New(fault.Invalid, "bad-credential", "the private key of credential %q cannot be opened", name).
			WithHint("make a key of a usual type, such as ssh-keygen -t ed25519 makes")
	}
	return s, nil
}
