package client

import (
	"context"
	"net/http"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
)

// command is the body of what a person does to a workflow or an environment:
// each operation takes some of its fields.
type command struct {
	Reason   string     `json:"reason,omitempty"`
	Workflow string     `json:"workflow,omitempty"`
	From     string     `json:"from,omitempty"`
	Override bool       `json:"override,omitempty"`
	Partial  bool       `json:"partial,omitempty"`
	Until    *time.Time `json:"until,omitempty"`
}

// Workflows lists an environment's workflows by id, without deleted ones.
func (c *Client) Workflows(ctx context.Context, env string) ([]control.WorkflowView, error) {
	var out struct {
		Workflows []control.WorkflowView `json:"workflows"`
	}
	q := get("environments", env, "workflows")
	err := c.do(ctx, &q, &out)
	return out.Workflows, err
}

// Workflow reads one, deleted or not.
func (c *Client) Workflow(ctx context.Context, env, id string) (v control.WorkflowView, err error) {
	q := get("environments", env, "workflows", id)
	err = c.do(ctx, &q, &v)
	return v, err
}

// MakeLive makes a deployment live that is named by its id, by its commit, or by
// "previous".
func (c *Client) MakeLive(ctx context.Context, env, workflow, name string, r control.Request, o control.MakeLiveOptions) (control.Moved, error) {
	body := command{Reason: r.Reason, Workflow: workflow, From: o.From, Override: o.Override}
	return c.move(ctx, write(http.MethodPost, r, body, "environments", env, "deployments", name, "live"))
}

// Deactivate leaves nothing of a workflow live, and holds it so.
func (c *Client) Deactivate(ctx context.Context, env, workflow string, r control.Request, from string) (control.Moved, error) {
	body := command{Reason: r.Reason, From: from}
	return c.move(ctx, write(http.MethodPost, r, body, "environments", env, "workflows", workflow, "deactivate"))
}

// Hold keeps later syncs from taking over a workflow.
func (c *Client) Hold(ctx context.Context, env, workflow string, r control.Request) (control.Moved, error) {
	return c.move(ctx, write(http.MethodPut, r, command{Reason: r.Reason}, "environments", env, "workflows", workflow, "hold"))
}

// Lift ends a hold.
func (c *Client) Lift(ctx context.Context, env, workflow string, r control.Request) (control.Moved, error) {
	return c.move(ctx, write(http.MethodDelete, r, nil, "environments", env, "workflows", workflow, "hold").with("reason", r.Reason))
}

// Reject marks a deployment's code as bad.
func (c *Client) Reject(ctx context.Context, env, workflow, name string, r control.Request, from string) (control.Moved, error) {
	body := command{Reason: r.Reason, Workflow: workflow, From: from}
	return c.move(ctx, write(http.MethodPost, r, body, "environments", env, "deployments", name, "reject"))
}

// Accept takes that mark off.
func (c *Client) Accept(ctx context.Context, env, workflow, name string, r control.Request, from string) (control.Moved, error) {
	body := command{Reason: r.Reason, Workflow: workflow, From: from}
	return c.move(ctx, write(http.MethodPost, r, body, "environments", env, "deployments", name, "accept"))
}

// Delete takes a workflow from what is live and from the lists.
func (c *Client) Delete(ctx context.Context, env, workflow string, r control.Request, from string) (control.Moved, error) {
	q := write(http.MethodDelete, r, nil, "environments", env, "workflows", workflow)
	return c.move(ctx, q.with("reason", r.Reason).with("from", from))
}

func (c *Client) move(ctx context.Context, q call) (m control.Moved, err error) {
	err = c.do(ctx, &q, &m)
	return m, err
}
