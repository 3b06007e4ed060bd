package client

import (
	"context"
	"net/http"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Environments reads all that the token is for, by slug.
func (c *Client) Environments(ctx context.Context) ([]control.EnvironmentView, error) {
	var out struct {
		Environments []control.EnvironmentView `json:"environments"`
	}
	q := get("environments")
	err := c.do(ctx, &q, &out)
	return out.Environments, err
}

// Environment reads one by its slug.
func (c *Client) Environment(ctx context.Context, env string) (v control.EnvironmentView, err error) {
	q := get("environments", env)
	err = c.do(ctx, &q, &v)
	return v, err
}

// environmentBody is what adds an environment, or changes one: nil is left out.
type environmentBody struct {
	Slug       string          `json:"slug,omitempty"`
	Repository *repositoryBody `json:"repository,omitempty"`
	Triggers   *[]string       `json:"triggers,omitempty"`
	AutoLive   *bool           `json:"autoLive,omitempty"`
	Poll       *int            `json:"pollSeconds,omitempty"`
	Reason     string          `json:"reason,omitempty"`
}

type repositoryBody struct {
	URL        *string `json:"url,omitempty"`
	Branch     *string `json:"branch,omitempty"`
	Root       *string `json:"root,omitempty"`
	Credential *string `json:"credential,omitempty"`
}

// AddEnvironment adds one; the server proves that its branch can be read.
func (c *Client) AddEnvironment(ctx context.Context, n control.NewEnvironment) (v control.EnvironmentView, err error) {
	e := slipway.Environment{ID: "env_to_be", Slug: n.Slug, Repository: n.Repository, Triggers: n.Triggers, PollSeconds: n.PollSeconds}
	if err := e.Validate(); err != nil {
		return v, err
	}
	on := !n.AutoLiveOff
	body := environmentBody{Slug: n.Slug, Repository: &repositoryBody{URL: &n.Repository.URL}, AutoLive: &on, Poll: n.PollSeconds}
	for to, from := range map[**string]*string{
		&body.Repository.Branch: &n.Repository.Branch, &body.Repository.Root: &n.Repository.Root, &body.Repository.Credential: &n.Repository.Credential,
	} {
		if *from != "" {
			*to = from
		}
	}
	if len(n.Triggers) > 0 {
		body.Triggers = &n.Triggers
	}
	q := write(http.MethodPost, control.Request{}, body, "environments")
	err = c.do(ctx, &q, &v)
	return v, err
}

// SetEnvironment changes settings; what is nil stays.
func (c *Client) SetEnvironment(ctx context.Context, env string, change control.EnvironmentChange, r control.Request) (g control.Governed, err error) {
	if err := (slipway.Environment{PollSeconds: change.PollSeconds}).ValidatePoll(); err != nil {
		return g, err
	}
	body := environmentBody{Triggers: change.Triggers, AutoLive: change.AutoLive, Poll: change.PollSeconds, Reason: r.Reason}
	if change.URL != nil || change.Branch != nil || change.Root != nil || change.Credential != nil {
		body.Repository = &repositoryBody{URL: change.URL, Branch: change.Branch, Root: change.Root, Credential: change.Credential}
	}
	q := write(http.MethodPatch, r, body, "environments", env)
	err = c.do(ctx, &q, &g)
	return g, err
}

// RemoveEnvironment removes one: its name is free, its records stay.
func (c *Client) RemoveEnvironment(ctx context.Context, env string, r control.Request) (removal slipway.Removal, err error) {
	q := write(http.MethodDelete, r, nil, "environments", env).with("reason", r.Reason)
	err = c.do(ctx, &q, &removal)
	return removal, err
}

// RemovedEnvironments reads those that were removed, by slug.
func (c *Client) RemovedEnvironments(ctx context.Context) ([]slipway.Removal, error) {
	var out struct {
		Removals []slipway.Removal `json:"removals"`
	}
	q := get("removals")
	err := c.do(ctx, &q, &out)
	return out.Removals, err
}

// Prune takes away what is old and nobody needs, under the server's policy.
func (c *Client) Prune(ctx context.Context, o control.PruneOptions) (r control.PruneReport, err error) {
	q := write(http.MethodPost, control.Request{}, map[string]any{"dryRun": o.DryRun}, "prune")
	q.within = pruneTime
	err = c.do(ctx, &q, &r)
	return r, err
}
