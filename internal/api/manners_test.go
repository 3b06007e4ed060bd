package api

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/web"
)

func TestRefusals(t *testing.T) {
	s := newServer(t, func(o *Options) { o.Hosts = []string{"127.0.0.1", "slipway.test"} })
	s.sync()
	hold := prod + "/workflows/greet/hold"
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code               string
	}{
		"no such path":           {"GET", "/v1/nowhere", "", nil, 404, codeNoPath},
		"a path that climbs":     {"GET", "/v1//environments", "", nil, 404, codeNoPath},
		"no such method":         {"POST", prod, "", nil, 405, codeNoMethod},
		"an unknown host":        {"GET", prod, "", []string{"Host", "evil.example"}, 421, auth.CodeWrongHost},
		"a known host":           {"GET", prod, "", []string{"Host", "slipway.test:8080"}, 200, ""},
		"another site's page":    {"PUT", hold, "", []string{"Origin", "https://evil.example"}, 403, auth.CodeCrossSite},
		"a cross-site fetch":     {"PUT", hold, "", []string{"Sec-Fetch-Site", "cross-site"}, 403, auth.CodeCrossSite},
		"an opaque origin":       {"PUT", hold, "", []string{"Origin", "null"}, 403, auth.CodeCrossSite},
		"no JSON":                {"PUT", hold, "{", nil, 400, codeMalformed},
		"a form":                 {"PUT", hold, "a=b", []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, codeWrongType},
		"a large body":           {"PUT", hold, `{"reason":"` + strings.Repeat("x", maxBody) + `"}`, nil, 413, codeTooLarge},
		"an empty key":           {"PUT", hold, "", []string{"Idempotency-Key", ""}, 400, codeBadKey},
		"a Git host not there":   {"POST", "/v1/environments", `{"slug":"x","repository":{"url":"http://127.0.0.1:1/x.git"}}`, nil, 424, web.CodeUnreachable},
		"an unknown field":       {"PUT", hold, `{"reaso":"x"}`, nil, 422, codeInvalid},
		"a long reason":          {"PUT", hold, `{"reason":"` + strings.Repeat("x", 501) + `"}`, nil, 422, codeInvalid},
		"a reason of long signs": {"PUT", hold, `{"reason":"` + strings.Repeat("ж", 400) + `"}`, nil, 400, "bad-reason"},
		"a bad limit":            {"GET", prod + "/syncs?limit=0", "", nil, 422, codeInvalid},
		"a made-up cursor":       {"GET", prod + "/syncs?cursor=AAAA", "", nil, 404, codeBadCursor},
		"an unknown parameter":   {"GET", prod + "/syncs?colour=red", "", nil, 422, codeInvalid},
		"an empty parameter":     {"GET", prod + "/syncs?status=", "", nil, 422, codeInvalid},
		"a broken query":         {"GET", prod + "/syncs?status=%zz", "", nil, 400, codeMalformed},
		"a bad status":           {"GET", prod + "/syncs?status=fine", "", nil, 422, codeInvalid},
		"a bad slug":             {"GET", "/v1/environments/PROD!", "", nil, 404, "unknown-environment"},
		"an unknown workflow":    {"GET", prod + "/workflows/none", "", nil, 404, "unknown-workflow"},
		"previous without whose": {"POST", prod + "/deployments/previous/live", "", nil, 404, "unknown-deployment"},
		"an unknown sync":        {"GET", prod + "/syncs/sync_x", "", nil, 404, "unknown-sync"},
		"an unknown plan":        {"GET", prod + "/plans/..%2f..%2fx", "", nil, 404, "unknown-plan"},
		"an unknown token":       {"DELETE", "/v1/tokens/x", "", nil, 404, "unknown-token"},
		"a bad role":             {"POST", "/v1/tokens", `{"name":"x","role":"boss"}`, nil, 422, codeInvalid},
		"a token for nothing":    {"POST", "/v1/tokens", `{"name":"x","role":"viewer","environments":["none"]}`, nil, 404, "unknown-environment"},
		"a repository not there": {"POST", "/v1/environments", `{"slug":"x","repository":{"url":"/nowhere"}}`, nil, 404, "repository-not-found"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
			r := s.call(slipway.Admin, c.method, c.path, c.body, c.headers...)
			if r.status != c.status || r.str("code") != c.code {
				t.Fatalf("%d %q, want %d %q\n%s", r.status, r.str("code"), c.status, c.code, r.text)
			}
			if c.status < 400 {
				return
			}
			if r.header.Get("Content-Type") != problemType || r.str("requestId") != r.header.Get("Slipway-Request-Id") || r.str("detail") == "" || r.get("status") != float64(c.status) ||
				r.str("title") != http.StatusText(c.status) || r.str("hint") == "" {
				t.Errorf("%v\n%s", r.header, r.text)
			}
		})
	}
	if r := s.call("", "GET", prod, ""); r.status != 401 || r.header.Get("WWW-Authenticate") == "" {
		t.Errorf("%d %v", r.status, r.header)
	}
	if allow := s.call(slipway.Admin, "POST", prod, "").header.Get("Allow"); allow != "GET, PATCH, DELETE, HEAD" {
		t.Errorf("Allow is %q", allow)
	}
	if strings.Contains(s.log.String(), s.tokens[slipway.Admin]) {
		t.Error("the log has a token")
	}
}

