package control

import (
	"context"
	"fmt"
	"time"

	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// DeploymentView is a deployment with what the ledger says of it.
type DeploymentView struct {
	ID        string         `json:"id"`
	Workflow  string         `json:"workflow"`
	Status    slipway.Status `json:"status"`
	Notes     []slipway.Note `json:"notes"`
	Commit    slipway.Commit `json:"commit"`
	Sync      string         `json:"sync"`
	Sequence  int64          `json:"sequence"`
	Digest    string         `json:"digest"`
	CreatedAt time.Time      `json:"createdAt"`
	Path      string         `json:"path"`
	Size      int64          `json:"size"`
}

// DeploymentDetail is a deployment with its build log and settings.
type DeploymentDetail struct {
	DeploymentView
	Settings     slipway.Settings        `json:"settings"`
	SourceDigest string                  `json:"sourceDigest"`
	Packages     map[string]string       `json:"packages"`
	CheckedAt    *time.Time              `json:"checkedAt"`
	FirstLive    int64                   `json:"firstLive,omitempty"` // the release that made it live first
	Rejection    *slipway.Rejection      `json:"rejection"`
	Diagnostics  []diagnostic.Diagnostic `json:"diagnostics"`
}

func viewDeployment(d slipway.Deployment, missing bool, head slipway.Row, at time.Time) DeploymentView {
	return DeploymentView{
		ID: d.ID, Workflow: d.Workflow, Status: slipway.StatusOf(d, head), Notes: slipway.NotesOf(d, missing, head, at),
		Commit: d.Commit, Sync: d.Sync, Sequence: d.Sequence, Digest: d.Digest, CreatedAt: d.CreatedAt, Path: d.Path, Size: d.Size,
	}
}

// Deployments lists a workflow's deployments, newest first. The head is read
// before the list, so that the statuses are those of one moment.
func (p *Plane) Deployments(ctx context.Context, slug, workflow string, page Page) ([]DeploymentView, string, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return nil, "", err
	}
	w, err := p.workflow(ctx, env, workflow)
	if err != nil {
		return nil, "", err
	}
	head, err := p.store.Head(ctx, env.ID)
	if err != nil {
		return nil, "", fmt.Errorf("read head: %w", err)
	}
	ds, next, err := p.store.Deployments(ctx, env.ID, DeploymentQuery{Workflow: workflow, Page: page})
	if err != nil {
		return nil, "", fmt.Errorf("read deployments: %w", err)
	}
	views := make([]DeploymentView, 0, len(ds))
	for _, d := range ds {
		views = append(views, viewDeployment(d, w.MissingSince != nil, head, p.now()))
	}
	return views, next, nil
}

// Deployment reads one by its id.
func (p *Plane) Deployment(ctx context.Context, slug, id string) (DeploymentDetail, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return DeploymentDetail{}, err
	}
	head, err := p.store.Head(ctx, env.ID)
	if err != nil {
		return DeploymentDetail{}, fmt.Errorf("read head: %w", err)
	}
	d, err := p.store.Deployment(ctx, env.ID, id)
	if err != nil {
		return DeploymentDetail{}, fmt.Errorf("read deployment: %w", err)
	}
	missing := false
	if w, err := p.store.Workflow(ctx, env.ID, d.Workflow); err == nil {
		missing = w.MissingSince != nil
	} else if !fault.Is(err, fault.NotFound) {
		return DeploymentDetail{}, fmt.Errorf("read workflow: %w", err)
	}
	v := DeploymentDetail{
		DeploymentView: viewDeployment(d, missing, head, p.now()), Settings: d.Settings, SourceDigest: d.SourceDigest,
		Packages: d.Packages, CheckedAt: d.CheckedAt, Diagnostics: d.Diagnostics,
	}
	if d.WasLive(head.Number) {
		v.FirstLive = d.FirstLive
	}
	if r, ok := head.State.Rejected[d.Code]; ok {
		v.Rejection = &r
	}
	return v, nil
}
