package api

import (
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// What the examples of the description tell: production, whose custom claims
// were rolled back at night.
const (
	exampleDeployment = "dep_01KA3V6Q8Y3F1ZJ0T7M5R2W9XE"
	exampleBad        = "dep_01KA46M2S9B7C4D8E1F3G5H7J9"
	exampleSync       = "sync_01KA46M2S9Q0R1S2T3V4W5X6Y7"
	exampleSHA        = "44d0b05c1f6a7e3b9d2c8f4a6e1b7d3c5f9a0e2d"
	exampleDigest     = "sha256:9f2b1c3d4e5f60718293a4b5c6d7e8f90112233445566778899aabbccddeeff0"
	exampleEnv        = "env_01KA3V0000ABCDEFGHJKMNPQRS"
)

func exampleTime(minute int) time.Time { return time.Date(2026, 3, 2, 2, minute, 0, 0, time.UTC) }

func exampleProblem() *Problem {
	return &Problem{
		Type: "about:blank", Title: "Conflict", Status: 409, Code: "trigger-in-use",
		Detail: `dep_01KA3V6Q8Y3F1ZJ0T7M5R2W9XE cannot go live: workflow "tenantClaims" is live on its trigger user:tokens_generation`,
		Hint:   `a trigger runs one workflow; deactivate "tenantClaims" first`, Fixes: [][]string{{"deactivate", "production", "tenantClaims"}},
		RequestID: "req_JYQ2T6C5K7M3N4P8R9S1V2W3X4",
	}
}

// answerExamples are by the names of their schemas.
func answerExamples() map[string]any {
	ana := slipway.Actor{Issuer: slipway.TokenIssuer, Subject: "ana"}
	at := exampleTime(14)
	commit := slipway.Commit{SHA: exampleSHA, Author: "Ben", Email: "ben@example.com", Message: "People without an organization are tenants too", Time: exampleTime(10)}
	hold := &slipway.Hold{Actor: ana, At: at, Reason: "people without an organization cannot sign in", Cause: slipway.CauseRollBack}
	workflow := control.WorkflowView{
		ID: "customClaims", Name: "Custom claims", Trigger: "user:tokens_generation", Path: "kindeSrc/environment/workflows/customClaimsWorkflow.ts",
		Status: slipway.StatusLive, Hold: hold, KeptBack: exampleBad,
		Live:   &control.LiveView{Deployment: exampleDeployment, Commit: exampleSHA, Since: at, Actor: ana, Digest: exampleDigest, Release: 42},
		Latest: control.LatestView{Deployment: exampleBad, Status: slipway.StatusDeployed, Commit: exampleSHA, CreatedAt: exampleTime(2)},
		Why:    slipway.Why{Code: slipway.WhyHeld, Text: "44d0b05 stays live: held by ana (token) since 2026-03-02 02:14 UTC; later syncs do not take over until it is lifted"},
	}
	change := slipway.Change{Workflow: "customClaims", From: exampleBad, To: exampleDeployment, FromCommit: exampleSHA, ToCommit: exampleSHA, ToCode: "0b6f6f1d2c3e4a5968778695"}
	release := control.ReleaseView{
		Number: 42, ID: "row_0f1e2d3c4b5a69788796a5b4c3d2e1f0", At: at, Actor: ana, Cause: slipway.CauseRollBack,
		Reason: "people without an organization cannot sign in", Changes: []slipway.Change{change}, Notes: []string{},
		About: &slipway.About{Workflow: "customClaims", Deployment: exampleDeployment, Commit: exampleSHA, Hold: slipway.HoldSet},
	}
	sync := slipway.Sync{
		ID: exampleSync, Environment: exampleEnv, Sequence: 7, Generation: 1, Status: slipway.SyncSucceeded, StartedBy: ana, Requesters: []slipway.Actor{ana},
		Repository: slipway.Repository{URL: "https://github.com/acme/workflows.git", Branch: "main"}, Commit: &commit,
		Versions: slipway.Versions{Configuration: 1, Checker: "1"}, Counts: slipway.Counts{Found: 5, Valid: 5, Live: 4, Kept: map[slipway.Note]int{slipway.NoteHeld: 1}},
		Diagnostics: []diagnostic.Diagnostic{}, RequestedAt: exampleTime(2), EndedAt: &at,
	}
	environment := control.EnvironmentView{
		Environment: slipway.Environment{
			ID: exampleEnv, Slug: "production", Repository: sync.Repository, Version: 1, CreatedAt: exampleTime(0), CreatedBy: ana,
		},
		AutoLive: true, Release: 42, Workflows: 5, Live: 5, Held: 1, LastSync: &sync,
		Poll: control.PollView{EverySeconds: 120, Due: &at, AskedAt: &sync.RequestedAt},
	}
	deployment := control.DeploymentView{
		ID: exampleDeployment, Workflow: "customClaims", Status: slipway.StatusLive, Notes: []slipway.Note{}, Commit: commit, Sync: exampleSync, Sequence: 6,
		Digest: exampleDigest, CreatedAt: exampleTime(1), Path: workflow.Path, Size: 2048,
	}
	settings := slipway.Settings{ID: "customClaims", Name: "Custom claims", Trigger: workflow.Trigger, FailurePolicy: "stop", Bindings: []string{"kinde.accessToken"}}
	resolved := resolvedOf("production", workflow.Trigger, slipway.Resolves{Workflow: "customClaims", Deployment: exampleDeployment, Digest: exampleDigest}, 42)
	plan := control.Plan{
		ID: "plan_01KA46M2S9B7C4D8E1F3G5H7J9", Environment: exampleEnv, Status: control.PlanDone, Repository: sync.Repository, StartedBy: ana,
		RequestedAt: exampleTime(20), EndedAt: &at, Commit: &commit, Report: &control.PlanReport{
			Workflows:   []control.PlannedFile{{Path: workflow.Path, Workflow: "customClaims", Valid: true, Settings: settings, Size: 2048}},
			Diagnostics: []diagnostic.Diagnostic{},
		},
	}
	token := control.TokenView{ID: "01ka3v6q8y3f1zj0t7m5r2w9xe", Name: "deploy-bot", Role: slipway.Deployer, Environments: []string{"production"}, CreatedAt: at, CreatedBy: ana}
	return map[string]any{
		"Self":             Self{Actor: ana, Role: slipway.Deployer, Environments: []string{"production"}},
		"Tokens":           Tokens{[]control.TokenView{token}},
		"Token":            token,
		"Revoked":          Revoked{true, token},
		"Environments":     Environments{[]control.EnvironmentView{environment}},
		"Environment":      environment,
		"Removals":         Removals{[]slipway.Removal{{Environment: environment.Environment, RemovedAt: at, RemovedBy: ana, Reason: "moved"}}},
		"Removal":          slipway.Removal{Environment: environment.Environment, RemovedAt: at, RemovedBy: ana, Reason: "moved"},
		"PruneReport":      control.PruneReport{At: at, DryRun: true, Environments: []control.PrunedEnvironment{}, Blobs: []control.PrunedBlobs{}},
		"SyncPage":         SyncPage{[]slipway.Sync{sync}, ""},
		"Sync":             sync,
		"SyncDetail":       control.SyncDetail{Sync: sync, Deployments: []control.DeploymentView{deployment}},
		"Cancelled":        Cancelled{true, sync},
		"Plan":             plan,
		"Workflows":        Workflows{[]control.WorkflowView{workflow}},
		"Workflow":         workflow,
		"Moved":            control.Moved{Changed: true, Release: &release, Workflow: workflow},
		"Governed":         control.Governed{Changed: true, Releases: []control.ReleaseView{release}, Environment: environment},
		"DeploymentPage":   DeploymentPage{[]control.DeploymentView{deployment}, ""},
		"DeploymentDetail": control.DeploymentDetail{DeploymentView: deployment, Settings: settings, Packages: map[string]string{"esbuild": "0.28.2"}, CheckedAt: &at, FirstLive: 38, Diagnostics: []diagnostic.Diagnostic{}},
		"Log":              Log{exampleDeployment, slipway.StatusLive, []diagnostic.Diagnostic{}},
		"ReleasePage":      ReleasePage{[]control.ReleaseView{release}, ""},
		"ReleaseDetail":    control.ReleaseDetail{ReleaseView: release, AutoLive: true, Live: map[string]control.LiveView{"customClaims": *workflow.Live}, Held: []string{"customClaims"}},
		"RestorePreview":   control.RestorePreview{Release: 40, Head: 42, Changes: []slipway.Change{change}, Left: []slipway.Left{}},
		"Resolved":         resolved,
		"LiveSet":          LiveSet{42, &at, []Resolved{resolved}},
	}
}
