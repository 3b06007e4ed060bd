package gitremote_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func with(host, password string) gitremote.Options {
	return gitremote.Options{Credentials: gitremote.List{"ours": {Host: host, Username: "bot", Password: password}}}
}

func TestPasswords(t *testing.T) {
	repo, sha := sample(t)
	server := gittest.Serve(t, repo, gittest.WithPassword("bot", secret))
	ours := slipway.Repository{URL: server.URL, Credential: "ours"}

	commit, files, err := newRemote(t, with(server.Host(), secret)).Fetch(t.Context(), ours)
	if err != nil {
		t.Fatal(err)
	}
	checkSample(t, sha, commit, files)

	_, err = newRemote(t, with(server.Host(), "wrong"+secret)).Tip(t.Context(), ours)
	wantFault(t, err, fault.Invalid, "repository-credentials")
	if hint := fault.Of(err).Hint; !strings.Contains(hint, `"ours"`) {
		t.Errorf("the hint does not name the credential: %s", hint)
	}
	_, err = newRemote(t, with(server.Host(), secret)).Tip(t.Context(), at(server.URL))
	wantFault(t, err, fault.Invalid, "repository-credentials")
	_, err = newRemote(t, gitremote.Options{}).Tip(t.Context(), ours)
	wantFault(t, err, fault.NotFound, "unknown-credential")
}

func TestCredentialsStayAtTheirHost(t *testing.T) {
	repo, _ := sample(t)
	server := gittest.Serve(t, repo)
	for _, host := range []string{"git.example.com", "127.0.0.1", "127.0.0.1:1", "", "x@" + server.Host()} {
		_, err := newRemote(t, with(host, secret)).Tip(t.Context(), slipway.Repository{URL: server.URL, Credential: "ours"})
		wantFault(t, err, fault.Invalid, "credential-host")
	}
	_, err := newRemote(t, with("git.example.com", secret)).Tip(t.Context(),
		slipway.Repository{URL: "http://git.example.com/x", Credential: "ours"})
	wantFault(t, err, fault.Invalid, "insecure-credentials")
	if n := len(server.Requests()); n != 0 {
		t.Errorf("the host was asked %d times", n)
	}
}

func TestCredentialsDoNotFollowRedirects(t *testing.T) {
	repo, sha := sample(t)
	other := gittest.Serve(t, repo)
	first := gittest.Serve(t, repo, gittest.WithWrap(gittest.RedirectTo(strings.TrimSuffix(other.URL, "/repo.git"))))
	commit, _, err := newRemote(t, with(first.Host(), secret)).Fetch(t.Context(), slipway.Repository{URL: first.URL, Credential: "ours"})
	if err != nil || commit.SHA != sha {
		t.Errorf("fetch through a redirect: %s, %v", commit.SHA, err)
	}
	if requests := first.Requests(); len(requests) != 1 || requests[0].Password != secret {
		t.Errorf("the credential's own host saw %d requests", len(requests))
	}
	for _, request := range other.Requests() {
		if request.Header.Get("Authorization") != "" {
			t.Errorf("%s %s carried the credential to another host", request.Method, request.Path)
		}
	}
	if len(other.Requests()) != 2 {
		t.Errorf("the other host saw %d requests", len(other.Requests()))
	}
}

func TestRedirectOfThePackIsRefused(t *testing.T) {
	repo, _ := sample(t)
	other := gittest.Serve(t, repo)
	wrap := gittest.On(gittest.UploadPack, gittest.RedirectTo(strings.TrimSuffix(other.URL, "/repo.git")))
	first := gittest.Serve(t, repo, gittest.WithWrap(wrap))
	_, _, err := newRemote(t, with(first.Host(), secret)).Fetch(t.Context(), slipway.Repository{URL: first.URL, Credential: "ours"})
	wantFault(t, err, fault.Invalid, "repository-redirect")
	if len(other.Requests()) != 0 {
		t.Error("the other host was asked")
	}
}

// A host that repeats what it was sent must not bring the secret into a fault.
func TestAHostThatRepeatsTheSecret(t *testing.T) {
	repo, _ := sample(t)
	for _, status := range []int{200, 400, 401, 403, 404, 500} {
		echo := func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, password, _ := r.BasicAuth()
				w.WriteHeader(status)
				_, _ = fmt.Fprint(w, password, r.Header.Get("Authorization"))
			})
		}
		server := gittest.Serve(t, repo, gittest.WithWrap(echo))
		_, err := newRemote(t, with(server.Host(), secret)).Tip(t.Context(), slipway.Repository{URL: server.URL, Credential: "ours"})
		wantFault(t, err, fault.KindOf(err), fault.CodeOf(err))
		if err == nil {
			t.Errorf("status %d: no fault", status)
		}
	}
}

func TestPrintingACredential(t *testing.T) {
	c := gitremote.Credential{Host: "h", Username: "u", Password: secret, PrivateKey: []byte(secret), Passphrase: secret}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "c", c, "p", &c)
	encoded, err := json.Marshal(map[string]any{"c": c, "p": &c})
	shown := fmt.Sprintf("%v %+v %#v %s %q %x %d %v %v", c, c, c, c, c, c, c, &c, gitremote.List{"a": c}) + log.String() + string(encoded)
	if strings.Contains(shown, secret) || strings.Contains(shown, fmt.Sprintf("%x", secret)) || strings.Contains(shown, fmt.Sprintf("%d", []byte(secret))) || err != nil {
		t.Errorf("the secret shows: %s, %v", shown, err)
	}
}

func TestStatuses(t *testing.T) {
	repo, _ := sample(t)
	for status, want := range map[int]struct {
		kind fault.Kind
		code string
	}{
		401: {fault.Invalid, "repository-credentials"}, 403: {fault.Invalid, "repository-credentials"},
		404: {fault.NotFound, "repository-not-found"}, 410: {fault.NotFound, "repository-not-found"},
		400: {fault.Invalid, "not-a-repository"}, 200: {fault.Invalid, "not-a-repository"},
		429: {fault.Unavailable, "repository-unreachable"}, 503: {fault.Unavailable, "repository-unreachable"},
	} {
		server := gittest.Serve(t, repo, gittest.WithWrap(gittest.Status(status)))
		_, err := newRemote(t, gitremote.Options{}).Tip(t.Context(), at(server.URL))
		if status == 200 && fault.CodeOf(err) == "repository-empty" {
			continue // an answer of nothing at all
		}
		wantFault(t, err, want.kind, want.code)
	}
}