func TestRequestID(t *testing.T) {
	s := newServer(t, nil)
	if id := s.call(slipway.Viewer, "GET", "/v1/self", "", "Slipway-Request-Id", "mine-1").header.Get("Slipway-Request-Id"); id != "mine-1" {
		t.Errorf("got %q", id)
	}
	for _, bad := range []string{"a b", strings.Repeat("x", 129), "ä"} {
		if id := s.call(slipway.Viewer, "GET", "/v1/self", "", "Slipway-Request-Id", bad).header.Get("Slipway-Request-Id"); !strings.HasPrefix(id, "req_") {
			t.Errorf("%q gave %q", bad, id)
		}
	}
}

// TestReadsAreTagged: a read that has not changed is 304, one that has is not.
func TestReadsAreTagged(t *testing.T) {
	s := newServer(t, nil)
	s.sync()
	paths := []string{"/v1/self", "/v1/environments", prod, prod + "/workflows", prod + "/workflows/greet", prod + "/syncs", prod + "/deployments", prod + "/releases", prod + "/live"}
	tags := map[string]string{}
	for _, p := range paths {
		r := s.want(200, slipway.Viewer, "GET", p, "")
		tags[p] = r.header.Get("ETag")
		if strings.HasPrefix(p, prod) && r.header.Get(releaseHeader) != "1" {
			t.Errorf("%s has no release: %v", p, r.header)
		}
		if got := s.want(304, slipway.Viewer, "GET", p, "", "If-None-Match", `"x", W/`+tags[p]); got.text != "" {
			t.Errorf("%s: a 304 with a body", p)
		}
	}
	s.want(200, slipway.Deployer, "PUT", prod+"/workflows/greet/hold", "")
	for _, p := range paths[2:] {
		s.want(200, slipway.Viewer, "GET", p, "", "If-None-Match", tags[p])
	}
	head := s.want(200, slipway.Viewer, "HEAD", prod, "")
	if head.text != "" || head.header.Get("ETag") == "" {
		t.Errorf("HEAD: %v %q", head.header, head.text)
	}
}

