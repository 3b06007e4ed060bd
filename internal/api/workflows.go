package api

import (
	"context"
	"net/http"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Workflows is a list of workflows.
type Workflows struct {
	Workflows []control.WorkflowView `json:"workflows" nullable:"false"`
}

// Unsaid are the words of a command that has no body.
type Unsaid struct {
	Reason string `query:"reason" minLength:"1" maxLength:"500" doc:"Why, in your words: it stays in the ledger."`
	From   string `query:"from" minLength:"1" maxLength:"128" doc:"The live deployment that you saw: refused if another is live by now."`
}

const workflowPath = environmentPath + "/workflows/{workflow}"

func (a *api) workflows() {
	add(a, operation{
		id: "list-workflows", method: http.MethodGet, path: environmentPath + "/workflows", tag: "workflows", group: Reads, role: slipway.Viewer,
		summary: "Workflows by id, without deleted ones",
	}, func(ctx context.Context, in *InEnv) (*body[Workflows], error) {
		ws, err := a.plane.Workflows(ctx, in.Env)
		return answer(Workflows{ws}, err)
	})
	add(a, operation{
		id: "get-workflow", method: http.MethodGet, path: workflowPath, tag: "workflows", group: Reads, role: slipway.Viewer,
		summary: "One workflow, deleted or not",
	}, func(ctx context.Context, in *OfWorkflow) (*body[control.WorkflowView], error) {
		return answer(a.plane.Workflow(ctx, in.Env, in.Workflow))
	})
	type deletion struct {
		OfWorkflow
		Unsaid
	}
	add(a, operation{
		id: "delete-workflow", method: http.MethodDelete, path: workflowPath, tag: "workflows", group: MakeLive, role: slipway.Admin, moves: true,
		summary: "Takes a workflow from what is live and from the lists, until a sync finds its file again",
	}, func(ctx context.Context, in *deletion) (*body[control.Moved], error) {
		res, err := a.plane.Delete(ctx, in.Env, in.Workflow, requestOf(ctx).ask(in.Reason), in.From)
		return a.moved(ctx, in.Env, in.Workflow, res, err)
	})
	type hold struct {
		OfWorkflow
		Why
	}
	add(a, operation{
		id: "hold-workflow", method: http.MethodPut, path: workflowPath + "/hold", tag: "workflows", group: MakeLive, role: slipway.Deployer, moves: true,
		summary: "Holds a workflow: later syncs do not take over",
	}, func(ctx context.Context, in *hold) (*body[control.Moved], error) {
		res, err := a.plane.Hold(ctx, in.Env, in.Workflow, requestOf(ctx).ask(in.reason()))
		return a.moved(ctx, in.Env, in.Workflow, res, err)
	})
	type lift struct {
		OfWorkflow
		Reason string `query:"reason" minLength:"1" maxLength:"500" doc:"Why, in your words: it stays in the ledger."`
	}
	add(a, operation{
		id: "lift-hold", method: http.MethodDelete, path: workflowPath + "/hold", tag: "workflows", group: MakeLive, role: slipway.Deployer, moves: true,
		summary: "Lifts the hold; what waited goes live if auto-live is on",
	}, func(ctx context.Context, in *lift) (*body[control.Moved], error) {
		res, err := a.plane.Lift(ctx, in.Env, in.Workflow, requestOf(ctx).ask(in.Reason))
		return a.moved(ctx, in.Env, in.Workflow, res, err)
	})
	type deactivate struct {
		OfWorkflow
		Body *Words
	}
	add(a, operation{
		id: "deactivate-workflow", method: http.MethodPost, path: workflowPath + "/deactivate", tag: "workflows", group: MakeLive, role: slipway.Deployer, moves: true,
		summary: "Leaves nothing of a workflow live, and holds it so",
	}, func(ctx context.Context, in *deactivate) (*body[control.Moved], error) {
		b := said(in.Body)
		res, err := a.plane.Deactivate(ctx, in.Env, in.Workflow, requestOf(ctx).ask(b.Reason), b.From)
		return a.moved(ctx, in.Env, in.Workflow, res, err)
	})
}
