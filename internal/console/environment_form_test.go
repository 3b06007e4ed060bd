package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/consoletest"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestAHostThatDoesNotAnswer is the person's trouble and not the server's: it stands
// beside the form, with what was typed.
func TestAHostThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, before := s.SignIn(slipway.Admin), environment(s)
	typed := []string{"url", "http://127.0.0.1:1/x.git", "branch", "typed-branch", "credential", "", "poll", "7m", "reason", "we move"}
	for to, values := range map[string][]string{
		consoletest.Path("settings"):      typed,
		console.Root + "/add-environment": append([]string{"name", "another"}, typed...),
	} {
		p := v.Submit(v.Get(to), to, values...)
		if p.Status != http.StatusFailedDependency || !p.Has("repository-unreachable") || !strings.Contains(p.Text, `aria-invalid="true"`) {
			t.Errorf("%s is answered %d:\n%s", to, p.Status, p.Words())
		}
		for _, text := range []string{"http://127.0.0.1:1/x.git", "typed-branch", "7m"} {
			if !strings.Contains(p.Text, `value="`+text+`"`) {
				t.Errorf("%s has not kept %q", to, text)
			}
		}
	}
	p := v.Submit(v.Get(consoletest.Path("settings")), consoletest.Path("settings"), "credential", "nosuch")
	if p.Status < 400 || p.Status >= 500 || !strings.Contains(p.Text, `value="nosuch"`) {
		t.Errorf("a credential that is not there is answered %d:\n%s", p.Status, p.Words())
	}
	if after := environment(s); after.Version != before.Version || after.Repository != before.Repository {
		t.Errorf("it was changed to %+v", after)
	}
	if strings.Contains(s.Log.String(), "page failed") {
		t.Errorf("it is logged as the server's own trouble:\n%s", s.Log)
	}
}

// TestSavingChangesWhatDiffers: what was not touched is not written, and a form that
// changes nothing makes no configuration.
func TestSavingChangesWhatDiffers(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, to := s.SignIn(slipway.Admin), consoletest.Path("settings")
	before := environment(s)
	same := v.Submit(v.Get(to), to)
	if after := environment(s); same.Status != http.StatusSeeOther || after.Version != before.Version || after.Release != before.Release || !v.Follow(same).Has("It was so already.") {
		t.Errorf("a form that changes nothing is answered %d, and it is %+v", same.Status, after)
	}
	both := v.Get(to).Form(s, to)
	both.Del("auto-live")
	both.Set("poll", "0")
	both.Set("reason", "we look first")
	p := v.Post(to, both)
	after := environment(s)
	if p.Status != http.StatusSeeOther || after.Version != before.Version+1 || after.Release != before.Release+1 || after.PollEvery() != 0 || after.AutoLive {
		t.Fatalf("answered %d, and it is %+v", p.Status, after)
	}
	if p := v.Follow(p); !p.Has("Saved.") || !p.Has("Auto-live off done.") || !p.Has("we look first") {
		t.Errorf("the page after it does not say what was done:\n%s", p.Words())
	}
	if p := v.Post(to, both); p.Status != http.StatusSeeOther || environment(s).Version != after.Version || environment(s).Release != after.Release {
		t.Errorf("sent twice it is answered %d, and it is %+v", p.Status, environment(s))
	}
	if p := v.Get(to + "?saved=99&done=99"); p.Status != http.StatusOK || p.Has("Saved.") || p.Has("done.") {
		t.Errorf("an address tells of what was not done:\n%s", p.Words())
	}
}

// TestAutoLiveIsNotSwitchedBack: a form that was opened before somebody switched
// auto-live saves the rest.
func TestAutoLiveIsNotSwitchedBack(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, to := s.SignIn(slipway.Admin), consoletest.Path("settings")
	old := v.Get(to)
	_, err := s.Plane.AutoLive(s.Ctx(), consoletest.Env, false, control.Request{Actor: consoletest.Ada()})
	s.Must(err)
	if p := v.Submit(old, to, "poll", "9m"); p.Status != http.StatusSeeOther || environment(s).AutoLive || environment(s).PollEvery() != 9*time.Minute {
		t.Errorf("answered %d, and it is %+v", p.Status, environment(s))
	}
}

// TestFormsOfAnotherEnvironment: a form that is about an environment that was removed
// is none about the next of its name.
func TestFormsOfAnotherEnvironment(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, to, remove := s.SignIn(slipway.Admin), consoletest.Path("settings"), consoletest.Path("remove")
	old := v.Get(to)
	gone := v.Submit(old, remove, "name", consoletest.Env)
	if gone.Status != http.StatusSeeOther {
		t.Fatalf("removing answered %d:\n%s", gone.Status, gone.Words())
	}
	if p := v.Submit(old, remove, "name", consoletest.Env); p.Location != gone.Location {
		t.Errorf("the removal sent twice is answered %d, and leads to %q", p.Status, p.Location)
	}
	_, others := tokenIn(s, "boss", 1)
	if p := others[0].Get(gone.Location); p.Status != http.StatusOK || p.Has("Removed") {
		t.Errorf("somebody else is told that they removed it:\n%s", p.Words())
	}
	s.Add()
	before := environment(s)
	if p := v.Submit(old, to, "poll", "9m"); p.Status != http.StatusConflict || environment(s).Version != before.Version {
		t.Errorf("settings of the old one are answered %d:\n%s", p.Status, p.Words())
	}
	if p := v.Submit(old, remove, "name", consoletest.Env); p.Status != http.StatusConflict || environment(s).ID != before.ID {
		t.Errorf("its removal is answered %d:\n%s", p.Status, p.Words())
	}
}

