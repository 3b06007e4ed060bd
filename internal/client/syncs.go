package client

import (
	"context"
	"net/http"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Syncs lists an environment's syncs, newest first.
func (c *Client) Syncs(ctx context.Context, env string, f control.SyncFilter, p control.Page) ([]slipway.Sync, string, error) {
	if err := f.Validate(); err != nil {
		return nil, "", err
	}
	var out struct {
		Syncs []slipway.Sync `json:"syncs"`
		Next  string         `json:"next"`
	}
	q := get("environments", env, "syncs").with("status", string(f.Status)).commit(f.Commit, f.Author).span(f.Span).page(p)
	err := c.do(ctx, &q, &out)
	return out.Syncs, out.Next, err
}

// SyncByID reads one with its deployments.
func (c *Client) SyncByID(ctx context.Context, env, id string) (d control.SyncDetail, err error) {
	q := get("environments", env, "syncs", id)
	err = c.do(ctx, &q, &d)
	return d, err
}

// RequestSync asks for a sync and leaves it to the server.
func (c *Client) RequestSync(ctx context.Context, env string, o control.SyncOptions) (s slipway.Sync, err error) {
	q := write(http.MethodPost, control.Request{}, map[string]any{"ifChanged": o.IfChanged}, "environments", env, "syncs")
	err = c.do(ctx, &q, &s)
	return s, err
}

// Cancel ends a sync that waits or runs; changed is false if it had ended.
func (c *Client) Cancel(ctx context.Context, env, id string, r control.Request) (slipway.Sync, bool, error) {
	var out struct {
		Changed bool         `json:"changed"`
		Sync    slipway.Sync `json:"sync"`
	}
	q := write(http.MethodPost, r, command{Reason: r.Reason}, "environments", env, "syncs", id, "cancel")
	err := c.do(ctx, &q, &out)
	return out.Sync, out.Changed, err
}
