package client_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/client"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestOperations holds what each method asks for to docs/spec/http.md.
func TestOperations(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := control.Request{Reason: "it broke", Actor: slipway.LocalActor("nobody sends this")}
	until := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	text, none, triggers := "release", "", []string{}
	page := control.Page{Limit: 7, Cursor: "a b"}
	span := control.Span{Until: &until}
	for _, c := range []struct {
		line, body string
		do         func(c *client.Client) error
	}{
		{"GET /v1/environments", "", func(c *client.Client) error { _, err := c.Environments(ctx); return err }},
		{"GET /v1/environments/prod", "", func(c *client.Client) error { _, err := c.Environment(ctx, "prod"); return err }},
		{
			"POST /v1/environments", `{"slug":"prod","repository":{"url":"https://h/r.git","root":"apps"},"triggers":["t:1"],"autoLive":false,"pollSeconds":30}`,
			func(c *client.Client) error {
				_, err := c.AddEnvironment(ctx, control.NewEnvironment{
					Slug: "prod", Repository: slipway.Repository{URL: "https://h/r.git", Root: "apps"}, Triggers: []string{"t:1"}, AutoLiveOff: true, PollSeconds: new(30),
				})
				return err
			},
		},
		{
			"PATCH /v1/environments/prod", `{"repository":{"branch":"release","credential":""},"triggers":[],"pollSeconds":0,"reason":"it broke"}`,
			func(c *client.Client) error {
				_, err := c.SetEnvironment(ctx, "prod", control.EnvironmentChange{Branch: &text, Credential: &none, Triggers: &triggers, PollSeconds: new(0)}, r)
				return err
			},
		},
		{"PATCH /v1/environments/prod", `{}`, func(c *client.Client) error {
			_, err := c.SetEnvironment(ctx, "prod", control.EnvironmentChange{}, control.Request{})
			return err
		}},
		{"DELETE /v1/environments/prod?reason=it+broke", "", func(c *client.Client) error { _, err := c.RemoveEnvironment(ctx, "prod", r); return err }},
		{"GET /v1/removals", "", func(c *client.Client) error { _, err := c.RemovedEnvironments(ctx); return err }},
		{"POST /v1/prune", `{"dryRun":true}`, func(c *client.Client) error { _, err := c.Prune(ctx, control.PruneOptions{DryRun: true}); return err }},
		{"POST /v1/environments/prod/syncs", `{"ifChanged":true}`, func(c *client.Client) error {
			_, err := c.RequestSync(ctx, "prod", control.SyncOptions{IfChanged: true})
			return err
		}},
		{"GET /v1/environments/prod/syncs?author=ana&commit=abc&cursor=a+b&limit=7&status=failed&until=2026-03-02T08%3A00%3A00Z", "", func(c *client.Client) error {
			_, _, err := c.Syncs(ctx, "prod", control.SyncFilter{Status: slipway.SyncFailed, Commit: "abc", Author: "ana", Span: span}, page)
			return err
		}},
		{"GET /v1/environments/prod/deployments", "", func(c *client.Client) error {
			_, _, err := c.Deployments(ctx, "prod", control.DeploymentFilter{}, control.Page{})
			return err
		}},
		{"GET /v1/environments/prod/deployments?author=ana&commit=abc&limit=7&since=2026-03-02T08%3A00%3A00Z&status=Live&workflow=greet", "", func(c *client.Client) error {
			f := control.DeploymentFilter{Workflow: "greet", Status: slipway.StatusLive, Commit: "abc", Author: "ana", Span: control.Span{Since: &until}}
			_, _, err := c.Deployments(ctx, "prod", f, control.Page{Limit: 7})
			return err
		}},
		{"GET /v1/environments/prod/releases?actor=ana&cause=roll-back&sync=sync_1&until=2026-03-02T08%3A00%3A00Z&workflow=greet", "", func(c *client.Client) error {
			f := control.ReleaseFilter{Workflow: "greet", Sync: "sync_1", Cause: slipway.CauseRollBack, Actor: "ana", Span: span}
			_, _, err := c.Releases(ctx, "prod", f, control.Page{})
			return err
		}},
		{"GET /v1/environments/prod/syncs/sync_1", "", func(c *client.Client) error { _, err := c.SyncByID(ctx, "prod", "sync_1"); return err }},
		{"POST /v1/environments/prod/syncs/sync_1/cancel", `{"reason":"it broke"}`, func(c *client.Client) error { _, _, err := c.Cancel(ctx, "prod", "sync_1", r); return err }},
		{"GET /v1/environments/prod/workflows", "", func(c *client.Client) error { _, err := c.Workflows(ctx, "prod"); return err }},
		{"GET /v1/environments/prod/workflows/a%2Fb%20c", "", func(c *client.Client) error { _, err := c.Workflow(ctx, "prod", "a/b c"); return err }},
		{"GET /v1/environments/prod/workflows/greet", "", func(c *client.Client) error { _, err := c.Find(ctx, "prod", "greet", ""); return err }},
		{"GET /v1/environments/prod/deployments/abcdef0?workflow=greet", "", func(c *client.Client) error { _, err := c.Find(ctx, "prod", "greet", "abcdef0"); return err }},
		{"GET /v1/environments/prod/deployments/dep_1", "", func(c *client.Client) error { _, err := c.Deployment(ctx, "prod", "dep_1"); return err }},
		{"POST /v1/environments/prod/deployments/previous/live", `{"reason":"it broke","workflow":"greet","from":"dep_9","override":true}`, func(c *client.Client) error {
			_, err := c.MakeLive(ctx, "prod", "greet", "previous", r, control.MakeLiveOptions{From: "dep_9", Override: true})
			return err
		}},
		{"POST /v1/environments/prod/workflows/greet/deactivate", `{"reason":"it broke","from":"dep_9"}`, func(c *client.Client) error { _, err := c.Deactivate(ctx, "prod", "greet", r, "dep_9"); return err }},
		{"PUT /v1/environments/prod/workflows/greet/hold", `{"reason":"it broke"}`, func(c *client.Client) error { _, err := c.Hold(ctx, "prod", "greet", r); return err }},
		{"DELETE /v1/environments/prod/workflows/greet/hold?reason=it+broke", "", func(c *client.Client) error { _, err := c.Lift(ctx, "prod", "greet", r); return err }},
		{"POST /v1/environments/prod/deployments/dep_1/reject", `{"reason":"it broke","workflow":"greet"}`, func(c *client.Client) error { _, err := c.Reject(ctx, "prod", "greet", "dep_1", r, ""); return err }},
		{"POST /v1/environments/prod/deployments/dep_1/accept", `{"reason":"it broke","workflow":"greet"}`, func(c *client.Client) error { _, err := c.Accept(ctx, "prod", "greet", "dep_1", r, ""); return err }},
		{"DELETE /v1/environments/prod/workflows/greet?from=dep_9&reason=it+broke", "", func(c *client.Client) error { _, err := c.Delete(ctx, "prod", "greet", r, "dep_9"); return err }},
		{"PUT /v1/environments/prod/freeze", `{"reason":"it broke","until":"2026-03-02T08:00:00Z"}`, func(c *client.Client) error { _, err := c.Freeze(ctx, "prod", &until, r); return err }},
		{"DELETE /v1/environments/prod/freeze?reason=it+broke", "", func(c *client.Client) error { _, err := c.Thaw(ctx, "prod", r); return err }},
		{"GET /v1/tokens", "", func(c *client.Client) error { _, err := c.Tokens(ctx); return err }},
		{
			"POST /v1/tokens", `{"name":"ana","role":"deployer","environments":["prod"],"expiresAt":"2026-03-02T08:00:00Z"}`,
			func(c *client.Client) error {
				_, err := c.CreateToken(ctx, control.NewToken{Name: "ana", Role: slipway.Deployer, Environments: []string{"prod"}, ExpiresAt: &until})
				return err
			},
		},
		{"DELETE /v1/tokens/01j", "", func(c *client.Client) error { _, _, err := c.RevokeToken(ctx, "01j", r); return err }},
		{"GET /v1/environments/prod/releases/3/restore", "", func(c *client.Client) error { _, err := c.PreviewRestore(ctx, "prod", 3); return err }},
		{"POST /v1/environments/prod/releases/3/restore", `{"reason":"it broke","partial":true}`, func(c *client.Client) error { _, err := c.Restore(ctx, "prod", 3, true, r); return err }},
	} {
		s, cl := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, struct{}{}) })
		if err := c.do(cl); err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		got := s.asked[0]
		if got.line != c.line || got.body != c.body {
			t.Errorf("asked\n%s %s\nnot\n%s %s", got.line, got.body, c.line, c.body)
		}
		if writes := c.line[:3] != "GET"; writes != (got.key != "") {
			t.Errorf("%s: idempotency key %q", c.line, got.key)
		}
		if got.auth != "Bearer "+token {
			t.Errorf("%s: signs in with %q", c.line, got.auth)
		}
	}
}

