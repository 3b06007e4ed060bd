package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/consoletest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func TestRollBackByForms(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v := s.SignIn(slipway.Deployer)
	to := consoletest.Path("workflows", "greet", "roll-back")
	asks := v.Get(to)
	if asks.Status != http.StatusOK || !asks.Has("Live then") || !asks.Has("First words") {
		t.Fatalf("the page that asks answered %d:\n%s", asks.Status, asks.Text)
	}
	before := s.Release()
	done := v.Submit(asks, to, "reason", "it greets the wrong people")
	if done.Status != http.StatusSeeOther {
		t.Fatalf("the command answered %d:\n%s", done.Status, done.Text)
	}
	if p := v.Follow(done); !p.Has("Roll back done.") || !p.Has("it greets the wrong people") {
		t.Errorf("the page after it says nothing of it:\n%s", p.Words())
	}
	if w := s.Workflow("greet"); w.Hold == nil || s.Release() != before+1 {
		t.Errorf("release %d after %d, hold %v", s.Release(), before, w.Hold)
	}
	if again := v.Submit(asks, to); again.Status != http.StatusSeeOther || s.Release() != before+1 {
		t.Errorf("sent twice it answered %d and made release %d", again.Status, s.Release())
	}
}

func TestStrangersAndForgeries(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	to := consoletest.Path("workflows", "greet", "roll-back")
	back := console.Root + "/sign-in?" + url.Values{"next": {to}}.Encode()
	if p := s.Visitor().Get(to); p.Location != back {
		t.Errorf("a stranger is led to %q", p.Location)
	}
	if p := s.Visitor().Post(to, nil); p.Status != http.StatusUnauthorized {
		t.Errorf("a stranger's command answered %d", p.Status)
	}
	viewer := s.SignIn(slipway.Viewer)
	if p := viewer.Get(to); p.Status != http.StatusForbidden {
		t.Errorf("a viewer who asks for a command is answered %d", p.Status)
	}
	if p := viewer.Get(consoletest.Path("workflows", "greet")); strings.Contains(p.Text, "/roll-back") || p.Status != http.StatusOK {
		t.Errorf("a viewer's page answered %d, or has a command:\n%s", p.Status, p.Text)
	}
	v, before := s.SignIn(slipway.Deployer), s.Release()
	asks := v.Get(to)
	if p := v.Submit(asks, to, "csrf", "AAAA"); p.Status != http.StatusForbidden || !p.Has("nothing was done") {
		t.Errorf("a forged form answered %d:\n%s", p.Status, p.Words())
	}
	other := s.SignIn(slipway.Deployer)
	if p := other.Submit(asks, to); p.Status != http.StatusForbidden {
		t.Errorf("a form of another session answered %d", p.Status)
	}
	if s.Release() != before {
		t.Errorf("release %d was written", s.Release())
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v := s.SignIn(slipway.Deployer)
	asks := v.Get(consoletest.Path("workflows", "greet", "roll-back"))
	before := s.Release()
	s.Later(11 * time.Hour)
	if p := v.Submit(asks, asks.Path); p.Status != http.StatusUnauthorized || !p.Has("nothing was done") || s.Release() != before {
		t.Errorf("after the session it answered %d:\n%s", p.Status, p.Words())
	}
	if p := v.Get(consoletest.Path("workflows", "greet")); !strings.HasPrefix(p.Location, console.Root+"/sign-in?next=") {
		t.Errorf("after the session it leads to %q", p.Location)
	}
}

func TestPagesSayThatNothingIsNew(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v := s.SignIn(slipway.Viewer)
	for _, path := range []string{console.Root, consoletest.Path(), consoletest.Path("workflows", "greet")} {
		p := v.Get(path)
		s.Later(time.Second)
		if again := v.Get(path, "If-None-Match", p.Header.Get("ETag")); again.Status != http.StatusNotModified || again.Text != "" {
			t.Errorf("%s answered %d", path, again.Status)
		}
		s.Commit("More words of "+path, "greet", consoletest.SignIn)
		s.Sync()
		if again := v.Get(path, "If-None-Match", p.Header.Get("ETag")); again.Status != http.StatusOK {
			t.Errorf("%s answered %d after a sync", path, again.Status)
		}
	}
}

// TestStory is what the browser's tests and the pictures show.
func TestStory(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Story()
	p := s.SignIn(slipway.Viewer).Get(consoletest.Path())
	for _, text := range []string{"Needs attention 2", "Failing 1", "Held 1", "Greet more people"} {
		if !p.Has(text) {
			t.Errorf("the home page does not say %q:\n%s", text, p.Words())
		}
	}
}
