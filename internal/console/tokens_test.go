package console_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/consoletest"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// tokenIn makes a token and signs in with it, in as many browsers as asked.
func tokenIn(s *consoletest.Site, name string, browsers int) (id string, vs []*consoletest.Visitor) {
	s.T.Helper()
	made, err := s.Plane.CreateToken(s.Ctx(), control.NewToken{Name: name, Role: slipway.Admin, Actor: consoletest.Ada()})
	s.Must(err)
	for range browsers {
		v := s.Visitor()
		v.Post(console.Root+"/sign-in", url.Values{"token": {*made.Secret}})
		vs = append(vs, v)
	}
	return made.ID, vs
}

// TestWhoRevokesTheirOwnToken is told so and signed out, in every browser.
func TestWhoRevokesTheirOwnToken(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	id, vs := tokenIn(s, "boss", 2)
	v, elsewhere := vs[0], vs[1]
	revoke := console.Root + "/tokens/" + id + "/revoke"
	if p := v.Get(console.Root + "/tokens"); !p.Has("yours") {
		t.Errorf("the list does not say which token is yours:\n%s", p.Words())
	}
	asks := v.Get(revoke)
	if !asks.Has("You signed in with this token") {
		t.Errorf("the page does not say what it does to you:\n%s", asks.Words())
	}
	stale := elsewhere.Get(console.Root + "/add-environment")
	p := v.Submit(asks, revoke)
	if p.Status != http.StatusOK || !p.Has("The token of boss is revoked.") || p.Has("Sign out") || !strings.Contains(p.Header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("answered %d (%s):\n%s", p.Status, p.Header.Get("Set-Cookie"), p.Words())
	}
	if to := v.Get(console.Root).Location; !strings.HasPrefix(to, console.Root+"/sign-in") {
		t.Errorf("after it the list of environments leads to %q", to)
	}
	if p := v.Submit(asks, revoke); p.Status != http.StatusUnauthorized {
		t.Errorf("the form sent again is answered %d", p.Status)
	}
	if p := elsewhere.Submit(stale, console.Root+"/add-environment", "name", "x", "url", consoletest.RepoURL); p.Status != http.StatusUnauthorized {
		t.Errorf("a form in another browser is answered %d", p.Status)
	}
}

// TestATokenThatExpires ends its sessions as a revoked one does.
func TestATokenThatExpires(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, to := s.SignIn(slipway.Admin), console.Root+"/tokens"
	made := v.Submit(v.Get(to), to, "name", "temp", "role", "viewer", "scope", "all", "expires", "8h")
	secret := regexp.MustCompile(`slipway_[a-z0-9]+_[a-z0-9]+`).FindString(made.Text)
	temp := s.Visitor()
	temp.Post(console.Root+"/sign-in", url.Values{"token": {secret}})
	if p := temp.Get(console.Root); p.Status != http.StatusOK {
		t.Fatalf("it lets nobody in: %d", p.Status)
	}
	s.Later(8*time.Hour + time.Minute)
	if p := temp.Get(console.Root); !strings.HasPrefix(p.Location, console.Root+"/sign-in") {
		t.Errorf("after its end it is answered %d", p.Status)
	}
	if p := v.Get(to); p.Has("temp") {
		t.Errorf("an expired token is listed as in use:\n%s", p.Words())
	}
	if p := v.Get(to + "?show=ended"); !p.Has("temp") || !p.Has("expired") {
		t.Errorf("an expired token is not among those that have ended:\n%s", p.Words())
	}
}

// TestTokenForm: what is wrong is said beside what was typed, makes nothing, and does
// not spend the form.
func TestTokenForm(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, to := s.SignIn(slipway.Admin), console.Root+"/tokens"
	count := func() int {
		all, err := s.Plane.Tokens(s.Ctx())
		s.Must(err)
		return len(all)
	}
	before, form := count(), v.Get(to)
	for code, values := range map[string]url.Values{
		"bad-token-name":      {"name": {"ä"}, "role": {"viewer"}, "scope": {"all"}},
		"bad-role":            {"name": {"cy"}, "role": {"boss"}, "scope": {"all"}},
		"bad-scope":           {"name": {"cy"}, "role": {"viewer"}, "scope": {"some"}},
		"bad-expiry":          {"name": {"cy"}, "role": {"viewer"}, "scope": {"all"}, "expires": {"some day"}},
		"unknown-environment": {"name": {"cy"}, "role": {"viewer"}, "scope": {"some"}, "env": {"gone"}},
	} {
		typed := form.Form(s, to)
		for name, value := range values {
			typed[name] = value
		}
		p := v.Post(to, typed)
		if p.Status < 400 || p.Status >= 500 || !p.Has(code) || !strings.Contains(p.Text, `value="`+values.Get("name")+`"`) {
			t.Errorf("%s is answered %d:\n%s", code, p.Status, p.Words())
		}
	}
	for name, values := range map[string]url.Values{
		"all and some": {"scope": {"all"}, "env": {consoletest.Env}}, "neither": {"scope": {""}},
		"a past end": {"scope": {"all"}, "expires": {"2001-01-01"}},
	} {
		typed := form.Form(s, to)
		typed.Set("name", "cy")
		typed.Set("role", "admin")
		for name, value := range values {
			typed[name] = value
		}
		if p := v.Post(to, typed); p.Status != http.StatusBadRequest {
			t.Errorf("%s is answered %d:\n%s", name, p.Status, p.Words())
		}
	}
	if n := count(); n != before {
		t.Fatalf("%d tokens were made", n-before)
	}
	typed := form.Form(s, to)
	typed.Set("name", "cy")
	typed.Set("role", "deployer")
	typed.Set("scope", "some")
	typed["env"] = []string{consoletest.Env}
	p := v.Post(to, typed)
	all, err := s.Plane.Tokens(s.Ctx())
	s.Must(err)
	if made := all[len(all)-1]; p.Status != http.StatusCreated || len(made.Environments) != 1 || made.CreatedBy.Subject != "the-admin" {
		t.Errorf("after that the same form is answered %d, and made %+v", p.Status, made)
	}
	typed.Del("key")
	if p := v.Post(to, typed); p.Status != http.StatusBadRequest || count() != before+1 {
		t.Errorf("a form without a key is answered %d", p.Status)
	}
}

// TestASecretIsNowhereElse: not in an address, a cache, another page or the log.
func TestASecretIsNowhereElse(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, to := s.SignIn(slipway.Admin), console.Root+"/tokens"
	form := v.Get(to)
	made := v.Submit(form, to, "name", "bo", "role", "viewer", "scope", "all")
	secret := regexp.MustCompile(`slipway_[a-z0-9]+_([a-z0-9]{40,})`).FindStringSubmatch(made.Text)
	if secret == nil {
		t.Fatalf("answered %d:\n%s", made.Status, made.Words())
	}
	for name, values := range made.Header {
		if strings.Contains(strings.Join(values, " "), secret[1]) {
			t.Errorf("the header %s has it", name)
		}
	}
	if made.Header.Get("ETag") != "" || made.Header.Get("Cache-Control") != "no-store" || made.Location != "" || !strings.Contains(made.Text, `data-poll="0"`) {
		t.Errorf("the answer may be kept: %v", made.Header)
	}
	for _, path := range []string{to, to + "?show=all", to + "?q=bo", console.Root} {
		if strings.Contains(v.Get(path).Text, secret[1]) {
			t.Errorf("%s has it", path)
		}
	}
	if strings.Contains(s.Log.String(), secret[1]) {
		t.Error("the log has it")
	}
}
