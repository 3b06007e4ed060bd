package client

import (
	"context"
	"strconv"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
)

// page adds what chooses a part of a list.
func (q call) page(p control.Page) call {
	if p.Limit != 0 {
		q = q.with("limit", strconv.Itoa(min(p.Limit, control.MaxPage)))
	}
	return q.with("cursor", p.Cursor)
}

// commit adds what chooses by the commit that something is of.
func (q call) commit(sha, author string) call { return q.with("commit", sha).with("author", author) }

// span adds what chooses a part of time.
func (q call) span(s control.Span) call {
	for name, at := range map[string]*time.Time{"since": s.Since, "until": s.Until} {
		if at != nil {
			q = q.with(name, at.UTC().Format(time.RFC3339Nano))
		}
	}
	return q
}

// Deployments lists deployments, newest first.
func (c *Client) Deployments(ctx context.Context, env string, f control.DeploymentFilter, p control.Page) ([]control.DeploymentView, string, error) {
	if err := f.Validate(); err != nil {
		return nil, "", err
	}
	var out struct {
		Deployments []control.DeploymentView `json:"deployments"`
		Next        string                   `json:"next"`
	}
	q := get("environments", env, "deployments").with("workflow", f.Workflow).with("status", string(f.Status)).
		commit(f.Commit, f.Author).span(f.Span).page(p)
	err := c.do(ctx, &q, &out)
	return out.Deployments, out.Next, err
}

// Deployment reads one by its id.
func (c *Client) Deployment(ctx context.Context, env, id string) (v control.DeploymentDetail, err error) {
	q := get("environments", env, "deployments", id)
	err = c.do(ctx, &q, &v)
	return v, err
}

// Find gives the id of the deployment of a workflow that name means, as for
// MakeLive; "" is its newest.
func (c *Client) Find(ctx context.Context, env, workflow, name string) (string, error) {
	if name == "" {
		w, err := c.Workflow(ctx, env, workflow)
		return w.Latest.Deployment, err
	}
	var v control.DeploymentDetail
	q := get("environments", env, "deployments", name).with("workflow", workflow)
	err := c.do(ctx, &q, &v)
	return v.ID, err
}
