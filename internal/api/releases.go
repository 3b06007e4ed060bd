package api

import (
	"context"
	"net/http"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// ReleasePage is a page of the ledger.
type ReleasePage struct {
	Releases []control.ReleaseView `json:"releases" nullable:"false"`
	Next     string                `json:"next" doc:"The cursor of the next page, empty at the end."`
}

// OfRelease names a release.
type OfRelease struct {
	InEnv
	Number int64 `path:"number" minimum:"1" example:"42" doc:"The release's number."`
}

const releasePath = environmentPath + "/releases/{number}"

func (a *api) releases() {
	type list struct {
		InEnv
		Workflow string        `query:"workflow" minLength:"1" maxLength:"128" doc:"Only those that moved this workflow, or were about it."`
		Sync     string        `query:"sync" minLength:"1" maxLength:"64" doc:"Only those of this sync."`
		Cause    slipway.Cause `query:"cause" enum:"sync,make-live,roll-back,deactivate,hold,lift,reject,accept,freeze,thaw,auto-live-on,auto-live-off,delete,restore"`
		Actor    string        `query:"actor" minLength:"1" maxLength:"200" doc:"Only those of actors that have this part, in letters of any case."`
		Span
		Paged
	}
	add(a, operation{
		id: "list-releases", method: http.MethodGet, path: environmentPath + "/releases", tag: "releases", group: Reads, role: slipway.Viewer,
		summary: "The ledger, newest first",
	}, func(ctx context.Context, in *list) (*body[ReleasePage], error) {
		u := requestOf(ctx).url
		page, err := a.page(in.Paged, u)
		if err != nil {
			return nil, err
		}
		f := control.ReleaseFilter{Workflow: in.Workflow, Sync: in.Sync, Cause: in.Cause, Actor: in.Actor, Span: in.control()}
		rs, next, err := a.plane.Releases(ctx, in.Env, f, page)
		return answer(ReleasePage{rs, a.cursors.seal(scope(u), next)}, err)
	})
	add(a, operation{
		id: "get-release", method: http.MethodGet, path: releasePath, tag: "releases", group: Reads, role: slipway.Viewer,
		summary: "One release, with what was live after it",
	}, func(ctx context.Context, in *OfRelease) (*body[control.ReleaseDetail], error) {
		return answer(a.plane.Release(ctx, in.Env, in.Number))
	})
	add(a, operation{
		id: "preview-restore", method: http.MethodGet, path: releasePath + "/restore", tag: "releases", group: Reads, role: slipway.Viewer,
		summary: "What a restore would do now; writes nothing",
	}, func(ctx context.Context, in *OfRelease) (*body[control.RestorePreview], error) {
		return answer(a.plane.PreviewRestore(ctx, in.Env, in.Number))
	})
	type restore struct {
		OfRelease
		Body *RestoreRequest
	}
	add(a, operation{
		id: "restore-release", method: http.MethodPost, path: releasePath + "/restore", tag: "releases", group: MakeLive, role: slipway.Deployer, moves: true,
		summary: "Brings back what was live after a release, and holds what moves",
	}, func(ctx context.Context, in *restore) (*body[control.Governed], error) {
		b := said(in.Body)
		res, err := a.plane.Restore(ctx, in.Env, in.Number, b.Partial, requestOf(ctx).ask(b.Reason))
		return a.governed(ctx, in.Env, res, err)
	})
}

func (a *api) freeze() {
	type freeze struct {
		InEnv
		Body *FreezeRequest
	}
	add(a, operation{
		id: "freeze", method: http.MethodPut, path: environmentPath + "/freeze", tag: "environments", group: MakeLive, role: slipway.Deployer, moves: true,
		summary: "Keeps syncs from making anything live",
	}, func(ctx context.Context, in *freeze) (*body[control.Governed], error) {
		b := said(in.Body)
		res, err := a.plane.Freeze(ctx, in.Env, b.Until, requestOf(ctx).ask(b.Reason))
		return a.governed(ctx, in.Env, res, err)
	})
	type thaw struct {
		InEnv
		Reason string `query:"reason" minLength:"1" maxLength:"500" doc:"Why, in your words: it stays in the ledger."`
	}
	add(a, operation{
		id: "thaw", method: http.MethodDelete, path: environmentPath + "/freeze", tag: "environments", group: MakeLive, role: slipway.Deployer, moves: true,
		summary: "Ends a freeze; what waited goes live",
	}, func(ctx context.Context, in *thaw) (*body[control.Governed], error) {
		res, err := a.plane.Thaw(ctx, in.Env, requestOf(ctx).ask(in.Reason))
		return a.governed(ctx, in.Env, res, err)
	})
}
