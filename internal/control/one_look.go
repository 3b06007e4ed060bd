package control

import (
	"context"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// The use cases of a Look, each of a look of its own: for whoever asks for nothing
// else of that moment.

// Environment reads one by its slug.
func (p *Plane) Environment(ctx context.Context, slug string) (EnvironmentView, error) {
	l, err := p.Look(ctx, slug)
	if err != nil {
		return EnvironmentView{}, err
	}
	return l.Environment(ctx)
}

// Workflow reads one, deleted or not.
func (p *Plane) Workflow(ctx context.Context, slug, id string) (WorkflowView, error) {
	l, err := p.Look(ctx, slug)
	if err != nil {
		return WorkflowView{}, err
	}
	return l.Workflow(ctx, id)
}

// Deployment reads one by its id.
func (p *Plane) Deployment(ctx context.Context, slug, id string) (DeploymentDetail, error) {
	l, err := p.Look(ctx, slug)
	if err != nil {
		return DeploymentDetail{}, err
	}
	return l.Deployment(ctx, id)
}

// Deployments lists deployments, newest first, those of one workflow where the
// filter names it.
func (p *Plane) Deployments(ctx context.Context, slug string, f DeploymentFilter, page Page) ([]DeploymentView, string, error) {
	l, err := p.Look(ctx, slug)
	if err != nil {
		return nil, "", err
	}
	return l.Deployments(ctx, f, page)
}

// Find returns the id of the deployment of a workflow that name means, as for
// MakeLive; "" is its newest.
func (p *Plane) Find(ctx context.Context, slug, workflow, name string) (string, error) {
	l, err := p.Look(ctx, slug)
	if err != nil {
		return "", err
	}
	return l.Find(ctx, workflow, name)
}

// Bundle reads the bundle of a deployment, by its id, and its digest.
func (p *Plane) Bundle(ctx context.Context, slug, id string) (bundle []byte, digest string, err error) {
	l, err := p.Look(ctx, slug)
	if err != nil {
		return nil, "", err
	}
	return l.Bundle(ctx, id)
}

// SyncByID reads one sync with its deployments.
func (p *Plane) SyncByID(ctx context.Context, slug, id string) (SyncDetail, error) {
	l, err := p.Look(ctx, slug)
	if err != nil {
		return SyncDetail{}, err
	}
	return l.SyncByID(ctx, id)
}

// Release reads one by its number.
func (p *Plane) Release(ctx context.Context, slug string, number int64) (ReleaseDetail, error) {
	l, err := p.Look(ctx, slug)
	if err != nil {
		return ReleaseDetail{}, err
	}
	return l.Release(ctx, number)
}

// Releases lists an environment's ledger, newest first.
func (p *Plane) Releases(ctx context.Context, slug string, f ReleaseFilter, page Page) ([]ReleaseView, string, error) {
	l, err := p.Look(ctx, slug)
	if err != nil {
		return nil, "", err
	}
	return l.Releases(ctx, f, page)
}

// row reads a release of an environment.
func (p *Plane) row(ctx context.Context, env slipway.Environment, number int64) (slipway.Row, error) {
	return p.lookAt(env).row(ctx, number)
}
