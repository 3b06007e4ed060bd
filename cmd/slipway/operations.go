package main

import (
	"context"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// operations are what the commands do: on the store in a folder, or on a server
// over HTTP. Both give the same answers and refuse with the same faults.
type operations interface {
	environmentOperations
	removalOperations
	syncOperations
	listOperations
	detailOperations
	moveOperations
	markOperations
	freezeOperations
	restoreOperations
	tokenOperations
}

type environmentOperations interface {
	Environments(ctx context.Context) ([]control.EnvironmentView, error)
	Environment(ctx context.Context, env string) (control.EnvironmentView, error)
	AddEnvironment(ctx context.Context, n control.NewEnvironment) (control.EnvironmentView, error)
	SetEnvironment(ctx context.Context, env string, c control.EnvironmentChange, r control.Request) (control.Governed, error)
}

type removalOperations interface {
	RemoveEnvironment(ctx context.Context, env string, r control.Request) (slipway.Removal, error)
	RemovedEnvironments(ctx context.Context) ([]slipway.Removal, error)
	Prune(ctx context.Context, o control.PruneOptions) (control.PruneReport, error)
}

type syncOperations interface {
	// Sync asks for a sync and waits for its end.
	Sync(ctx context.Context, env string, o control.SyncOptions) (slipway.Sync, error)
	// RequestSync asks for one and leaves it to whoever runs it.
	RequestSync(ctx context.Context, env string, o control.SyncOptions) (slipway.Sync, error)
	SyncByID(ctx context.Context, env, id string) (control.SyncDetail, error)
	Cancel(ctx context.Context, env, id string, r control.Request) (sync slipway.Sync, changed bool, err error)
}

type listOperations interface {
	Syncs(ctx context.Context, env string, f control.SyncFilter, p control.Page) (syncs []slipway.Sync, next string, err error)
	Workflows(ctx context.Context, env string) ([]control.WorkflowView, error)
	Deployments(ctx context.Context, env string, f control.DeploymentFilter, p control.Page) (ds []control.DeploymentView, next string, err error)
	Releases(ctx context.Context, env string, f control.ReleaseFilter, p control.Page) (rs []control.ReleaseView, next string, err error)
}

type detailOperations interface {
	Workflow(ctx context.Context, env, id string) (control.WorkflowView, error)
	Deployment(ctx context.Context, env, id string) (control.DeploymentDetail, error)
	// Find gives the id of the deployment of a workflow that name means; "" is its newest.
	Find(ctx context.Context, env, workflow, name string) (string, error)
}

type moveOperations interface {
	MakeLive(ctx context.Context, env, workflow, name string, r control.Request, o control.MakeLiveOptions) (control.Moved, error)
	Deactivate(ctx context.Context, env, workflow string, r control.Request, from string) (control.Moved, error)
	Hold(ctx context.Context, env, workflow string, r control.Request) (control.Moved, error)
	Lift(ctx context.Context, env, workflow string, r control.Request) (control.Moved, error)
}

type markOperations interface {
	Reject(ctx context.Context, env, workflow, name string, r control.Request, from string) (control.Moved, error)
	Accept(ctx context.Context, env, workflow, name string, r control.Request, from string) (control.Moved, error)
	Delete(ctx context.Context, env, workflow string, r control.Request, from string) (control.Moved, error)
}

type freezeOperations interface {
	Freeze(ctx context.Context, env string, until *time.Time, r control.Request) (control.Governed, error)
	Thaw(ctx context.Context, env string, r control.Request) (control.Governed, error)
}

type restoreOperations interface {
	Restore(ctx context.Context, env string, release int64, partial bool, r control.Request) (control.Governed, error)
	PreviewRestore(ctx context.Context, env string, release int64) (control.RestorePreview, error)
}

type tokenOperations interface {
	// CreateToken makes a token; its secret is in the answer, nil if it was lost.
	CreateToken(ctx context.Context, n control.NewToken) (control.TokenView, error)
	Tokens(ctx context.Context) ([]control.TokenView, error)
	RevokeToken(ctx context.Context, id string, r control.Request) (v control.TokenView, changed bool, err error)
}