func TestPages(t *testing.T) {
	s := newServer(t, nil)
	for range 7 {
		s.sync()
	}
	read := func(path string) (ids []string, pages int) {
		next := ""
		for {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			p := path + sep + "limit=3"
			if next != "" {
				p += "&cursor=" + next
			}
			r := s.want(200, slipway.Viewer, "GET", p, "")
			var list map[string]json.RawMessage
			s.must(json.Unmarshal([]byte(r.text), &list))
			for name, raw := range list {
				if name == "next" {
					continue
				}
				var entries []struct {
					ID     string
					Number int64
				}
				_ = json.Unmarshal(raw, &entries)
				for _, e := range entries {
					ids = append(ids, e.ID)
				}
			}
			pages++
			if next = r.str("next"); next == "" {
				return ids, pages
			}
			if pages == 1 {
				s.sync() // entries that are added shift nothing
			}
		}
	}
	for path, want := range map[string]int{
		prod + "/syncs": 7, prod + "/syncs?status=succeeded": 8, prod + "/syncs?status=failed": 0, prod + "/deployments?status=Live": 2,
	} {
		ids, _ := read(path)
		seen := map[string]bool{}
		for _, id := range ids {
			if seen[id] {
				t.Errorf("%s has %s twice", path, id)
			}
			seen[id] = true
		}
		if path == prod+"/deployments?status=Live" && len(ids) != want || len(ids) < want && want == 0 {
			t.Errorf("%s has %d entries, want %d", path, len(ids), want)
		}
	}
	page := s.want(200, slipway.Viewer, "GET", prod+"/syncs?limit=2", "")
	cursor := page.str("next")
	s.want(200, slipway.Viewer, "GET", prod+"/syncs?limit=5&cursor="+cursor, "")
	s.want(404, slipway.Viewer, "GET", prod+"/syncs?limit=2&status=failed&cursor="+cursor, "")
	s.want(404, slipway.Viewer, "GET", prod+"/releases?limit=2&cursor="+cursor, "")
	flipped := []byte(cursor)
	flipped[3] ^= 1
	s.want(404, slipway.Viewer, "GET", prod+"/syncs?limit=2&cursor="+string(flipped), "")
}

func TestFilters(t *testing.T) {
	s := newServer(t, nil)
	s.sync()
	s.commit("Second", "greet", "user:post_authentication", "claims", "user:tokens_generation")
	done := s.sync()
	s.want(200, slipway.Deployer, "POST", prod+"/deployments/previous/live", `{"workflow":"greet"}`)
	count := func(path, field string) int {
		list, _ := s.want(200, slipway.Viewer, "GET", prod+path, "").get(field).([]any)
		return len(list)
	}
	at := done.RequestedAt.UTC().Format("2006-01-02T15:04:05.000000000Z")
	for path, want := range map[string]int{
		"/deployments": 4, "/deployments?status=Live": 2, "/deployments?status=Deactivated": 2, "/deployments?status=Failed": 0, "/deployments?status=Draft": 0,
		"/deployments?workflow=greet": 2, "/workflows/greet/deployments?status=Live": 1, "/deployments?commit=" + done.Commit.SHA[:8]: 2,
		"/deployments?commit=" + strings.ToUpper(done.Commit.SHA[:8]): 2, "/deployments?author=nobody": 0,
		"/deployments?since=" + at: 2, "/deployments?until=" + at: 2, "/workflows/greet/deployments?commit=" + done.Commit.SHA: 1,
	} {
		if n := count(path, "deployments"); n != want {
			t.Errorf("%s has %d deployments, want %d", path, n, want)
		}
	}
	for path, want := range map[string]int{
		"/syncs": 2, "/syncs?commit=" + done.Commit.SHA[:7]: 1, "/syncs?since=" + at: 1, "/syncs?until=" + at: 1, "/syncs?status=succeeded": 2, "/syncs?status=running": 0,
	} {
		if n := count(path, "syncs"); n != want {
			t.Errorf("%s has %d syncs, want %d", path, n, want)
		}
	}
	for path, want := range map[string]int{
		"/releases": 3, "/releases?cause=roll-back": 1, "/releases?workflow=greet": 3, "/releases?workflow=claims": 2, "/releases?actor=THE-DEPLOYER": 1,
		"/releases?sync=" + done.ID: 1,
	} {
		if n := count(path, "releases"); n != want {
			t.Errorf("%s has %d releases, want %d", path, n, want)
		}
	}
}

