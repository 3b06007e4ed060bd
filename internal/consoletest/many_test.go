package consoletest

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp/kb"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// many adds Env with this many workflows, each on a trigger of its own.
func (s *Site) many(n int) {
	s.T.Helper()
	files := map[string]string{"kinde.json": "{}"}
	triggers := make([]string, n)
	for i := range n {
		id := fmt.Sprintf("workflow-%04d", i)
		triggers[i] = "test:" + id
		files[WorkflowsFolder+id+"Workflow.ts"] = WorkflowFile(id, triggers[i], "first")
	}
	s.Repo.Commit(files, gittest.Options{Message: "Very many workflows", Time: s.Now()})
	_, err := s.Plane.AddEnvironment(s.Ctx(), control.NewEnvironment{
		Slug: Env, Repository: slipway.Repository{URL: RepoURL}, Triggers: triggers, Actor: Ada(),
	})
	s.Must(err)
	if done := s.Sync(); done.Status != slipway.SyncSucceeded {
		s.T.Fatalf("the sync %s: %+v", done.Status, done.Problem)
	}
}

// TestThousandWorkflows: every page stays small, and filters and pages lead to each.
func TestThousandWorkflows(t *testing.T) {
	t.Parallel()
	const n = 1000
	s := New(t)
	s.many(n)
	_, err := s.Plane.Hold(s.Ctx(), Env, "workflow-0777", control.Request{Actor: Ada(), Reason: "to be looked at"})
	s.Must(err)
	syncs, _, err := s.Plane.Syncs(s.Ctx(), Env, control.SyncFilter{}, control.Page{Limit: 1})
	s.Must(err)
	b := openTab(t, s)
	b.signIn(slipway.Admin)
	for name, path := range map[string]string{
		"home": Path(), "sync": Path("syncs", syncs[0].ID), "releases": Path("releases"), "release": Path("releases", "1"),
		"workflow": Path("workflows", "workflow-0500"), "compare": Path("releases", "compare") + "?from=1&to=10", "restore": Path("releases", "1", "restore"),
	} {
		b.heard.forget()
		b.open(path)
		b.quiet(name)
		for _, r := range b.heard.loaded() {
			if r.kind == network.ResourceTypeDocument {
				t.Logf("%s is %.1f KiB over the wire", name, r.bytes/1024)
				if r.bytes > maxPage || r.status != 200 {
					t.Errorf("%s answered %d with %v bytes", name, r.status, r.bytes)
				}
			}
		}
	}
	b.open(Path())
	seen := map[string]bool{}
	for pages := 1; ; pages++ {
		for _, id := range ask[[]string](b, `[...document.querySelectorAll("table.workflows tbody th a")].map(a => a.textContent)`) {
			seen[id] = true
		}
		if !ask[bool](b, `Boolean(document.querySelector("nav.pages a[rel=next]"))`) {
			break
		}
		if pages > n {
			t.Fatal("the pages do not end")
		}
		b.follow("nav.pages a[rel=next]")
	}
	if len(seen) != n {
		t.Errorf("the pages lead to %d workflows", len(seen))
	}
	b.follow("nav.pages a[rel=prev]")
	b.fill("#q", "WORKFLOW-042"+kb.Enter)
	b.until(`document.readyState === "complete" && document.querySelectorAll("table.workflows tbody tr").length === 10`)
	b.follow(`.chips a[href*="show=held"]`)
	if id := ask[string](b, `[...document.querySelectorAll("table.workflows tbody th a")].map(a => a.textContent).join()`); id != "workflow-0777" {
		t.Errorf("held is %q", id)
	}
}

// TestPagesOfDeployments: the pages of a workflow's deployments lead to each, and a
// filter's are of what it lets through.
func TestPagesOfDeployments(t *testing.T) {
	t.Parallel()
	const n = 30
	s := New(t)
	for i := range n {
		s.Repo.Commit(map[string]string{"kinde.json": "{}", WorkflowsFolder + "greetWorkflow.ts": WorkflowFile("greet", SignIn, strconv.Itoa(i))},
			gittest.Options{Message: fmt.Sprint("Change ", i), Author: []string{"Ana", "Ben"}[i%2], Time: s.Now()})
		if i == 0 {
			s.Add()
		}
		s.Sync()
	}
	b := openTab(t, s)
	b.signIn(slipway.Viewer)
	b.open(Path("workflows", "greet"))
	rows := func() int { return ask[int](b, `document.querySelectorAll("table.deployments tbody tr").length`) }
	first := rows()
	b.follow("nav.pages a[rel=next]")
	if second := rows(); first+second != n {
		t.Errorf("two pages have %d and %d of %d", first, second, n)
	}
	b.says("Change 0")
	b.follow("nav.pages a:first-child")
	b.says("Change 29")
	b.fill("#author", "Ben")
	b.follow("form.filters[aria-label=Deployments] button")
	if left := rows(); left != n/2 {
		t.Errorf("%d are by Ben", left)
	}
	if by := ask[string](b, `document.getElementById("author").value`); by != "Ben" {
		t.Errorf("the filter says %q", by)
	}
	b.open(b.at()) // it is a deep link
	if left := rows(); left != n/2 {
		t.Errorf("the link leads to %d", left)
	}
	b.follow("form.filters[aria-label=Deployments] a")
	if rows() != first {
		t.Error("clearing the filter does not show all")
	}
}
