package functionwire

import (
	"context"
	"io"
	"time"

	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

// Wired is what Serve serves.
func Wired(ctx context.Context, log io.Writer, getenv func(string) string, wire Wire, needs ...Need) (lambdaevent.Function, error) {
	p := Parts{Now: time.Now}
	return p.function(ctx, getenv, wire, needs, log)
}
