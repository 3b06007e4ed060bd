package api

import (
	"context"
	"net/http"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// SyncPage is a page of syncs.
type SyncPage struct {
	Syncs []slipway.Sync `json:"syncs" nullable:"false"`
	Next  string         `json:"next" doc:"The cursor of the next page, empty at the end."`
}

// Cancelled is a sync after it was cancelled.
type Cancelled struct {
	Changed bool         `json:"changed" doc:"Without it, the sync had ended already."`
	Sync    slipway.Sync `json:"sync"`
}

// OfSync names a sync.
type OfSync struct {
	InEnv
	Sync string `path:"sync" minLength:"1" maxLength:"64" example:"sync_01KA3V6Q8Y3F1ZJ0T7M5R2W9XE" doc:"The sync's id."`
}

const syncsPath = environmentPath + "/syncs"

func (a *api) syncs() {
	type list struct {
		InEnv
		Status slipway.SyncStatus `query:"status" enum:"queued,running,succeeded,incomplete,failed,unchanged,superseded,cancelled"`
		Committed
		Span
		Paged
	}
	add(a, operation{
		id: "list-syncs", method: http.MethodGet, path: syncsPath, tag: "syncs", group: Reads, role: slipway.Viewer,
		summary: "Syncs, newest first", errors: []int{http.StatusNotFound},
	}, func(ctx context.Context, in *list) (*body[SyncPage], error) {
		u := requestOf(ctx).url
		page, err := a.page(in.Paged, u)
		if err != nil {
			return nil, err
		}
		f := control.SyncFilter{Status: in.Status, Commit: in.Commit, Author: in.Author, Span: in.control()}
		syncs, next, err := a.plane.Syncs(ctx, in.Env, f, page)
		return answer(SyncPage{syncs, a.cursors.seal(scope(u), next)}, err)
	})
	add(a, operation{
		id: "get-sync", method: http.MethodGet, path: syncsPath + "/{sync}", tag: "syncs", group: Reads, role: slipway.Viewer,
		summary: "One sync with its deployments",
	}, func(ctx context.Context, in *OfSync) (*body[control.SyncDetail], error) {
		return answer(a.plane.SyncByID(ctx, in.Env, in.Sync))
	})
	type start struct {
		InEnv
		Body *SyncRequest
	}
	add(a, operation{
		id: "start-sync", method: http.MethodPost, path: syncsPath, tag: "syncs", group: Syncs, role: slipway.Deployer, status: http.StatusAccepted,
		summary: "Asks for a sync",
		text:    "One runs and one waits in each environment: a newer request takes the place of the one that waits, and mergedInto of the older leads to it.",
	}, func(ctx context.Context, in *start) (*located[slipway.Sync], error) {
		s, err := a.plane.RequestSync(ctx, in.Env, control.SyncOptions{Actor: requestOf(ctx).who.Actor, IfChanged: said(in.Body).IfChanged})
		return &located[slipway.Sync]{Location: "/v1/environments/" + in.Env + "/syncs/" + s.ID, Body: s}, err
	})
	type cancel struct {
		OfSync
		Why
	}
	add(a, operation{
		id: "cancel-sync", method: http.MethodPost, path: syncsPath + "/{sync}/cancel", tag: "syncs", group: Syncs, role: slipway.Deployer,
		summary: "Ends a sync that waits or runs",
	}, func(ctx context.Context, in *cancel) (*body[Cancelled], error) {
		s, changed, err := a.plane.Cancel(ctx, in.Env, in.Sync, requestOf(ctx).ask(in.reason()))
		return answer(Cancelled{changed, s}, err)
	})
}

func (a *api) plans() {
	type start struct {
		InEnv
		Body *PlanRequest
	}
	add(a, operation{
		id: "start-plan", method: http.MethodPost, path: environmentPath + "/plans", tag: "plans", group: Plans, role: slipway.Deployer, status: http.StatusAccepted,
		summary: "Asks for a dry run: a check of the newest commit of a branch", text: "Nothing is deployed. Read the plan until its status is no longer running.",
	}, func(ctx context.Context, in *start) (*located[control.Plan], error) {
		p, err := a.plane.RequestPlan(ctx, in.Env, said(in.Body).Branch, requestOf(ctx).who.Actor)
		return &located[control.Plan]{Location: "/v1/environments/" + in.Env + "/plans/" + p.ID, Body: p}, err
	})
	type named struct {
		InEnv
		Plan string `path:"plan" maxLength:"64" example:"plan_01KA3V6Q8Y3F1ZJ0T7M5R2W9XE" doc:"The plan's id."`
	}
	add(a, operation{
		id: "get-plan", method: http.MethodGet, path: environmentPath + "/plans/{plan}", tag: "plans", group: Reads, role: slipway.Viewer,
		summary: "A plan, with its report once it is done",
	}, func(ctx context.Context, in *named) (*body[control.Plan], error) {
		return answer(a.plane.Plan(ctx, in.Env, in.Plan))
	})
}
