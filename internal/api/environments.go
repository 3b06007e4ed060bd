package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Environments is a list of environments.
type Environments struct {
	Environments []control.EnvironmentView `json:"environments" nullable:"false"`
}

// Removals is a list of environments that were removed.
type Removals struct {
	Removals []slipway.Removal `json:"removals" nullable:"false"`
}

// NewEnvironment is the body of adding one.
type NewEnvironment struct {
	Slug       string `json:"slug" maxLength:"64" pattern:"^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$" example:"production"`
	Repository struct {
		URL        string `json:"url" minLength:"1" maxLength:"2000" example:"https://github.com/acme/workflows.git"`
		Branch     string `json:"branch,omitempty" maxLength:"255" doc:"Without it the repository's own."`
		Root       string `json:"root,omitempty" maxLength:"1000" doc:"Sub-directory that has the kinde.json."`
		Credential string `json:"credential,omitempty" maxLength:"128" doc:"Name of a credential of the operator's configuration."`
	} `json:"repository"`
	Triggers    []Trigger `json:"triggers,omitempty" maxItems:"100" doc:"Triggers beyond the built-in ones."`
	AutoLive    *bool     `json:"autoLive,omitempty" doc:"Without it on: new valid deployments go live at once."`
	PollSeconds *Seconds  `json:"pollSeconds,omitempty" doc:"How often the branch is asked for its tip; 0 for never, without it every 120."`
}

// EnvironmentChange is the body of changing one.
type EnvironmentChange struct {
	Repository *struct {
		URL        *string `json:"url,omitempty" minLength:"1" maxLength:"2000"`
		Branch     *string `json:"branch,omitempty" maxLength:"255" doc:"Empty for the repository's own."`
		Root       *string `json:"root,omitempty" maxLength:"1000"`
		Credential *string `json:"credential,omitempty" maxLength:"128" doc:"Empty for none."`
	} `json:"repository,omitempty"`
	Triggers    *[]Trigger `json:"triggers,omitempty" maxItems:"100" nullable:"false"`
	AutoLive    *bool      `json:"autoLive,omitempty"`
	PollSeconds *Seconds   `json:"pollSeconds,omitempty" doc:"0 for never."`
	Reason      string     `json:"reason,omitempty" maxLength:"500" doc:"Why auto-live is switched: it stays in the ledger."`
}

func (c EnvironmentChange) control() control.EnvironmentChange {
	change := control.EnvironmentChange{AutoLive: c.AutoLive, PollSeconds: c.PollSeconds.control()}
	if c.Triggers != nil {
		change.Triggers = new(names(*c.Triggers))
	}
	if r := c.Repository; r != nil {
		change.URL, change.Branch, change.Root, change.Credential = r.URL, r.Branch, r.Root, r.Credential
	}
	return change
}

func (a *api) environments() {
	add(a, operation{
		id: "list-environments", method: http.MethodGet, path: "/v1/environments", tag: "environments", group: Reads, role: slipway.Viewer,
		summary: "The environments that the token is for, by slug",
	}, func(ctx context.Context, _ *struct{}) (*body[Environments], error) {
		es, err := a.plane.Environments(ctx)
		who := requestOf(ctx).who
		es = slices.DeleteFunc(es, func(e control.EnvironmentView) bool { return !who.In(e.Slug) })
		return answer(Environments{es}, err)
	})
	add(a, operation{
		id: "get-environment", method: http.MethodGet, path: environmentPath, tag: "environments", group: Reads, role: slipway.Viewer,
		summary: "One environment with what its ledger says",
	}, func(ctx context.Context, in *InEnv) (*body[control.EnvironmentView], error) {
		return answer(a.plane.Environment(ctx, in.Env))
	})
	add(a, operation{
		id: "list-removals", method: http.MethodGet, path: "/v1/removals", tag: "environments", group: Reads, role: slipway.Admin,
		summary: "The environments that were removed",
	}, func(ctx context.Context, _ *struct{}) (*body[Removals], error) {
		rs, err := a.plane.RemovedEnvironments(ctx)
		return answer(Removals{rs}, err)
	})
	a.changeEnvironments()
}

func (a *api) changeEnvironments() {
	add(a, operation{
		id: "create-environment", method: http.MethodPost, path: "/v1/environments", tag: "environments", group: Syncs, role: slipway.Admin,
		status: http.StatusCreated, errors: []int{http.StatusNotFound, http.StatusFailedDependency},
		summary: "Adds an environment; proves that the branch can be read, starts no sync",
	}, func(ctx context.Context, in *struct{ Body NewEnvironment }) (*located[control.EnvironmentView], error) {
		b := in.Body
		_, err := a.plane.AddEnvironment(ctx, control.NewEnvironment{
			Slug: b.Slug, Triggers: names(b.Triggers), AutoLiveOff: b.AutoLive != nil && !*b.AutoLive, PollSeconds: b.PollSeconds.control(), Actor: requestOf(ctx).who.Actor,
			Repository: slipway.Repository{URL: b.Repository.URL, Branch: b.Repository.Branch, Root: b.Repository.Root, Credential: b.Repository.Credential},
		})
		if err != nil {
			return nil, err
		}
		v, err := a.plane.Environment(ctx, b.Slug)
		return &located[control.EnvironmentView]{Location: "/v1/environments/" + b.Slug, Body: v}, err
	})
	type change struct {
		InEnv
		Body EnvironmentChange
	}
	add(a, operation{
		id: "update-environment", method: http.MethodPatch, path: environmentPath, tag: "environments", group: Syncs, role: slipway.Admin, moves: true, errors: []int{http.StatusFailedDependency},
		summary: "Changes settings; what is left out stays",
	}, func(ctx context.Context, in *change) (*body[control.Governed], error) {
		res, err := a.plane.SetEnvironment(ctx, in.Env, in.Body.control(), requestOf(ctx).ask(in.Body.Reason))
		return a.governed(ctx, in.Env, res, err)
	})
	type removal struct {
		InEnv
		Reason string `query:"reason" minLength:"1" maxLength:"500" doc:"Why, in your words: it stays with the records."`
	}
	add(a, operation{
		id: "remove-environment", method: http.MethodDelete, path: environmentPath, tag: "environments", group: Syncs, role: slipway.Admin,
		summary: "Removes an environment: its name is free, its records stay",
	}, func(ctx context.Context, in *removal) (*body[slipway.Removal], error) {
		return answer(a.plane.RemoveEnvironment(ctx, in.Env, requestOf(ctx).ask(in.Reason)))
	})
	add(a, operation{
		id: "prune", method: http.MethodPost, path: "/v1/prune", tag: "environments", group: Syncs, role: slipway.Admin,
		summary: "Takes away what is old and nobody needs, or says what would go",
	}, func(ctx context.Context, in *struct{ Body *PruneRequest }) (*body[control.PruneReport], error) {
		return answer(a.plane.Prune(ctx, control.PruneOptions{DryRun: said(in.Body).DryRun}))
	})
}

// governed answers a command about an environment.
func (a *api) governed(ctx context.Context, env string, res control.Result, err error) (*body[control.Governed], error) {
	if err != nil {
		return nil, err
	}
	return answer(a.plane.Governed(ctx, env, res))
}

// moved answers a command about a workflow.
func (a *api) moved(ctx context.Context, env, workflow string, res control.Result, err error) (*body[control.Moved], error) {
	if err != nil {
		return nil, err
	}
	return answer(a.plane.Moved(ctx, env, workflow, res))
}