// TestAnswersAreViews sends views through JSON and back.
func TestAnswersAreViews(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 8, 0, 0, 123456789, time.UTC)
	moved := control.Moved{Changed: true, Release: &control.ReleaseView{
		Number: 4, ID: "row", At: at, Actor: slipway.Actor{Issuer: "token", Subject: "ana"}, Cause: slipway.CauseRollBack,
		Changes: []slipway.Change{{Workflow: "greet", From: "dep_2", To: "dep_1"}}, Notes: []string{},
	}, Workflow: control.WorkflowView{
		ID: "greet", Status: slipway.StatusLive, Live: &control.LiveView{Deployment: "dep_1", Since: at},
		Why: slipway.Why{Code: slipway.WhyHeld, Text: "held", Fixes: nil},
	}}
	moved.Workflow.Why.Fixes = append(moved.Workflow.Why.Fixes, []string{"lift", "{env}", "greet"})
	_, c := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, moved) })
	got, err := c.Hold(context.Background(), "prod", "greet", control.Request{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(moved, got); d != "" {
		t.Error(d)
	}
}

// TestNamesThatLeadElsewhere asks nobody for a name that would be another path.
func TestNamesThatLeadElsewhere(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", ".", ".."} {
		s, c := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, struct{}{}) })
		if _, err := c.Delete(context.Background(), "prod", name, control.Request{}, ""); err == nil || len(s.asked) > 0 {
			t.Errorf("%q: %v, asked %v", name, err, s.asked)
		}
	}
}

// TestSeenRelease sends the release that a person has seen with their command.
func TestSeenRelease(t *testing.T) {
	t.Parallel()
	s, c := serve(t, func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, struct{}{}) })
	seen := int64(42)
	for _, r := range []control.Request{{Seen: &seen, Key: "mine"}, {}} {
		if _, err := c.Hold(context.Background(), "prod", "greet", r); err != nil {
			t.Fatal(err)
		}
	}
	if a := s.asked; a[0].saw != `"42"` || a[0].key != "mine" || a[1].saw != "" || a[1].key == "mine" {
		t.Errorf("%+v", a)
	}
}
