package main

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/functiontest"
)

// TestConsole gives the function its sample, and then comes in with a token, looks
// and asks for a sync.
func TestConsole(t *testing.T) {
	w := functiontest.New(t)
	f := w.Function(wire)
	if r := w.Call(f, w.Event("")); r.Status != 303 || r.Headers["Location"] != "/console" {
		t.Errorf("the root: %+v", r)
	}
	if r := w.Call(f, w.Visit("GET", "/console", nil)); r.Status != 303 || !strings.HasPrefix(r.Headers["Location"], "/console/sign-in?") {
		t.Errorf("without a session: %+v", r)
	}
	if r := w.Call(f, w.Visit("POST", "/console/sign-in", url.Values{"token": {"slipway_no_body"}})); r.Status != 401 || len(r.Cookies) > 0 {
		t.Errorf("with a bad token: %+v", r)
	}
	in := w.Call(f, w.Visit("POST", "/console/sign-in", url.Values{"token": {w.Token}}))
	if in.Status != 303 || len(in.Cookies) != 1 || !strings.HasPrefix(in.Cookies[0], "__Host-slipway=") || !strings.Contains(in.Cookies[0], "; HttpOnly; Secure; SameSite=Lax") {
		t.Fatalf("with a good token: %+v", in)
	}
	cookie, _, _ := strings.Cut(in.Cookies[0], ";")
	home := w.Call(f, w.Visit("GET", "/console/environments/prod", nil, cookie))
	form := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(home.Body)
	if home.Status != 200 || form == nil || !strings.Contains(home.Body, "Sync code") {
		t.Fatalf("the environment: %+v", home)
	}
	if strings.Contains(w.Log.String(), w.Token) {
		t.Error("the log has the token")
	}
}
