package console

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"

	"github.com/slipway-dev/slipway/internal/control"
)

// sealer makes values into text that only this installation can make and read.
type sealer struct{ cipher.AEAD }

// newSealer reads a key of the installation.
func newSealer(ctx context.Context, keys control.Keys, name string) (sealer, error) {
	key, err := keys.Key(ctx, name)
	if err != nil {
		return sealer{}, fmt.Errorf("read the key of %s: %w", name, err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealer{}, fmt.Errorf("use the key of %s: %w", name, err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealer{}, fmt.Errorf("use the key of %s: %w", name, err)
	}
	return sealer{aead}, nil
}

func (s sealer) seal(v any) (string, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("seal: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(s.Seal(nil, nil, data, nil)), nil
}

// open reads what seal wrote into v; false for anything else.
func (s sealer) open(text string, v any) bool {
	if len(text) > maxSealed {
		return false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return false
	}
	data, err := s.Open(nil, nil, sealed, nil)
	return err == nil && json.Unmarshal(data, v) == nil
}

const maxSealed = 2048

// tokens makes and knows the CSRF tokens of forms: proof that a form is from a
// page of the session that sends it.
type tokens struct{ key []byte }

func newTokens(ctx context.Context, keys control.Keys) (tokens, error) {
	key, err := keys.Key(ctx, "forms")
	if err != nil {
		return tokens{}, fmt.Errorf("read the key of forms: %w", err)
	}
	return tokens{key}, nil
}

func (t tokens) of(session string) []byte {
	m := hmac.New(sha256.New, t.key)
	m.Write([]byte(session))
	return m.Sum(nil)
}

// mask gives a session's token under a pad of its own, so that it is another text
// in every answer: a compressed answer's length then tells nothing of it.
func (t tokens) mask(session string) string {
	token := t.of(session)
	out := make([]byte, 2*len(token))
	pad := out[:len(token)]
	_, _ = rand.Read(pad) // it never fails
	subtle.XORBytes(out[len(token):], token, pad)
	return base64.RawURLEncoding.EncodeToString(out)
}

// good reports whether text is what mask gave for the session.
func (t tokens) good(session, text string) bool {
	token := t.of(session)
	data, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(data) != 2*len(token) {
		return false
	}
	subtle.XORBytes(data[:len(token)], data[:len(token)], data[len(token):])
	return subtle.ConstantTimeCompare(data[:len(token)], token) == 1
}
