package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// DeploymentPage is a page of deployments.
type DeploymentPage struct {
	Deployments []control.DeploymentView `json:"deployments" nullable:"false"`
	Next        string                   `json:"next" doc:"The cursor of the next page, empty at the end."`
}

// Log is the build log of a deployment.
type Log struct {
	Deployment  string                  `json:"deployment"`
	Status      slipway.Status          `json:"status"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
}

const (
	deploymentPath = environmentPath + "/deployments/{deployment}"
	bundleID       = "get-bundle"
)

// Filters choose deployments.
type Filters struct {
	Status slipway.Status `query:"status" enum:"Processing,Failed,Deployed,Live,Deactivated,Draft"`
	Committed
	Span
	Paged
}

func (a *api) deployments() {
	type ofOne struct {
		OfWorkflow
		Filters
	}
	add(a, operation{
		id: "list-workflow-deployments", method: http.MethodGet, path: workflowPath + "/deployments", tag: "deployments", group: Reads, role: slipway.Viewer,
		summary: "Deployments of one workflow, newest first",
	}, func(ctx context.Context, in *ofOne) (*body[DeploymentPage], error) {
		return a.listDeployments(ctx, in.Env, in.Workflow, in.Filters)
	})
	type ofAll struct {
		InEnv
		Workflow string `query:"workflow" minLength:"1" maxLength:"128" doc:"Only those of this workflow."`
		Filters
	}
	add(a, operation{
		id: "list-deployments", method: http.MethodGet, path: environmentPath + "/deployments", tag: "deployments", group: Reads, role: slipway.Viewer,
		summary: "Deployments of all workflows, newest first",
	}, func(ctx context.Context, in *ofAll) (*body[DeploymentPage], error) {
		return a.listDeployments(ctx, in.Env, in.Workflow, in.Filters)
	})
	type named struct {
		OfDeployment
		Workflow string `query:"workflow" minLength:"1" maxLength:"128" doc:"Its workflow, where it is named by a commit or as previous."`
	}
	add(a, operation{
		id: "get-deployment", method: http.MethodGet, path: deploymentPath, tag: "deployments", group: Reads, role: slipway.Viewer,
		summary: "One deployment with its settings and build log",
	}, func(ctx context.Context, in *named) (*body[control.DeploymentDetail], error) {
		id, err := a.deploymentID(ctx, in.Env, in.Workflow, in.Deployment)
		if err != nil {
			return nil, err
		}
		return answer(a.plane.Deployment(ctx, in.Env, id))
	})
	add(a, operation{
		id: "get-log", method: http.MethodGet, path: deploymentPath + "/log", tag: "deployments", group: Reads, role: slipway.Viewer,
		summary: "The build log of a deployment",
	}, func(ctx context.Context, in *named) (*body[Log], error) {
		id, err := a.deploymentID(ctx, in.Env, in.Workflow, in.Deployment)
		if err != nil {
			return nil, err
		}
		d, err := a.plane.Deployment(ctx, in.Env, id)
		return answer(Log{d.ID, d.Status, d.Diagnostics}, err)
	})
	a.bundle()
}

func (a *api) listDeployments(ctx context.Context, env, workflow string, in Filters) (*body[DeploymentPage], error) {
	u := requestOf(ctx).url
	page, err := a.page(in.Paged, u)
	if err != nil {
		return nil, err
	}
	f := control.DeploymentFilter{Workflow: workflow, Status: in.Status, Commit: in.Commit, Author: in.Author, Span: in.control()}
	ds, next, err := a.plane.Deployments(ctx, env, f, page)
	return answer(DeploymentPage{ds, a.cursors.seal(scope(u), next)}, err)
}

// deploymentID is the id of the deployment that name means, for one that names
// its workflow too.
func (a *api) deploymentID(ctx context.Context, env, workflow, name string) (string, error) {
	if workflow == "" {
		return name, nil
	}
	return a.plane.Find(ctx, env, workflow, name)
}

// bundle serves the bytes of a bundle. What a deployment's id leads to never
// changes, so whoever has it need not ask again.
func (a *api) bundle() {
	o := operation{
		id: bundleID, method: http.MethodGet, path: deploymentPath + "/bundle", tag: "deployments", group: Reads, role: slipway.Viewer,
		summary: "The bundle of a deployment; its ETag is the digest, and it never changes",
	}
	describe := func(op *huma.Operation, _ huma.Registry) {
		op.Parameters = append(op.Parameters, pathParam("env", "The environment's slug."), pathParam("deployment", "The deployment's id."))
		op.Responses["200"] = &huma.Response{
			Description: "The bundle: one program without imports.",
			Content:     map[string]*huma.MediaType{bundleType: {Schema: &huma.Schema{Type: huma.TypeString}}},
		}
	}
	a.addRaw(o, describe, func(w http.ResponseWriter, r *http.Request) {
		data, digest, err := a.plane.Bundle(r.Context(), r.PathValue("env"), r.PathValue("deployment"))
		if err != nil {
			a.refuse(w, r, err)
			return
		}
		h := w.Header()
		h.Set("ETag", `"`+digest+`"`)
		h.Set("Cache-Control", "private, max-age=31536000, immutable")
		if ifNoneMatch(r.Header.Get("If-None-Match"), `"`+digest+`"`) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		h.Set("Content-Type", bundleType)
		h.Set("Content-Security-Policy", "sandbox") // it is somebody's code: no browser runs it here
		_, _ = w.Write(data)                        // who asked has gone
	})
}

const bundleType = "text/javascript; charset=utf-8"
