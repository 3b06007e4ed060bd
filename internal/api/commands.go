package api

import (
	"context"
	"net/http"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// onDeployment is a command about a deployment.
type onDeployment struct {
	OfDeployment
	Body *Command
}

func (a *api) commands() {
	type makeLive struct {
		OfDeployment
		Body *MakeLiveCommand
	}
	add(a, operation{
		id: "make-live", method: http.MethodPost, path: deploymentPath + "/live", tag: "deployments", group: MakeLive, role: slipway.Deployer, moves: true,
		summary: "Makes a deployment live; an older one is held, previous is a roll back",
	}, func(ctx context.Context, in *makeLive) (*body[control.Moved], error) {
		b := said(in.Body)
		if err := mayOverride(requestOf(ctx), b.Override); err != nil {
			return nil, err
		}
		workflow, err := a.workflowOf(ctx, in.OfDeployment, b.Workflow)
		if err != nil {
			return nil, err
		}
		res, err := a.plane.MakeLive(ctx, in.Env, workflow, in.Deployment, requestOf(ctx).ask(b.Reason), control.MakeLiveOptions{From: b.From, Override: b.Override})
		if fault.CodeOf(err) == codeNotValid {
			return nil, a.withLog(ctx, in.Env, workflow, in.Deployment, err)
		}
		return a.moved(ctx, in.Env, workflow, res, err)
	})
	a.command("reject", slipway.Deployer, "Marks the code of a deployment as bad; if it is live, the previous one takes its place", a.plane.Reject)
	a.command("accept", slipway.Admin, "Takes the mark of a rejection off a deployment's code", a.plane.Accept)
	add(a, operation{
		id: "deactivate-deployment", method: http.MethodPost, path: deploymentPath + "/deactivate", tag: "deployments", group: MakeLive,
		role: slipway.Deployer, moves: true, summary: "Takes a deployment down, if it is the live one, and holds its workflow",
	}, func(ctx context.Context, in *onDeployment) (*body[control.Moved], error) {
		b := said(in.Body)
		workflow, err := a.workflowOf(ctx, in.OfDeployment, b.Workflow)
		if err != nil {
			return nil, err
		}
		id, err := a.plane.Find(ctx, in.Env, workflow, in.Deployment)
		if err != nil {
			return nil, err
		}
		res, err := a.plane.Deactivate(ctx, in.Env, workflow, requestOf(ctx).ask(b.Reason), id)
		return a.moved(ctx, in.Env, workflow, res, err)
	})
}

// command registers a command on the code of a deployment.
func (a *api) command(verb string, role slipway.Role, summary string,
	do func(ctx context.Context, env, workflow, name string, r control.Request, from string) (control.Result, error),
) {
	add(a, operation{
		id: verb + "-deployment", method: http.MethodPost, path: deploymentPath + "/" + verb, tag: "deployments", group: MakeLive,
		role: role, moves: true, summary: summary,
	}, func(ctx context.Context, in *onDeployment) (*body[control.Moved], error) {
		b := said(in.Body)
		workflow, err := a.workflowOf(ctx, in.OfDeployment, b.Workflow)
		if err != nil {
			return nil, err
		}
		res, err := do(ctx, in.Env, workflow, in.Deployment, requestOf(ctx).ask(b.Reason), b.From)
		return a.moved(ctx, in.Env, workflow, res, err)
	})
}

// workflowOf is the workflow of the deployment that a path names: the one that
// the sender says, else the deployment's own.
func (a *api) workflowOf(ctx context.Context, d OfDeployment, said string) (string, error) {
	if said != "" {
		return said, nil
	}
	v, err := a.plane.Deployment(ctx, d.Env, d.Deployment)
	switch {
	case fault.Is(err, fault.NotFound) && fault.CodeOf(err) == "unknown-deployment":
		return "", fault.Wrap(err, fault.NotFound, "unknown-deployment", "environment %q has no deployment %q", d.Env, d.Deployment).
			WithHint("name one by its id, or say workflow too to name it by a commit or as previous")
	case err != nil:
		return "", err
	case v.Workflow == "":
		return "", fault.New(fault.Conflict, "no-workflow", "nobody can tell of which workflow %s is", d.Deployment).
			WithHint("its build log says why").WithFix("log", fault.EnvArg, d.Deployment)
	}
	return v.Workflow, nil
}

// withLog is the problem of a deployment that did not pass its check, with what
// the check said.
func (a *api) withLog(ctx context.Context, env, workflow, name string, err error) error {
	p := a.problem(ctx, err)
	id, ferr := a.plane.Find(ctx, env, workflow, name)
	if ferr != nil {
		return p
	}
	if d, derr := a.plane.Deployment(ctx, env, id); derr == nil {
		p.Diagnostics = d.Diagnostics
	}
	return p
}
