package control

import (
	"context"
	"fmt"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Bundle reads the bundle of a deployment, by its id, and its digest.
func (l *Look) Bundle(ctx context.Context, id string) (bundle []byte, digest string, err error) {
	d, err := l.deployment(ctx, id)
	if err != nil {
		return nil, "", fmt.Errorf("read deployment: %w", unknownIn(err, l.env, "deployment", id, "workflows", fault.EnvArg))
	}
	if d.Digest == "" {
		return nil, "", fault.New(fault.NotFound, "no-bundle", "deployment %s has no bundle: it did not pass its check", id).
			WithHint("its build log says why").WithFix("log", fault.EnvArg, id)
	}
	bundle, err = l.p.reads.Content(ctx, bundleBlobs, d.Digest)
	if err != nil {
		return nil, "", fmt.Errorf("read bundle: %w", err)
	}
	return bundle, d.Digest, nil
}
