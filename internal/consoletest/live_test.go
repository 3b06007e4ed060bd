package consoletest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestLiveUpdateLeavesTheReaderAlone: what changes comes into the page; the focus,
// what is typed, what is open and where it is scrolled to stay.
func TestLiveUpdateLeavesTheReaderAlone(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	b := openTab(t, s)
	b.size(1200, 500)
	b.signIn(slipway.Deployer)
	b.open(Path("workflows", "greet"))
	b.click("tbody tr:last-child .menu > summary")
	b.fill("#author", "Ad")
	ask[float64](b, "(scrollTo(0, 120), window.row = document.querySelector('tbody tr:last-child'), scrollY)")
	ask[float64](b, "window.height = document.getElementById('author').getBoundingClientRect().top")
	before := ask[int](b, `document.querySelectorAll("table.deployments tbody tr").length`)
	b.heard.forget()
	s.Commit("Third words", "greet", SignIn)
	s.Sync()
	b.lively(fmt.Sprintf(`document.querySelectorAll("table.deployments tbody tr").length > %d`, before))
	for what, kept := range map[string]string{
		"the focus": `document.activeElement.id === "author"`,
		"the text":  `document.getElementById("author").value === "Ad"`,
		"the menu":  `document.querySelector("tbody tr:last-child .menu").open`,
		"the row":   `document.querySelector("tbody tr:last-child") === row`,
		"the place": `Math.abs(document.getElementById("author").getBoundingClientRect().top - height) < 1`,
	} {
		if !ask[bool](b, kept) {
			t.Errorf("%s is lost", what)
		}
	}
	b.says("Third words")
	b.sound("the page") // the list grows, below what the reader is at
	// Nothing more happens: the server says so, without a page.
	b.heard.forget()
	looked := func() (statuses []int64) {
		for _, r := range b.heard.loaded() {
			if r.kind == network.ResourceTypeFetch && r.status != 0 {
				statuses = append(statuses, r.status)
			}
		}
		return statuses
	}
	for len(looked()) == 0 {
		b.hurry()
		b.run(chromedp.Evaluate("new Promise(done => setTimeout(done, 200))", nil, awaiting))
		if b.ctx.Err() != nil {
			t.Fatal("the page does not look")
		}
	}
	for _, status := range looked() {
		if status != 304 {
			t.Errorf("nothing is new, and it answered %d", status)
		}
	}
}

// TestTypingInAFormIsLeftAlone: a reason that somebody writes stays, while the
// page below it gets old.
func TestTypingInAFormIsLeftAlone(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	b := openTab(t, s)
	b.signIn(slipway.Deployer)
	b.open(Path("workflows", "greet", "roll-back"))
	b.fill("#reason", "half a rea")
	s.Commit("Third words", "greet", SignIn)
	s.Sync()
	b.hurry()
	b.fill("#reason", "son")
	b.follow("main form button.primary")
	// What was live is so no more: it is refused, and what was typed is kept.
	b.says("Look again")
	if w := s.Workflow("greet"); w.Hold != nil {
		t.Error("something else than what was shown was rolled back")
	}
}

func (b *tab) hurry() {
	b.t.Helper()
	ask[bool](b, `document.dispatchEvent(new Event("visibilitychange"))`)
}

func TestBackAndForth(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	b := openTab(t, s)
	b.signIn(slipway.Deployer)
	b.open(Path())
	b.follow("#workflow-greet th a")
	b.follow(".headline .actions a.primary")
	b.follow("main form button.primary")
	release := s.Release()
	b.back() // to what was asked: it asks again
	b.back()
	b.says("Deployments", "greet")
	b.back()
	if at := b.at(); at != Path() {
		t.Errorf("back leads to %s", at)
	}
	b.says("Sync code")
	if s.Release() != release {
		t.Errorf("going back made release %d", s.Release())
	}
}

func (b *tab) back() {
	b.t.Helper()
	at := b.at()
	b.run(chromedp.Evaluate("history.back()", nil))
	b.until(fmt.Sprintf(`location.href !== %q && document.readyState === "complete"`, b.URL+at))
}

