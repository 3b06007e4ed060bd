package operator

import (
	"context"

	"github.com/slipway-dev/slipway/internal/fault"
)

// FirstID is the id of the token that an installation begins with.
const FirstID = "first"

// firstPrefix is what that token's text begins with.
const firstPrefix = "slipway_" + FirstID + "_"

// Tokens is the part of control.Plane that is used here.
type Tokens interface {
	EnsureToken(ctx context.Context, id string, secret func(context.Context) (string, error)) (made bool, err error)
}

// EnsureFirstToken stores the first token, if there is a secret for it and there
// never was one.
func (s *Secrets) EnsureFirstToken(ctx context.Context, tokens Tokens) error {
	arn := s.settings.FirstTokenSecret
	if arn == "" {
		return nil
	}
	_, err := tokens.EnsureToken(ctx, FirstID, func(ctx context.Context) (string, error) {
		var first struct {
			Prefix string `json:"prefix"`
			Secret string `json:"secret"`
		}
		const shape = `{"prefix": "` + firstPrefix + `", "secret": "…"}`
		if err := s.decode(ctx, arn, shape, &first); err != nil {
			return "", err
		}
		if first.Prefix != firstPrefix {
			return "", fault.New(fault.Invalid, "bad-secret", "the prefix in the secret %s is not %s", arn, firstPrefix).WithHint("it is JSON such as %s", shape)
		}
		return first.Secret, nil
	})
	return err
}
