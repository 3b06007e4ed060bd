package gittest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/pem"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// Key is an ssh key, of a host or of somebody who is let in.
type Key struct {
	t       testing.TB
	private crypto.Signer
	signer  ssh.Signer
}

// NewKey makes a key of type ed25519, ecdsa or rsa.
func NewKey(t testing.TB, kind string) Key {
	t.Helper()
	var (
		private crypto.Signer
		err     error
	)
	switch kind {
	case "ecdsa":
		private, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case "rsa":
		private, err = rsa.GenerateKey(rand.Reader, 2048)
	default:
		_, private, err = ed25519.GenerateKey(rand.Reader)
	}
	if err != nil {
		t.Fatalf("gittest: make key: %v", err)
	}
	signer, err := ssh.NewSignerFromSigner(private)
	if err != nil {
		t.Fatalf("gittest: make key: %v", err)
	}
	return Key{t: t, private: private, signer: signer}
}

// Private is the private key as ssh-keygen writes it, encrypted if there is a
// passphrase.
func (k Key) Private(passphrase string) []byte {
	k.t.Helper()
	var (
		block *pem.Block
		err   error
	)
	if passphrase == "" {
		block, err = ssh.MarshalPrivateKey(k.private, "test")
	} else {
		block, err = ssh.MarshalPrivateKeyWithPassphrase(k.private, "test", []byte(passphrase))
	}
	if err != nil {
		k.t.Fatalf("gittest: write key: %v", err)
	}
	return pem.EncodeToMemory(block)
}

// Line is the key's line of a known_hosts file, for "host" or "host:port".
func (k Key) Line(host string) string {
	return knownhosts.Line([]string{host}, k.signer.PublicKey()) + "\n"
}

// Hidden is Line with the host's name hashed.
func (k Key) Hidden(host string) string {
	hashed := knownhosts.HashHostname(knownhosts.Normalize(host))
	return hashed + " " + string(ssh.MarshalAuthorizedKey(k.signer.PublicKey()))
}

// Fingerprint is what people compare: SHA256:….
func (k Key) Fingerprint() string { return ssh.FingerprintSHA256(k.signer.PublicKey()) }
