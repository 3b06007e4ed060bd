package main

import (
	"context"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
)

// local does the operations on the store in a folder: it adds to a command what
// became of what it was about.
type local struct{ *control.Plane }

var _ operations = local{}

func (l local) AddEnvironment(ctx context.Context, n control.NewEnvironment) (control.EnvironmentView, error) {
	if _, err := l.Plane.AddEnvironment(ctx, n); err != nil {
		return control.EnvironmentView{}, err
	}
	return l.Environment(ctx, n.Slug)
}

func (l local) SetEnvironment(ctx context.Context, env string, c control.EnvironmentChange, r control.Request) (control.Governed, error) {
	res, err := l.Plane.SetEnvironment(ctx, env, c, r)
	return l.governed(ctx, env, res, err)
}

func (l local) MakeLive(ctx context.Context, env, workflow, name string, r control.Request, o control.MakeLiveOptions) (control.Moved, error) {
	res, err := l.Plane.MakeLive(ctx, env, workflow, name, r, o)
	return l.moved(ctx, env, workflow, res, err)
}

func (l local) Deactivate(ctx context.Context, env, workflow string, r control.Request, from string) (control.Moved, error) {
	res, err := l.Plane.Deactivate(ctx, env, workflow, r, from)
	return l.moved(ctx, env, workflow, res, err)
}

func (l local) Hold(ctx context.Context, env, workflow string, r control.Request) (control.Moved, error) {
	res, err := l.Plane.Hold(ctx, env, workflow, r)
	return l.moved(ctx, env, workflow, res, err)
}

func (l local) Lift(ctx context.Context, env, workflow string, r control.Request) (control.Moved, error) {
	res, err := l.Plane.Lift(ctx, env, workflow, r)
	return l.moved(ctx, env, workflow, res, err)
}

func (l local) Reject(ctx context.Context, env, workflow, name string, r control.Request, from string) (control.Moved, error) {
	res, err := l.Plane.Reject(ctx, env, workflow, name, r, from)
	return l.moved(ctx, env, workflow, res, err)
}

func (l local) Accept(ctx context.Context, env, workflow, name string, r control.Request, from string) (control.Moved, error) {
	res, err := l.Plane.Accept(ctx, env, workflow, name, r, from)
	return l.moved(ctx, env, workflow, res, err)
}

func (l local) Delete(ctx context.Context, env, workflow string, r control.Request, from string) (control.Moved, error) {
	res, err := l.Plane.Delete(ctx, env, workflow, r, from)
	return l.moved(ctx, env, workflow, res, err)
}

func (l local) Freeze(ctx context.Context, env string, until *time.Time, r control.Request) (control.Governed, error) {
	res, err := l.Plane.Freeze(ctx, env, until, r)
	return l.governed(ctx, env, res, err)
}

func (l local) Thaw(ctx context.Context, env string, r control.Request) (control.Governed, error) {
	res, err := l.Plane.Thaw(ctx, env, r)
	return l.governed(ctx, env, res, err)
}

func (l local) Restore(ctx context.Context, env string, release int64, partial bool, r control.Request) (control.Governed, error) {
	res, err := l.Plane.Restore(ctx, env, release, partial, r)
	return l.governed(ctx, env, res, err)
}

func (l local) RevokeToken(ctx context.Context, id string, r control.Request) (v control.TokenView, changed bool, err error) {
	return l.Plane.RevokeToken(ctx, id, r.Actor)
}

func (l local) moved(ctx context.Context, env, workflow string, res control.Result, err error) (control.Moved, error) {
	if err != nil {
		return control.Moved{}, err
	}
	return l.Moved(ctx, env, workflow, res)
}

func (l local) governed(ctx context.Context, env string, res control.Result, err error) (control.Governed, error) {
	if err != nil {
		return control.Governed{}, err
	}
	return l.Governed(ctx, env, res)
}
