package console_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/consoletest"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// told is a request of a person who says why.
func told(reason string) control.Request {
	return control.Request{Actor: slipway.LocalActor("dana"), Reason: reason}
}

func says(t *testing.T, p consoletest.Page, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !p.Has(text) {
			t.Errorf("%s, %d, does not say %q:\n%s", p.Path, p.Status, text, p.Words())
		}
	}
}

func TestReleases(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	_, err := s.Plane.Hold(s.Ctx(), consoletest.Env, "claims", told("<script>alert(1)</script>"))
	s.Must(err)
	_, err = s.Plane.Freeze(s.Ctx(), consoletest.Env, nil, told("audit"))
	s.Must(err)
	v := s.SignIn(slipway.Viewer)
	p := v.Get(consoletest.Path("releases"))
	says(t, p, "Hold claims hold set by dana", "What is live stayed as it was.", "Freeze by dana", "audit", "<script>alert(1)</script>", "its sync", "Sync by", "from release 1 to 4")
	if strings.Contains(p.Text, "<script>alert") || !strings.Contains(p.Text, "<svg") {
		t.Errorf("a reason is markup, or there is no picture:\n%s", p.Text)
	}
	if strings.Contains(p.Text, " style=") {
		t.Errorf("a style that the policy refuses:\n%s", p.Text)
	}
	// What was about a workflow is found by it, on its own page too.
	p = v.Get(consoletest.Path("releases") + "?workflow=claims")
	if !p.Has("Hold claims hold set") || p.Has("Freeze by dana") {
		t.Errorf("the releases of claims are\n%s", p.Words())
	}
	says(t, v.Get(consoletest.Path("workflows", "claims")), "Hold hold set dana")
	p = v.Get(consoletest.Path("releases") + "?cause=freeze")
	if !p.Has("Freeze by dana") || p.Has("hold set") || strings.Contains(p.Text, "<svg") {
		t.Errorf("the freezes are\n%s", p.Words())
	}
	says(t, v.Get(consoletest.Path("releases")+"?actor=nobody"), "No release is like this.")
}

func TestReleasePages(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	live := s.Workflow("greet").Live.Deployment
	for range 35 {
		_, err := s.Plane.Deactivate(s.Ctx(), consoletest.Env, "greet", told(""), live)
		s.Must(err)
		_, err = s.Plane.MakeLive(s.Ctx(), consoletest.Env, "greet", live, told(""), control.MakeLiveOptions{})
		s.Must(err)
	}
	v := s.SignIn(slipway.Viewer)
	p := v.Get(consoletest.Path("releases"))
	// The picture of a page begins with the list's releases, and goes on to sixty.
	for _, page := range []struct{ newest, oldest, drawn int }{{72, 48, 13}, {47, 23, 1}, {22, 1, 1}} {
		for n, listed := range map[int]bool{page.newest + 1: false, page.newest: true, page.oldest: true, page.oldest - 1: false} {
			if strings.Contains(p.Text, fmt.Sprintf(`id="release-%d"`, n)) != listed {
				t.Errorf("release %d is not where it belongs:\n%s", n, p.Words())
			}
		}
		says(t, p, fmt.Sprintf("from release %d to %d", page.drawn, page.newest))
		at := strings.Index(p.Text, `rel="next"`)
		if at < 0 != (page.oldest == 1) {
			t.Fatalf("the page after this is missing, or too many:\n%s", p.Words())
		}
		if at >= 0 {
			from := strings.LastIndex(p.Text[:at], `href="`) + len(`href="`)
			next, _, _ := strings.Cut(p.Text[from:], `"`)
			p = v.Get(strings.ReplaceAll(next, "&amp;", "&"))
		}
	}
}

