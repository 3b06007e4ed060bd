package consoletest

import (
	"fmt"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func TestFirstSync(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Commit("First words", "greet", SignIn, "claims", Token)
	s.Add()
	goOn := s.Stop(BeforeValidate)
	b := openTab(t, s)
	b.openLink("dana", func() { b.says("This link signs you in once, as dana.") })
	b.follow(".cards a")
	b.says("No workflow yet.", "Sync code")
	b.follow(".headline button.primary")
	b.until(`document.querySelector(".steps .now")?.textContent.includes("validate")`)
	goOn()
	b.until(`[...document.querySelectorAll(".steps li")].every(s => s.classList.contains("done"))`)
	b.open(Path())
	b.says("greet", "claims", "Live", "2 found, 2 valid, 2 went live")
	if n := ask[int](b, `document.querySelectorAll("tr .pill.live").length`); n != 2 {
		t.Errorf("%d workflows are live", n)
	}
}

// TestWatchASync: the page follows a sync that somebody else began, and is never
// loaded anew.
func TestWatchASync(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	s.Commit("Third words", "greet", SignIn, "extra", M2M)
	b := openTab(t, s)
	b.signIn(slipway.Viewer)
	b.open(Path())
	ask[bool](b, "window.same = true")
	goOn := s.Stop(BeforeFetch)
	done := make(chan slipway.Sync, 1)
	go func() { done <- s.Sync() }()
	b.lively(`document.querySelector(".steps .now")?.textContent.includes("fetch")`)
	goOn()
	b.lively(`document.querySelector("#workflow-extra .pill.live")`)
	b.lively(`!document.querySelector(".steps") && document.querySelector("#sync-line").textContent.includes("succeeded")`)
	if sync := <-done; sync.Status != slipway.SyncSucceeded {
		t.Errorf("the sync %s", sync.Status)
	}
	if !ask[bool](b, "window.same === true") {
		t.Error("the page was loaded anew")
	}
}

// TestCancelASync: its own page shows the step that goes on, and for how long, by
// itself; and it is cancelled from there.
func TestCancelASync(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	s.Commit("Third words", "greet", SignIn)
	s.Stop(BeforeValidate)
	b := openTab(t, s)
	b.signIn(slipway.Deployer)
	b.open(Path())
	b.follow(".headline button.primary")
	b.follow("#sync-line a")
	ask[bool](b, "window.same = true")
	const took = `Number(document.querySelector(".timeline .now .took")?.textContent.match(/([0-9.]+) s so far/)?.[1])`
	b.until(`document.querySelector(".timeline .now")?.textContent.includes("validate") && ` + took + ` > 0`)
	seen := ask[float64](b, took)
	b.until(fmt.Sprintf("%s > %f", took, seen))
	b.says("Processing", "Third words")
	if !ask[bool](b, "window.same === true") {
		t.Error("the page was loaded anew")
	}
	b.follow(`.actions a[href$="/cancel"]`)
	b.fill("#reason", "the wrong branch")
	b.follow("main form button.danger")
	b.says("It is cancelled.", "the wrong branch", "stopped after", "not reached", "Sync again")
}

// TestRollBackInThreeClicks: from an environment's home.
func TestRollBackInThreeClicks(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	b := openTab(t, s)
	b.signIn(slipway.Deployer)
	b.open(Path())
	b.clicks = 0
	began := time.Now()
	b.follow("#workflow-greet th a")
	b.follow(".headline .actions a.primary")
	b.says("Live now", "Live then", "Other words", "First words", "A hold is set in your name")
	b.follow("main form button.primary")
	t.Logf("a roll back took %d clicks and %.2f s of the machine's time in %s", b.clicks, time.Since(began).Seconds(), b.version())
	if b.clicks > 3 {
		t.Errorf("it took %d clicks", b.clicks)
	}
	b.says("Roll back done.", "Held by the-deployer")
	w := s.Workflow("greet")
	if w.Hold == nil || w.Live == nil || w.Live.Deployment == w.Latest.Deployment {
		t.Errorf("the workflow is %+v", w)
	}
	b.open(Path())
	if !ask[bool](b, `document.querySelector("#workflow-greet .note.warn").textContent === "held"`) {
		t.Error("the home page shows no hold")
	}
	s.Commit("Third words", "greet", SignIn)
	s.Sync()
	b.lively(`document.querySelector("#workflow-greet.attention")`)
	if w := s.Workflow("greet"); w.Hold == nil || w.Live.Deployment == w.Latest.Deployment {
		t.Errorf("a sync went over the hold: %+v", w)
	}
	b.follow("#workflow-greet th a")
	b.follow(`.actions a[href$="/lift"]`)
	b.follow("main form button.primary")
	b.says("Lift done.")
	if w := s.Workflow("greet"); w.Hold != nil || w.Live.Deployment != w.Latest.Deployment {
		t.Errorf("after the lift the workflow is %+v", w)
	}
}

func TestReject(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	b := openTab(t, s)
	b.signIn(slipway.Deployer)
	b.open(Path("workflows", "greet"))
	b.click("tbody tr .menu > summary")
	b.follow(`tbody tr .menu[open] a[href*="/reject"]`)
	b.says("cannot go live until an administrator accepts it", "First words")
	b.fill("#reason", "it says the wrong thing")
	b.follow("main form button.primary")
	b.says("Reject done.", "it says the wrong thing")
	b.open(Path("deployments", s.Workflow("greet").Latest.Deployment))
	b.says("Rejected by the-deployer", "it says the wrong thing")
	if n := ask[int](b, `document.querySelectorAll('a[href*="/accept"], a[href*="/make-live"]').length`); n != 0 {
		t.Errorf("%d commands are shown that would be refused", n)
	}
}

func TestRestore(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	b := openTab(t, s)
	b.signIn(slipway.Deployer)
	b.open(Path("releases"))
	b.follow("#release-1 a.number")
	b.says("Release 1", "greet", "claims")
	b.follow(`.actions a[href$="/restore"]`)
	b.says("What moves", "greet", "Each of them gets a hold in your name")
	b.fill("#reason", "the whole evening was wrong")
	b.follow("main form button.primary")
	b.says("Restore done.", "the whole evening was wrong")
	for _, id := range []string{"greet", "claims"} {
		if w := s.Workflow(id); w.Hold == nil || w.Live.Deployment == w.Latest.Deployment {
			t.Errorf("%s is %+v", id, w)
		}
	}
}

func TestFailedBuildReadToItsLine(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Story()
	b := openTab(t, s)
	b.signIn(slipway.Viewer)
	b.open(Path())
	b.follow(`.chips a[href*="show=failing"]`)
	if n := ask[int](b, `document.querySelectorAll("table.workflows tbody tr").length`); n != 1 {
		t.Fatalf("%d workflows are failing", n)
	}
	b.follow("#workflow-welcome td a[href*='/deployments/']")
	b.says("Build log", "welcomeWorkflow.ts:")
	if mark := ask[string](b, `document.querySelector(".excerpt mark").textContent`); mark != "PostAuthenticated" {
		t.Errorf("the log marks %q", mark)
	}
	code := ask[string](b, `document.querySelector(".diagnostic a.code").textContent`)
	b.follow(".diagnostic a.code")
	b.says(code, "What to do")
	if at := b.at(); at != console.Root+"/codes/"+code {
		t.Errorf("the code leads to %s", at)
	}
}
