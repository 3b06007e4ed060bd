package operator

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/smithy-go"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/functionwire"
)

// vault answers as Secrets Manager may.
type vault struct {
	text string
	err  error
	asks int
}

func (v *vault) GetSecretValue(context.Context, *secretsmanager.GetSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error) {
	v.asks++
	return &secretsmanager.GetSecretValueOutput{SecretString: &v.text}, v.err
}

func opened(v *vault, now func() time.Time) *Secrets {
	return over(v, functionwire.Settings{CredentialsSecret: "arn:credentials", FirstTokenSecret: "arn:first"}, now)
}

const hidden = "hunter2"

func TestCredential(t *testing.T) {
	good := `{"forge": {"host": "git.example.com", "username": "ci", "password": "` + hidden + `"},
		"key": {"host": "git.example.com", "privateKey": "` + hidden + `", "passphrase": "p", "knownHosts": ["a", "b"]}}`
	s := opened(&vault{text: good}, time.Now)
	c, err := s.Credential(t.Context(), "forge")
	if err != nil || c.Host != "git.example.com" || c.Username != "ci" || c.Password != hidden {
		t.Errorf("%v (%v)", c, err)
	}
	c, err = s.Credential(t.Context(), "key")
	if err != nil || string(c.PrivateKey) != hidden || c.Passphrase != "p" || string(c.KnownHosts) != "a\nb" || c.KnownIn == "" {
		t.Errorf("%v (%v)", c, err)
	}
	for text, code := range map[string]string{
		`{}`:   "unknown-credential",
		good:   "", // of forge
		``:     "bad-secret",
		hidden: "bad-secret",
		`{"forge": {"host": "h", "password": "` + hidden + `"}} ` + hidden:               "bad-secret",
		`{"forge": {"host": "h", "passwordFile": "` + hidden + `"}}`:                     "bad-secret",
		`{"forge": {"password": "` + hidden + `"}}`:                                      "bad-credential",
		`{"forge": {"host": "h"}}`:                                                       "bad-credential",
		`{"forge": {"host": "h", "password": "` + hidden + `", "privateKey": "x"}}`:      "bad-credential",
		`{"forge": {"host": "h", "password": "` + hidden + `", "knownHosts": ["x"]}}`:    "bad-credential",
		`{"forge": {"host": "h", "privateKey": "` + hidden + `"}}`:                       "bad-credential",
		`{"forge": {"host": "h", "password": "` + hidden + `", "knownHosts": ["", ""]}}`: "",
	} {
		_, err := opened(&vault{text: text}, time.Now).Credential(t.Context(), "forge")
		if fault.CodeOf(err) != code {
			t.Errorf("%s gives %v", text, err)
		}
		if err != nil && (fault.Of(err).Hint == "" || strings.Contains(fmt.Sprintf("%+v", *fault.Of(err)), hidden)) {
			t.Errorf("%s gives %+v", text, *fault.Of(err))
		}
	}
	if _, err := over(&vault{err: errors.New("nobody asks")}, functionwire.Settings{}, time.Now).Credential(t.Context(), "forge"); fault.CodeOf(err) != "unknown-credential" {
		t.Errorf("without a secret: %v", err)
	}
}

func TestSecretsAreRemembered(t *testing.T) {
	now := time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)
	v := &vault{err: &smithy.GenericAPIError{Code: "AccessDeniedException", Message: "x"}}
	s := opened(v, func() time.Time { return now })
	_, err := s.Credential(t.Context(), "forge")
	if !fault.Is(err, fault.Unavailable) || fault.CodeOf(err) != "secret-unreadable" || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("%v", err)
	}
	v.err, v.text = nil, `{"forge": {"host": "h", "password": "1"}}`
	for _, c := range []struct {
		after time.Duration
		asks  int
	}{{0, 2}, {59 * time.Second, 2}, {2 * time.Second, 3}} {
		now = now.Add(c.after)
		if _, err := s.Credential(t.Context(), "forge"); err != nil || v.asks != c.asks {
			t.Errorf("after %v: asked %d times, want %d (%v)", c.after, v.asks, c.asks, err)
		}
	}
}

// tokens asks for the secret as a plane without the token does.
type tokens struct{ id, secret string }

func (k *tokens) EnsureToken(ctx context.Context, id string, secret func(context.Context) (string, error)) (made bool, err error) {
	k.id = id
	k.secret, err = secret(ctx)
	return err == nil, err
}

func TestFirstToken(t *testing.T) {
	for text, code := range map[string]string{
		`{"prefix":"slipway_first_","secret":"` + hidden + `"}`: "",
		`{"prefix":"slipway_","secret":"` + hidden + `"}`:       "bad-secret",
		`{"secret":"` + hidden + `"}`:                           "bad-secret",
		hidden:                                                  "bad-secret",
	} {
		var k tokens
		err := opened(&vault{text: text}, time.Now).EnsureFirstToken(t.Context(), &k)
		if fault.CodeOf(err) != code || err == nil && (k.id != "first" || k.secret != hidden) {
			t.Errorf("%s gives %v, %+v", text, err, k)
		}
		if err != nil && strings.Contains(fmt.Sprintf("%+v", *fault.Of(err)), hidden) {
			t.Errorf("%s gives %+v", text, *fault.Of(err))
		}
	}
	var k tokens
	if err := over(&vault{}, functionwire.Settings{}, time.Now).EnsureFirstToken(t.Context(), &k); err != nil || k.id != "" {
		t.Errorf("without a secret: %v, %+v", err, k)
	}
}