func TestOneRelease(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	_, err := s.Plane.Deactivate(s.Ctx(), consoletest.Env, "claims", told("it leaks"), "")
	s.Must(err)
	v := s.SignIn(slipway.Viewer)
	p := v.Get(consoletest.Path("releases", "3"))
	says(t, p, "Deactivate hold set by dana", "it leaks", "claims heldnothing", "greet", "It is the newest.", "← Release 2")
	if strings.Contains(p.Text, "/restore") || !strings.Contains(v.Get(consoletest.Path("releases", "2")).Text, "compare?from=2&amp;to=3") {
		t.Errorf("a viewer's page:\n%s", p.Text)
	}
	p = s.SignIn(slipway.Deployer).Get(consoletest.Path("releases", "1"))
	says(t, p, "Restore this release", "Compare with now", "Release 2 →")
	for _, number := range []string{"99", "0", "first"} {
		if p := v.Get(consoletest.Path("releases", number)); p.Status != http.StatusNotFound {
			t.Errorf("release %s answered %d", number, p.Status)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	s.Commit("Other words", "greet", consoletest.SignIn, "extra", consoletest.M2M)
	s.Sync()
	_, err := s.Plane.Deactivate(s.Ctx(), consoletest.Env, "claims", told(""), "")
	s.Must(err)
	v := s.SignIn(slipway.Viewer)
	to := consoletest.Path("releases", "compare")
	says(t, v.Get(to), "Give the numbers of two releases; the newest is 4")
	says(t, v.Get(to+"?from=2&to=4"), "claims only after 2", "extra only after 4", "greet same bundle", "Hold of claimsnot heldheld")
	says(t, v.Get(to+"?from=4&to=4"), "The same deployments are live after both.", "They are the same.")
	for query, want := range map[string]struct {
		status int
		says   string
	}{
		"?from=2&to=99":  {http.StatusNotFound, "the newest is release 4"},
		"?from=2":        {http.StatusBadRequest, "give two numbers from 1 to 4"},
		"?from=two&to=4": {http.StatusBadRequest, `"two" is no number of a release`},
		"?from=-1&to=4":  {http.StatusBadRequest, "give two numbers from 1 to 4"},
	} {
		p := v.Get(to + query)
		says(t, p, want.says)
		if p.Status != want.status || !strings.Contains(p.Text, `name="from"`) {
			t.Errorf("%s answered %d:\n%s", query, p.Status, p.Words())
		}
	}
}

func TestRestoreByForms(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v := s.SignIn(slipway.Deployer)
	to := consoletest.Path("releases", "1", "restore")
	if p := s.SignIn(slipway.Viewer).Get(to); p.Status != http.StatusForbidden {
		t.Errorf("a viewer is answered %d", p.Status)
	}
	asks := v.Get(to)
	says(t, asks, "What moves: 2 workflows, from release 2", "greet", "Each of them gets a hold in your name")
	if strings.Contains(asks.Text, `name="partial"`) || s.Release() != 2 {
		t.Errorf("a preview asks for more than it must, or wrote:\n%s", asks.Words())
	}
	// Somebody was faster: nothing is done, and the page shows what it would do now.
	_, err := s.Plane.Hold(s.Ctx(), consoletest.Env, "claims", told(""))
	s.Must(err)
	again := v.Submit(asks, to, "reason", "back to the first words")
	says(t, again, "is at release 3; you saw release 2", "What moves: 2 workflows, from release 3")
	if again.Status != http.StatusConflict || s.Release() != 3 || again.Form(s, to).Get("reason") != "back to the first words" {
		t.Fatalf("it answered %d, release %d", again.Status, s.Release())
	}
	done := v.Submit(again, to)
	if done.Status != http.StatusSeeOther || s.Release() != 4 {
		t.Fatalf("it answered %d:\n%s", done.Status, done.Text)
	}
	says(t, v.Follow(done), "Restore done.", "It restored release 1.", "“back to the first words”")
	if w := s.Workflow("greet"); w.Hold == nil {
		t.Errorf("what moved is not held: %+v", w)
	}
	if twice := v.Submit(again, to); twice.Status != http.StatusSeeOther || s.Release() != 4 {
		t.Errorf("sent twice it answered %d and made release %d", twice.Status, s.Release())
	}
	says(t, v.Get(to), "It is so already.")
}

func TestRestoreInPart(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	live := s.Workflow("claims").Live.Deployment
	_, err := s.Plane.Reject(s.Ctx(), consoletest.Env, "claims", live, told("it leaks"), "")
	s.Must(err)
	v := s.SignIn(slipway.Deployer)
	to := consoletest.Path("releases", "1", "restore")
	asks := v.Get(to)
	says(t, asks, "What moves: 1 workflow", "What cannot be restored: 1 workflow", "claims: its code was rejected since", "Restore the others all the same")
	refused := v.Submit(asks, to)
	says(t, refused, "cannot be restored whole", "say below that the others are to be restored all the same")
	if refused.Status != http.StatusConflict || s.Release() != 3 {
		t.Fatalf("without consent it answered %d and made release %d", refused.Status, s.Release())
	}
	done := v.Submit(refused, to, "partial", "yes")
	if done.Status != http.StatusSeeOther || s.Release() != 4 {
		t.Fatalf("it answered %d:\n%s", done.Status, done.Text)
	}
	says(t, v.Follow(done), "It left claims as it was: its code was rejected since.")
	says(t, v.Get(to), "Nothing would move.")
}
