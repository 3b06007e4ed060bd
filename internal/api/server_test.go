package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/sandbox"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/sqlite"
)

// server is the API over a real store, a real check and a repository, with an
// environment "prod".
type server struct {
	t      testing.TB
	plane  *control.Plane
	store  control.Store
	repo   *gittest.Repo
	url    string
	log    *bytes.Buffer
	tokens map[slipway.Role]string
	http   http.Handler
}

func newServer(t *testing.T, change func(*Options)) *server {
	t.Helper()
	s := &server{t: t, repo: gittest.NewRepo(t), log: &bytes.Buffer{}, tokens: map[slipway.Role]string{}}
	dir := t.TempDir()
	store, err := sqlite.Open(t.Context(), filepath.Join(dir, "slipway.db"))
	s.must(err)
	t.Cleanup(func() { _ = store.Close() })
	s.store = store
	blobs, err := blob.OpenDir(filepath.Join(dir, "blobs"))
	s.must(err)
	t.Cleanup(func() { _ = blobs.Close() })
	s.plane = control.New(control.Options{
		Store: s.store, Blobs: blobs, Remote: gitremote.New(gitremote.Options{}),
		Checker: check.New(bundle.New(), sandbox.New(), check.DefaultLimits()), Now: time.Now,
	})
	for _, role := range []slipway.Role{slipway.Viewer, slipway.Deployer, slipway.Admin} {
		s.tokens[role] = s.token(control.NewToken{Name: "the-" + string(role), Role: role})
	}
	o := Options{
		Plane: s.plane, Answers: store, Keys: store, Guard: auth.New(s.plane, time.Now), Log: slog.New(slog.NewTextHandler(s.log, nil)), Now: time.Now,
	}
	if change != nil {
		change(&o)
	}
	s.http, err = New(t.Context(), o)
	s.must(err)
	web := httptest.NewServer(s.http)
	t.Cleanup(web.Close)
	s.url = web.URL
	s.commit("First", "greet", "user:post_authentication", "claims", "user:tokens_generation")
	_, err = s.plane.AddEnvironment(t.Context(), control.NewEnvironment{Slug: "prod", Repository: slipway.Repository{URL: s.repo.Dir}, Actor: slipway.LocalActor("ada")})
	s.must(err)
	return s
}

func (s *server) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) token(n control.NewToken) string {
	s.t.Helper()
	n.Actor = slipway.LocalActor("ada")
	v, err := s.plane.CreateToken(s.t.Context(), n)
	s.must(err)
	return *v.Secret
}

// commit writes a workflow file for each id and trigger.
func (s *server) commit(message string, pairs ...string) {
	files := map[string]string{"kinde.json": "{}"}
	for i := 0; i < len(pairs); i += 2 {
		files["kindeSrc/environment/workflows/"+pairs[i]+"Workflow.ts"] = fmt.Sprintf(
			"export const workflowSettings = { id: %q, trigger: %q };\nexport default async function f() { console.log(%q); }\n", pairs[i], pairs[i+1], message)
	}
	s.repo.Commit(files, gittest.Options{Message: message})
}

// sync brings the newest commit.
func (s *server) sync() slipway.Sync {
	s.t.Helper()
	done, err := s.plane.Sync(s.t.Context(), "prod", control.SyncOptions{Actor: slipway.LocalActor("ada")})
	s.must(err)
	if done.Status != slipway.SyncSucceeded {
		s.t.Fatalf("sync %s: %+v", done.Status, done.Problem)
	}
	return done
}

// reply is an answer, read whole.
type reply struct {
	status int
	header http.Header
	text   string
}

// get is a field of a JSON answer, by a path such as "workflow.live.deployment".
func (r reply) get(path string) any {
	var v any
	if json.Unmarshal([]byte(r.text), &v) != nil {
		return nil
	}
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

func (r reply) str(path string) string { s, _ := r.get(path).(string); return s }

// call sends a request with a role's token; headers are names and values in turn.
func (s *server) call(role slipway.Role, method, path, body string, headers ...string) reply {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+path, strings.NewReader(body))
	s.must(err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token := s.tokens[role]; token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
		if headers[i] == "Host" {
			req.Host = headers[i+1]
		}
	}
	resp, err := (&http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}).Do(req)
	s.must(err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	s.must(err)
	return reply{resp.StatusCode, resp.Header, string(text)}
}

// want calls and compares the status.
func (s *server) want(status int, role slipway.Role, method, path, body string, headers ...string) reply {
	s.t.Helper()
	r := s.call(role, method, path, body, headers...)
	if r.status != status {
		s.t.Fatalf("%s %s as %s: %d, want %d\n%s\n%s", method, path, role, r.status, status, r.text, s.log)
	}
	return r
}

const prod = "/v1/environments/prod"