// TestHostileText: what strangers write in commits and files is text.
func TestHostileText(t *testing.T) {
	t.Parallel()
	const bomb = `<script>alert(1)</script>"><img src=x onerror=alert(2)> javascript:alert(3) '-alert(4)-' {{.}} ` + "\u202egnp.exe"
	s := New(t)
	long := strings.Repeat("Donaudampfschifffahrt", 40)
	author := `Eve"><svg onload=alert(5)> ` + "\u202e" + strings.Repeat("x", 100)
	files := map[string]string{"kinde.json": "{}", WorkflowsFolder + "greetWorkflow.ts": fmt.Sprintf(
		"export const workflowSettings = { id: 'greet', name: %q, trigger: %q };\nexport default async function f() { console.log('<script>alert(6)</script>'); }\n", bomb, SignIn)}
	commit := func(message string) {
		s.Repo.Commit(files, gittest.Options{Message: message, Author: author, Time: s.Now()})
	}
	commit(bomb + " " + long)
	s.Add()
	s.Sync()
	files[WorkflowsFolder+"greetWorkflow.ts"] += "// </pre><script>alert(7)</script>\nconsole.log('<img src=x onerror=alert(8)>');\n"
	files[WorkflowsFolder+"<img src=x onerror=alert(9)>Workflow.ts"] = "export const workflowSettings = { id: '<b>', trigger: '<i onclick=alert(10)>" + long + "' };\n"
	commit(long + bomb)
	s.Sync()
	b := openTab(t, s)
	b.signIn(slipway.Admin)
	b.heard.forget()
	evil, err := s.Plane.CreateToken(s.Ctx(), control.NewToken{Name: `"><script>alert(13)</script><img src=x onerror=alert(14)>`, Role: slipway.Viewer, Actor: Ada()})
	s.Must(err)
	_, err = s.Plane.Freeze(s.Ctx(), Env, nil, control.Request{Actor: Ada(), Reason: bomb})
	s.Must(err)
	failed := failedDeployment(s)
	for name, path := range map[string]string{
		"environments": "/console", "workflows": Path(), "workflow": Path("workflows", "greet"), "roll back": Path("workflows", "greet", "roll-back"),
		"deployment": Path("deployments", s.Workflow("greet").Latest.Deployment), "failed deployment": Path("deployments", failed.ID),
		"releases": Path("releases"), "release": Path("releases", "1"), "restore": Path("releases", "1", "restore"), "compare": Path("releases", "compare") + "?from=1&to=2",
		"syncs": Path("syncs"), "sync": Path("syncs", failed.Sync), "settings": Path("settings"), "freeze": Path("freeze"), "thaw": Path("thaw"),
		"tokens": console.Root + "/tokens", "revoke": console.Root + "/tokens/" + evil.ID + "/revoke",
		"a search": Path() + "?q=%22%3E%3Cscript%3Ealert(11)%3C/script%3E", "a filter": Path("workflows", "greet") + "?author=%22%3E%3Csvg+onload%3Dalert(12)%3E",
	} {
		for _, width := range []int64{1200, 360} {
			b.size(width, 800)
			b.open(path)
			b.fits(name)
			b.quiet(name)
		}
	}
	b.open(Path("workflows", "greet"))
	b.says("<script>alert(1)</script>", "<svg onload=alert(5)>", "javascript:alert(3)")
	if n := ask[int](b, `document.querySelectorAll("main script, main img, main svg, [onerror], [onload]").length`); n != 0 {
		t.Errorf("%d elements are a stranger's", n)
	}
}

// failedDeployment is the newest deployment of Env that failed.
func failedDeployment(s *Site) control.DeploymentView {
	s.T.Helper()
	ds, _, err := s.Plane.Deployments(s.Ctx(), Env, control.DeploymentFilter{Status: slipway.StatusFailed}, control.Page{Limit: 10})
	s.Must(err)
	if len(ds) == 0 {
		s.T.Fatal("no deployment failed")
	}
	return ds[0]
}