func TestTokens(t *testing.T) {
	s := newServer(t, nil)
	made := s.want(201, slipway.Admin, "POST", "/v1/tokens", `{"name":"bot","role":"deployer","environments":["prod"]}`)
	s.tokens["bot"] = made.str("secret")
	self := s.want(200, "bot", "GET", "/v1/self", "")
	if self.str("actor") != "bot (token)" || self.str("role") != "deployer" {
		t.Fatal(self.text)
	}
	list := s.want(200, slipway.Admin, "GET", "/v1/tokens", "").text
	if strings.Contains(list, made.str("secret")) || strings.Contains(list, `"hash"`) || !strings.Contains(list, made.str("id")) || !strings.Contains(list, "lastUsedAt\":\"20") {
		t.Error(list)
	}
	if r := s.want(200, slipway.Admin, "DELETE", "/v1/tokens/"+made.str("id"), ""); r.get("changed") != true || r.str("token.revokedBy") != "the-admin (token)" {
		t.Error(r.text)
	}
	if r := s.want(200, slipway.Admin, "DELETE", "/v1/tokens/"+made.str("id"), ""); r.get("changed") != false {
		t.Error(r.text)
	}
	if r := s.want(401, "bot", "GET", "/v1/self", ""); r.str("code") != control.CodeUnauthenticated {
		t.Error(r.text)
	}
}

func TestPlans(t *testing.T) {
	s := newServer(t, nil)
	s.commit("Next", "greet", "user:post_authentication", "other", "user:post_authentication")
	p := s.want(202, slipway.Deployer, "POST", prod+"/plans", "")
	got := s.want(200, slipway.Viewer, "GET", p.header.Get("Location"), "")
	files, _ := got.get("report.workflows").([]any)
	if got.str("status") != "done" || got.str("commit.message") != "Next" || len(files) != 3 || !strings.Contains(got.text, "duplicate-trigger") {
		t.Fatal(got.text)
	}
	if n := s.want(200, slipway.Viewer, "GET", prod+"/syncs", "").get("syncs").([]any); len(n) != 0 {
		t.Error("a plan made a sync")
	}
	s.want(202, slipway.Deployer, "POST", prod+"/plans", `{"branch":"nowhere"}`)
}

func TestSettings(t *testing.T) {
	s := newServer(t, nil)
	made := s.want(201, slipway.Admin, "POST", "/v1/environments", `{"slug":"test","autoLive":false,"pollSeconds":0,"repository":{"url":"`+s.repo.Dir+`"}}`)
	if made.header.Get("Location") != "/v1/environments/test" || made.get("autoLive") != false {
		t.Fatalf("%v %s", made.header, made.text)
	}
	s.want(409, slipway.Admin, "POST", "/v1/environments", `{"slug":"test","repository":{"url":"`+s.repo.Dir+`"}}`)
	r := s.want(200, slipway.Admin, "PATCH", "/v1/environments/test", `{"autoLive":true,"triggers":["user:extra"],"reason":"go"}`)
	if r.get("environment.autoLive") != true || r.get("environment.version") != 2.0 || r.get("changed") != true {
		t.Error(r.text)
	}
	if r := s.want(200, slipway.Admin, "PATCH", "/v1/environments/test", `{}`); r.get("changed") != false {
		t.Error(r.text)
	}
	if r := s.want(200, slipway.Admin, "DELETE", "/v1/environments/test?reason=done", ""); r.str("reason") != "done" {
		t.Error(r.text)
	}
	s.want(404, slipway.Viewer, "GET", "/v1/environments/test", "")
	if rs := s.want(200, slipway.Admin, "GET", "/v1/removals", "").get("removals").([]any); len(rs) != 1 {
		t.Error(rs)
	}
	if r := s.want(200, slipway.Admin, "POST", "/v1/prune", `{"dryRun":true}`); r.get("dryRun") != true {
		t.Error(r.text)
	}
	s.tokens["prod"] = s.token(control.NewToken{Name: "p", Role: slipway.Viewer, Environments: []string{"none-of-them", "prod"}[1:]})
	if es := s.want(200, "prod", "GET", "/v1/environments", "").get("environments").([]any); len(es) != 1 {
		t.Error(es)
	}
}
