package control

import (
	"context"
	"fmt"

	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Syncs lists an environment's syncs, newest first.
func (p *Plane) Syncs(ctx context.Context, slug string, f SyncFilter, page Page) ([]slipway.Sync, string, error) {
	if err := f.Validate(); err != nil {
		return nil, "", err
	}
	env, err := p.environment(ctx, slug)
	if err != nil {
		return nil, "", err
	}
	syncs, next, err := filtered(page, func(page Page) ([]slipway.Sync, string, error) {
		return p.store.Syncs(ctx, env.ID, page)
	}, f.keeps)
	if err != nil {
		return nil, "", fmt.Errorf("read syncs: %w", err)
	}
	return syncs, next, nil
}

// SyncDetail is a sync with its deployments.
type SyncDetail struct {
	slipway.Sync
	Deployments []DeploymentView `json:"deployments"`
}

// SyncByID reads one sync with its deployments.
func (l *Look) SyncByID(ctx context.Context, id string) (SyncDetail, error) {
	head, err := l.readHead(ctx)
	if err != nil {
		return SyncDetail{}, err
	}
	s, err := l.Sync(ctx, id)
	if err != nil {
		return SyncDetail{}, err
	}
	v := SyncDetail{Sync: s, Deployments: []DeploymentView{}}
	for d, err := range l.p.deployments(ctx, l.env.ID, DeploymentQuery{Sync: s.ID, Page: Page{Limit: MaxPage}}) {
		if err != nil {
			return SyncDetail{}, err
		}
		v.Deployments = append(v.Deployments, viewDeployment(d, false, head, l.p.now()))
	}
	return v, nil
}

// Sync reads one sync without its deployments.
func (l *Look) Sync(ctx context.Context, id string) (slipway.Sync, error) {
	s, err := l.p.store.Sync(ctx, l.env.ID, id)
	if err != nil {
		return slipway.Sync{}, fmt.Errorf("read sync: %w", unknownIn(err, l.env, "sync", id, "syncs", fault.EnvArg))
	}
	return s, nil
}

// BuildLogs reads the build logs of deployments by their ids, one deployment each:
// lists are without them, so it is asked for those that are shown. One that is
// pruned has none.
func (l *Look) BuildLogs(ctx context.Context, ids []string) ([][]diagnostic.Diagnostic, error) {
	logs := make([][]diagnostic.Diagnostic, len(ids))
	return logs, l.p.each(len(ids), func(i int) error {
		d, err := l.p.store.Deployment(ctx, l.env.ID, ids[i])
		if err != nil && !fault.Is(err, fault.NotFound) {
			return fmt.Errorf("read deployment: %w", err)
		}
		logs[i] = d.Diagnostics
		return nil
	})
}

// unknownIn words a NotFound of the store for a person: what an environment does
// not have, and the command that lists what it has. Other errors stay.
func unknownIn(err error, env slipway.Environment, what, id string, list ...string) error {
	if !fault.Is(err, fault.NotFound) {
		return err
	}
	return fault.Wrap(err, fault.NotFound, "unknown-"+what, "environment %q has no %s %q", env.Slug, what, id).
		WithHint("look at the %ss there are", what).WithFix(list...)
}
