package operator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/smithy-go"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/gitremote"
)

// SecretsManager is the part of its client that is used here.
type SecretsManager interface {
	GetSecretValue(ctx context.Context, in *secretsmanager.GetSecretValueInput, o ...func(*secretsmanager.Options)) (*secretsmanager.GetSecretValueOutput, error)
}

var _ SecretsManager = (*secretsmanager.Client)(nil)

// remembered is how long a secret is used without being read again.
const remembered = time.Minute

// Secrets are those of one operator. Any number of goroutines may use them.
type Secrets struct {
	api      SecretsManager
	settings functionwire.Settings
	now      func() time.Time

	mu   sync.Mutex
	last map[string]read // by ARN
}

type read struct {
	text string
	at   time.Time
}

// Open makes the reader of a function's secrets, with its client. It reads none
// yet.
func Open(p functionwire.Parts) *Secrets {
	return over(secretsmanager.NewFromConfig(p.AWS), p.Settings, p.Now)
}

func over(api SecretsManager, s functionwire.Settings, now func() time.Time) *Secrets {
	return &Secrets{api: api, settings: s, now: now, last: map[string]read{}}
}

// Remote reads repositories with the operator's credentials.
func (s *Secrets) Remote() *gitremote.Remote {
	return gitremote.New(gitremote.Options{Credentials: s, PublicOnly: !s.settings.AllowLocal})
}

// text reads a secret. Faults: Unavailable ("secret-unreadable").
func (s *Secrets) text(ctx context.Context, arn string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r, ok := s.last[arn]; ok && s.now().Sub(r.at) < remembered {
		return r.text, nil
	}
	out, err := s.api.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: &arn})
	if err != nil {
		said := "it does not answer"
		if e, ok := errors.AsType[smithy.APIError](err); ok {
			said = e.ErrorCode()
		}
		return "", fault.Wrap(err, fault.Unavailable, "secret-unreadable", "the secret %s cannot be read: %s", arn, said).
			WithHint("look at that it is there and the function's role may read it")
	}
	r := read{at: s.now()}
	if out.SecretString != nil {
		r.text = *out.SecretString
	}
	s.last[arn] = r
	return r.text, nil
}

// decode reads JSON from a secret; what is wrong with it is not told, since that
// could tell the secret. Faults: Invalid ("bad-secret"), and text's.
func (s *Secrets) decode(ctx context.Context, arn, shape string, into any) error {
	text, err := s.text(ctx, arn)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil || strings.TrimSpace(text[d.InputOffset():]) != "" {
		return fault.New(fault.Invalid, "bad-secret", "the secret %s is not the JSON that it should be", arn).WithHint("it is JSON such as %s", shape)
	}
	return nil
}