// TestAddingTwice: the form of a new environment that is sent twice adds one.
func TestAddingTwice(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Commit("First words", "greet", consoletest.SignIn)
	v, to := s.SignIn(slipway.Admin), console.Root+"/add-environment"
	form := v.Get(to).Form(s, to)
	form.Set("name", consoletest.Env)
	form.Set("url", consoletest.RepoURL)
	form.Set("poll", "often")
	form.Del("auto-live")
	if p := v.Post(to, form); p.Status != http.StatusBadRequest || !p.Has("bad-poll") || strings.Contains(p.Text, ` value="on" checked`) {
		t.Fatalf("a bad interval is answered %d:\n%s", p.Status, p.Words())
	}
	form.Set("poll", "1h")
	for range 2 {
		if p := v.Post(to, form); p.Location != consoletest.Path() {
			t.Fatalf("answered %d:\n%s", p.Status, p.Words())
		}
	}
	if e := environment(s); e.PollEvery() != time.Hour || e.AutoLive || e.CreatedBy.Subject != "the-admin" || e.Repository.Branch != "main" {
		t.Errorf("it is %+v", e)
	}
	if p := v.Submit(v.Get(to), to, "name", consoletest.Env, "url", consoletest.RepoURL); p.Status != http.StatusConflict || !p.Has("environment-exists") {
		t.Errorf("a name that is taken is answered %d:\n%s", p.Status, p.Words())
	}
}

// TestFreezesThatWereNotSeen: who saw an older release replaces no freeze, and thaws
// nothing that they were not shown.
func TestFreezesThatWereNotSeen(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, freeze, thaw := s.SignIn(slipway.Deployer), consoletest.Path("freeze"), consoletest.Path("thaw")
	if p := v.Get(thaw); p.Status != http.StatusOK || !p.Has("It is not frozen.") || strings.Contains(p.Text, `action="`+thaw+`"`) {
		t.Errorf("thawing what is not frozen is answered %d:\n%s", p.Status, p.Words())
	}
	old := v.Get(freeze)
	until := s.Now().Add(72 * time.Hour)
	_, err := s.Plane.Freeze(s.Ctx(), consoletest.Env, &until, control.Request{Actor: consoletest.Ada(), Reason: "the fair"})
	s.Must(err)
	p := v.Submit(old, freeze, "length", "1h", "reason", "short")
	if f := environment(s).Freeze; p.Status != http.StatusConflict || f.Reason != "the fair" || !p.Has("It is frozen already") || !strings.Contains(p.Text, `value="short"`) || !strings.Contains(p.Text, `value="1h"`) {
		t.Errorf("answered %d, freeze %+v:\n%s", p.Status, f, p.Words())
	}
	asks := v.Get(thaw)
	if !asks.Has("No workflow would move.") {
		t.Errorf("the page says:\n%s", asks.Words())
	}
	s.Commit("Third words", "greet", consoletest.SignIn)
	s.Sync()
	p = v.Submit(asks, thaw)
	if environment(s).Freeze == nil || p.Status != http.StatusConflict || !p.Has("2 workflows would move") {
		t.Errorf("a thaw that brings more than was shown is answered %d:\n%s", p.Status, p.Words())
	}
	if p := v.Submit(p, thaw); p.Status != http.StatusSeeOther || environment(s).Freeze != nil {
		t.Errorf("what is shown now is answered %d", p.Status)
	}
}

// TestAFreezeThatEnded by itself may have left something to thaw.
func TestAFreezeThatEnded(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, freeze, thaw := s.SignIn(slipway.Deployer), consoletest.Path("freeze"), consoletest.Path("thaw")
	end := s.Now().Add(2 * time.Hour).UTC().Format("2006-01-02T15:04")
	if p := v.Submit(v.Get(freeze), freeze, "until", end); p.Status != http.StatusSeeOther {
		t.Fatalf("answered %d:\n%s", p.Status, p.Words())
	}
	if f := environment(s).Freeze; f == nil || f.Until.Format("2006-01-02T15:04") != end {
		t.Fatalf("freeze %+v, want an end at %s", f, end)
	}
	s.Commit("Third words", "greet", consoletest.SignIn)
	s.Sync()
	before := s.Workflow("greet").Live.Deployment
	s.Later(3 * time.Hour)
	p := v.Get(thaw)
	if !p.Has("It has ended by itself") || !p.Has("2 workflows would move") {
		t.Errorf("the page says:\n%s", p.Words())
	}
	if p := v.Submit(p, thaw); p.Status != http.StatusSeeOther || s.Workflow("greet").Live.Deployment == before {
		t.Errorf("answered %d:\n%s", p.Status, p.Words())
	}
}
