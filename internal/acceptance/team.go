package acceptance

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/gittest"
)

// team is who lives through a scenario: a repository and its environment.
type team struct {
	*testing.T
	Target
	env  string // slug
	base string // path of the environment
	repo *gittest.Repo
	git  string // its URL, as the target has it
}

// patience is how long a target may take to bring a sync to its end.
const patience = 2 * time.Minute

func newTeam(t *testing.T, target Target) *team {
	t.Helper()
	m := &team{T: t, Target: target, repo: gittest.NewRepo(t)}
	m.env = "t-" + strings.ToLower(rand.Text()[:12])
	m.base = "/v1/environments/" + m.env
	m.git = target.GitURL(t, m.repo)
	return m
}

// workflow is the text of a workflow file.
func workflow(id, trigger, text string) string {
	return fmt.Sprintf("export const workflowSettings = { id: %q, trigger: %q };\nexport default async function f() { console.log(%q); }\n", id, trigger, text)
}

const folder = "kindeSrc/environment/workflows/"

// push commits workflow files given as id, trigger, text, …
func (m *team) push(message string, triples ...string) string {
	m.Helper()
	files := map[string]string{"kinde.json": "{}"}
	for i := 0; i < len(triples); i += 3 {
		files[folder+triples[i]+"Workflow.ts"] = workflow(triples[i], triples[i+1], triples[i+2])
	}
	return m.repo.Commit(files, gittest.Options{Message: message})
}

// connect makes the environment; more are further settings, as JSON members.
func (m *team) connect(more ...string) {
	m.Helper()
	body := fmt.Sprintf(`{"slug":%q,"repository":{"url":%q,"branch":"main"}%s}`, m.env, m.git, strings.Join(append([]string{""}, more...), ","))
	m.want(201, "POST", "/v1/environments", body)
	m.Cleanup(func() {
		req, err := http.NewRequest(http.MethodDelete, m.URL+m.base, nil) //nolint:noctx // the test's context has ended
		if err != nil {
			return
		}
		req.Header.Set("Authorization", "Bearer "+m.Token)
		if resp, err := m.Client.Do(req); err == nil {
			_ = resp.Body.Close()
		}
	})
}

// sync asks for one and waits for its end.
func (m *team) sync(want string) reply {
	m.Helper()
	asked := m.want(202, "POST", m.base+"/syncs", "")
	return m.ends(asked.str("id"), want)
}

// ends waits for the end of a sync, or of the one it was merged into.
func (m *team) ends(id, want string) reply {
	m.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		s := m.want(200, "GET", m.base+"/syncs/"+id, "")
		switch s.str("status") {
		case "queued", "running":
			time.Sleep(50 * time.Millisecond)
			continue
		case "superseded":
			id = s.str("mergedInto")
			continue
		case want:
			return s
		}
		m.Fatalf("the sync is %s, want %s: %s", s.str("status"), want, s.text)
	}
	m.Fatalf("sync %s has not ended", id)
	return reply{}
}

// workflow reads one.
func (m *team) workflow(id string) reply {
	m.Helper()
	return m.want(200, "GET", m.base+"/workflows/"+id, "")
}

// runs is the bundle that runs when a trigger fires, "" for none.
func (m *team) runs(trigger string) string {
	m.Helper()
	time.Sleep(m.Stale)
	r := m.call("GET", m.base+"/live/"+trigger, "", m.Token)
	if r.status == http.StatusNotFound {
		return ""
	}
	if r.status != http.StatusOK {
		m.Fatalf("resolve: %d %s", r.status, r.text)
	}
	return m.want(200, "GET", r.str("bundle"), "").text
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
		fields, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = fields[name]
	}
	return v
}

func (r reply) str(path string) string { s, _ := r.get(path).(string); return s }

func (r reply) list(path string) []any { l, _ := r.get(path).([]any); return l }

func (r reply) number(path string) int64 { n, _ := r.get(path).(float64); return int64(n) }

// call sends a request; headers are names and values in turn.
func (m *team) call(method, path, body, token string, headers ...string) reply {
	m.Helper()
	req, err := http.NewRequestWithContext(m.Context(), method, m.URL+path, bytes.NewReader([]byte(body)))
	if err != nil {
		m.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := m.Client.Do(req)
	if err != nil {
		m.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		m.Fatal(err)
	}
	return reply{resp.StatusCode, resp.Header, string(text)}
}

// want calls as the administrator and compares the status.
func (m *team) want(status int, method, path, body string, headers ...string) reply {
	m.Helper()
	r := m.call(method, path, body, m.Token, headers...)
	if r.status != status {
		m.Fatalf("%s %s: %d, want %d: %s", method, path, r.status, status, r.text)
	}
	return r
}

// same fails unless got is want.
func (m *team) same(what string, got, want any) {
	m.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		m.Errorf("%s is %v, want %v", what, got, want)
	}
}
