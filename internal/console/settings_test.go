package console_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/consoletest"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func environment(s *consoletest.Site) control.EnvironmentView {
	s.T.Helper()
	e, err := s.Plane.Environment(s.Ctx(), consoletest.Env)
	s.Must(err)
	return e
}

func TestSettingsAreSaved(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, to := s.SignIn(slipway.Admin), consoletest.Path("settings")
	form, other := v.Get(to), s.SignIn(slipway.Admin)
	old := other.Get(to)
	saved := v.Submit(form, to, "poll", "5m", "triggers", "shop:sold\nshop:paid")
	if e := environment(s); saved.Status != http.StatusSeeOther || e.PollEvery() != 5*time.Minute || len(e.Triggers) != 2 || !e.AutoLive {
		t.Fatalf("answered %d, and it is %+v\n%s", saved.Status, e, saved.Words())
	}
	if p := v.Follow(saved); p.Status != http.StatusOK || !strings.Contains(p.Text, `value="5m"`) {
		t.Errorf("the page after it answered %d:\n%s", p.Status, p.Words())
	}
	late := other.Submit(old, to, "poll", "30s")
	if e := environment(s); late.Status != http.StatusConflict || e.PollEvery() != 5*time.Minute || !strings.Contains(late.Text, `value="30s"`) || !late.Has("It is 5m now.") {
		t.Errorf("who saw an older configuration is answered %d, and it is %+v:\n%s", late.Status, e, late.Words())
	}
	for _, wrong := range [][]string{{"poll", "often"}, {"url", "https://ana:secret@git.example.com/x.git"}, {"root", "../up"}, {"branch", "nosuch"}} {
		p := v.Submit(v.Get(to), to, wrong...)
		if p.Status < 400 || p.Status >= 500 || !strings.Contains(p.Text, `role="alert"`) || strings.Contains(p.Text+s.Log.String(), "secret") {
			t.Errorf("%v is answered %d:\n%s", wrong, p.Status, p.Words())
		}
	}
	off := v.Get(to)
	values := off.Form(s, to)
	values.Del("auto-live")
	values.Set("reason", "we look first")
	if p := v.Post(to, values); p.Status != http.StatusSeeOther || environment(s).AutoLive {
		t.Errorf("auto-live cannot be switched off: %d\n%s", p.Status, p.Words())
	}
}

func TestFreezeAndThaw(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, freeze, thaw := s.SignIn(slipway.Deployer), consoletest.Path("freeze"), consoletest.Path("thaw")
	for _, wrong := range [][]string{{"length", "a while"}, {"until", "2001-01-01T00:00"}, {"length", "8h", "until", "2030-01-01T00:00"}} {
		if p := v.Submit(v.Get(freeze), freeze, wrong...); p.Status < 400 || p.Status >= 500 || environment(s).Freeze != nil {
			t.Errorf("%v is answered %d", wrong, p.Status)
		}
	}
	done := v.Submit(v.Get(freeze), freeze, "length", "8h", "reason", "release night")
	if f := environment(s).Freeze; done.Status != http.StatusSeeOther || f == nil || f.Until == nil || f.Reason != "release night" {
		t.Fatalf("answered %d, freeze %+v", done.Status, f)
	}
	if p := v.Follow(done); !p.Has("Frozen") || !p.Has("release night") {
		t.Errorf("the home says nothing of it:\n%s", p.Words())
	}
	s.Commit("Third words", "greet", consoletest.SignIn)
	_, err := s.Plane.Sync(s.Ctx(), consoletest.Env, control.SyncOptions{Actor: consoletest.Ada()})
	s.Must(err)
	asks := v.Get(thaw)
	if !asks.Has("greet") {
		t.Errorf("the page does not say what a thaw would bring:\n%s", asks.Words())
	}
	before := s.Workflow("greet").Live.Deployment
	if p := v.Submit(asks, thaw, "reason", "done"); p.Status != http.StatusSeeOther || environment(s).Freeze != nil || s.Workflow("greet").Live.Deployment == before {
		t.Errorf("the thaw answered %d:\n%s", p.Status, p.Words())
	}
}

