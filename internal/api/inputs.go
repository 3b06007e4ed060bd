package api

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// InEnv names an environment.
type InEnv struct {
	Env string `path:"env" maxLength:"64" pattern:"^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$" example:"production" doc:"The environment's slug."`
}

// OfWorkflow names a workflow.
type OfWorkflow struct {
	InEnv
	Workflow string `path:"workflow" minLength:"1" maxLength:"128" example:"customClaims" doc:"The workflow's id."`
}

// OfDeployment names a deployment.
type OfDeployment struct {
	InEnv
	Deployment string `path:"deployment" minLength:"1" maxLength:"128" example:"dep_01KA3V6Q8Y3F1ZJ0T7M5R2W9XE" doc:"A deployment's id; with workflow also 7 or more characters of a commit, or previous."`
}

// Span chooses a part of time.
type Span struct {
	Since time.Time `query:"since" doc:"Only from this time on."`
	Until time.Time `query:"until" doc:"Only before this time."`
}

func (s Span) control() control.Span {
	var c control.Span
	if !s.Since.IsZero() {
		c.Since = &s.Since
	}
	if !s.Until.IsZero() {
		c.Until = &s.Until
	}
	return c
}

// Committed chooses by commit.
type Committed struct {
	Commit string `query:"commit" pattern:"^[0-9a-fA-F]{1,64}$" doc:"Only those of commits that begin so."`
	Author string `query:"author" minLength:"1" maxLength:"200" doc:"Only those of commits whose author's name or e-mail has this part, in letters of any case."`
}

// Why is the body of a command that takes a reason.
type Why struct {
	Body *Reason
}

// Reason is why a command is sent.
type Reason struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Why, in your words: it stays in the ledger."`
}

func (w Why) reason() string { return said(w.Body).Reason }

// Words are why a command about a workflow is sent, and what its sender saw.
type Words struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"Why, in your words: it stays in the ledger."`
	From   string `json:"from,omitempty" maxLength:"128" doc:"The live deployment that you saw: refused if another is live by now."`
}

// Command is the body of a command about a deployment.
type Command struct {
	Workflow string `json:"workflow,omitempty" maxLength:"128" doc:"Its workflow, where it is named by a commit or as previous."`
	Words
}

// MakeLiveCommand is the body of making a deployment live.
type MakeLiveCommand struct {
	Command
	Override bool `json:"override,omitempty" doc:"During a freeze, also what never was live. Takes the role admin."`
}

// SyncRequest asks for a sync.
type SyncRequest struct {
	IfChanged bool `json:"ifChanged,omitempty" doc:"End as unchanged when the last sync would find the same."`
}

// PlanRequest asks for a plan.
type PlanRequest struct {
	Branch string `json:"branch,omitempty" maxLength:"255" example:"feature" doc:"Another branch than the environment's."`
}

// PruneRequest asks for a prune.
type PruneRequest struct {
	DryRun bool `json:"dryRun,omitempty" doc:"Only say what would go."`
}

// FreezeRequest asks for a freeze.
type FreezeRequest struct {
	Until  *time.Time `json:"until,omitempty" doc:"When it ends by itself; without it when it is thawed."`
	Reason string     `json:"reason,omitempty" maxLength:"500" doc:"Why, in your words: it stays in the ledger."`
}

// RestoreRequest asks for a restore.
type RestoreRequest struct {
	Reason  string `json:"reason,omitempty" maxLength:"500" doc:"Why, in your words: it stays in the ledger."`
	Partial bool   `json:"partial,omitempty" doc:"Leave what was deleted, rejected or pruned since as it is."`
}

// TokenRequest asks for a token.
type TokenRequest struct {
	Name         string       `json:"name" pattern:"^[!-~]([ -~]{0,98}[!-~])?$" example:"deploy-bot" doc:"Who has it: the subject of what is done with it."`
	Role         slipway.Role `json:"role" enum:"viewer,deployer,admin" example:"deployer"`
	Environments []Slug       `json:"environments,omitempty" maxItems:"100" doc:"Slugs of the environments that it is for; none for all."`
	ExpiresAt    *time.Time   `json:"expiresAt,omitempty" doc:"When it ends; without it never."`
}

// said is what a body that may be left out says.
func said[T any](body *T) T {
	if body == nil {
		var nothing T
		return nothing
	}
	return *body
}

// Seconds is a whole number of seconds up to a day. JSON does not tell 60 from
// 60.0, so it takes both.
type Seconds float64

// Schema says that it is whole.
func (Seconds) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeInteger, Minimum: new(0.0), Maximum: new(86400.0), Examples: []any{120}}
}

func (s *Seconds) control() *int {
	if s == nil {
		return nil
	}
	return new(int(*s))
}

// Trigger is a trigger's name.
type Trigger string

// Schema says which names there can be.
func (Trigger) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: "^[!-~]{1,128}$", Examples: []any{"user:signed_out"}}
}

// Slug is an environment's name.
type Slug string

// Schema says which slugs there can be.
func (Slug) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Pattern: "^[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?$", Examples: []any{"production"}}
}

// names are triggers or slugs as control takes them, nil for nil.
func names[S ~string](all []S) []string {
	if all == nil {
		return nil
	}
	out := make([]string, 0, len(all))
	for _, t := range all {
		out = append(out, string(t))
	}
	return out
}
