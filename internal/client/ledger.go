package client

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
)

// Releases lists an environment's ledger, newest first.
func (c *Client) Releases(ctx context.Context, env string, f control.ReleaseFilter, p control.Page) ([]control.ReleaseView, string, error) {
	if err := f.Validate(); err != nil {
		return nil, "", err
	}
	var out struct {
		Releases []control.ReleaseView `json:"releases"`
		Next     string                `json:"next"`
	}
	q := get("environments", env, "releases").with("workflow", f.Workflow).with("sync", f.Sync).with("cause", string(f.Cause)).
		with("actor", f.Actor).span(f.Span).page(p)
	err := c.do(ctx, &q, &out)
	return out.Releases, out.Next, err
}

// Freeze stops automation in an environment, until then or until it is thawed.
func (c *Client) Freeze(ctx context.Context, env string, until *time.Time, r control.Request) (g control.Governed, err error) {
	body := command{Reason: r.Reason, Until: until}
	q := write(http.MethodPut, r, body, "environments", env, "freeze")
	err = c.do(ctx, &q, &g)
	return g, err
}

// Thaw ends the freeze and makes live what it kept back.
func (c *Client) Thaw(ctx context.Context, env string, r control.Request) (g control.Governed, err error) {
	q := write(http.MethodDelete, r, nil, "environments", env, "freeze").with("reason", r.Reason)
	err = c.do(ctx, &q, &g)
	return g, err
}

// Restore makes live what was live after an earlier release.
func (c *Client) Restore(ctx context.Context, env string, release int64, partial bool, r control.Request) (g control.Governed, err error) {
	q := write(http.MethodPost, r, command{Reason: r.Reason, Partial: partial}, "environments", env, "releases", strconv.FormatInt(release, 10), "restore")
	err = c.do(ctx, &q, &g)
	return g, err
}

// PreviewRestore says what Restore would do now.
func (c *Client) PreviewRestore(ctx context.Context, env string, release int64) (p control.RestorePreview, err error) {
	q := get("environments", env, "releases", strconv.FormatInt(release, 10), "restore")
	err = c.do(ctx, &q, &p)
	return p, err
}