// TestTokens: the secret is shown once, and a token that is revoked ends the
// sessions of whoever signed in with it.
func TestTokens(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, to := s.SignIn(slipway.Admin), console.Root+"/tokens"
	form := v.Get(to)
	made := v.Submit(form, to, "name", "bo", "role", "deployer", "scope", "all")
	secret := regexp.MustCompile(`slipway_[a-z0-9]+_[a-z0-9]{40,}`).FindString(made.Text)
	if made.Status != http.StatusCreated || secret == "" || made.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("answered %d (%s):\n%s", made.Status, made.Header.Get("Cache-Control"), made.Words())
	}
	before, err := s.Plane.Tokens(s.Ctx())
	s.Must(err)
	again := v.Submit(form, to, "name", "bo", "role", "deployer", "scope", "all")
	after, err := s.Plane.Tokens(s.Ctx())
	s.Must(err)
	if again.Status != http.StatusConflict || len(after) != len(before) || strings.Contains(again.Text, secret) {
		t.Errorf("sent twice it answered %d, and there are %d tokens after %d", again.Status, len(after), len(before))
	}
	bo := s.Visitor()
	if p := bo.Submit(bo.Get(console.Root+"/sign-in"), console.Root+"/sign-in", "token", secret); p.Status != http.StatusSeeOther {
		t.Fatalf("the new token is answered %d", p.Status)
	}
	if p := bo.Get(consoletest.Path()); p.Status != http.StatusOK {
		t.Fatalf("bo is answered %d", p.Status)
	}
	token, err := s.Plane.Authenticate(s.Ctx(), secret)
	s.Must(err)
	revoke := to + "/" + token.ID + "/revoke"
	if p := v.Submit(v.Get(revoke), revoke); p.Status != http.StatusSeeOther || !v.Follow(p).Has("bo") {
		t.Errorf("revoking answered %d", p.Status)
	}
	if p := bo.Get(consoletest.Path()); !strings.HasPrefix(p.Location, console.Root+"/sign-in") {
		t.Errorf("after it bo is answered %d %s", p.Status, p.Location)
	}
	if strings.Contains(s.Log.String(), secret) || strings.Contains(v.Get(to).Text, secret) {
		t.Error("the secret is in the log or the list")
	}
}

func TestEnvironmentIsAddedAndRemoved(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Commit("First words", "greet", consoletest.SignIn)
	v, add := s.SignIn(slipway.Admin), console.Root+"/add-environment"
	if p := v.Submit(v.Get(add), add, "name", "Not A Name", "url", consoletest.RepoURL); p.Status != http.StatusBadRequest || !strings.Contains(p.Text, "Not A Name") {
		t.Errorf("a bad name is answered %d", p.Status)
	}
	added := v.Submit(v.Get(add), add, "name", consoletest.Env, "url", consoletest.RepoURL)
	if home := v.Follow(added); added.Status != http.StatusSeeOther || !home.Has("No workflow yet.") || !home.Has("Sync code") {
		t.Fatalf("answered %d:\n%s", added.Status, home.Words())
	}
	to, remove := consoletest.Path("settings"), consoletest.Path("remove")
	if p := v.Submit(v.Get(to), remove, "name", "prod"); p.Status != http.StatusBadRequest || !p.Has("nothing was removed") {
		t.Errorf("another name is answered %d:\n%s", p.Status, p.Words())
	}
	gone := v.Submit(v.Get(to), remove, "name", consoletest.Env, "reason", "moved")
	if p := v.Follow(gone); gone.Status != http.StatusSeeOther || !p.Has("Removed "+consoletest.Env) {
		t.Errorf("answered %d:\n%s", gone.Status, p.Words())
	}
	if p := v.Get(consoletest.Path()); p.Status != http.StatusNotFound {
		t.Errorf("it is still there: %d", p.Status)
	}
}
