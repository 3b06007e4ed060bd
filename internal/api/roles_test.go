package api

import (
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// table are the operations as they are mounted.
func (s *server) table(groups Group) []operation {
	s.t.Helper()
	a, err := build(s.t.Context(), Options{
		Plane: s.plane, Answers: s.store, Keys: s.store, Guard: auth.New(s.plane, time.Now), Log: slog.New(slog.DiscardHandler), Now: time.Now, Groups: groups,
	})
	s.must(err)
	return a.table
}

var documented = regexp.MustCompile("(?m)^\\| `([A-Z]+) (/\\S+)` \\| (\\w+) \\| (.+) \\|$")

// TestTheTableOfTheDocument holds docs/spec/http.md to the operations and their
// roles, both ways.
func TestTheTableOfTheDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/spec/http.md")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, m := range documented.FindAllStringSubmatch(string(text), -1) {
		said[m[1]+" "+m[2]] = m[3]
	}
	if len(said) < 30 {
		t.Fatalf("the document has %d operations", len(said))
	}
	for _, o := range newServer(t, nil).table(All) {
		if said[o.pattern()] != string(o.role) {
			t.Errorf("%s takes the role %s, the document says %q", o.pattern(), o.role, said[o.pattern()])
		}
		delete(said, o.pattern())
	}
	for pattern := range said {
		t.Errorf("the document has %s, the API has not", pattern)
	}
}

// TestEveryOperationAsksForItsRole walks operations and roles: whoever has too
// small a role gets 403 and changes nothing, whoever has no token 401, and a
// token for another environment does not help.
func TestEveryOperationAsksForItsRole(t *testing.T) {
	s := newServer(t, nil)
	s.sync()
	s.tokens["elsewhere"] = s.token(control.NewToken{Name: "elsewhere", Role: slipway.Admin, Environments: []string{"prod"}})
	elsewhere := strings.NewReplacer("{env}", "other")
	path := strings.NewReplacer("{env}", "prod", "{workflow}", "greet", "{deployment}", "dep_x", "{sync}", "sync_x",
		"{plan}", "plan_0", "{number}", "1", "{trigger}", "user:post_authentication", "{token}", "x")
	before := s.want(200, slipway.Admin, "GET", prod, "").header.Get(releaseHeader)
	walked := 0
	for _, o := range s.table(All) {
		p := path.Replace(o.path)
		for _, role := range []slipway.Role{"", slipway.Viewer, slipway.Deployer, slipway.Admin} {
			allowed := role.Covers(o.role)
			if allowed && o.writes() {
				continue // the day in the life has those
			}
			r := s.call(role, o.method, p, "")
			walked++
			t.Logf("%-8s %-70s %-8s %d", o.method, o.path, role, r.status)
			switch {
			case role == "" && r.status != http.StatusUnauthorized, role != "" && !allowed && r.status != http.StatusForbidden:
				t.Errorf("%s as %q: %d", o.pattern(), role, r.status)
			case allowed && (r.status == http.StatusForbidden || r.status == http.StatusUnauthorized || r.status >= 500):
				t.Errorf("%s as %q: %d %s", o.pattern(), role, r.status, r.text)
			}
		}
		q := elsewhere.Replace(o.path)
		if o.path == "/v1/environments" || o.path == "/v1/self" {
			continue
		}
		if r := s.call("elsewhere", o.method, path.Replace(q), `{"slug":"x","repository":{"url":"x"}}`); r.status != http.StatusForbidden && (o.inEnvironment() || o.role == slipway.Admin) {
			t.Errorf("%s with a token for prod alone: %d", o.pattern(), r.status)
		}
	}
	if walked < 100 {
		t.Errorf("only %d combinations were walked", walked)
	}
	if after := s.want(200, slipway.Admin, "GET", prod, "").header.Get(releaseHeader); after != before {
		t.Errorf("the walk moved the ledger from release %s to %s", before, after)
	}
}

// TestGroupsAreDisjointAndComplete: each operation is in one group.
func TestGroupsAreDisjointAndComplete(t *testing.T) {
	s := newServer(t, nil)
	n := 0
	for _, g := range []Group{Reads, Syncs, MakeLive, Plans} {
		some := s.table(g)
		if len(some) == 0 {
			t.Errorf("group %d is empty", g)
		}
		n += len(some)
	}
	if all := len(s.table(All)); n != all {
		t.Errorf("the groups have %d operations, all have %d", n, all)
	}
}

// TestDescribesWhatOthersServe: one of several programs at one address describes
// them all, and serves its own.
func TestDescribesWhatOthersServe(t *testing.T) {
	all := newServer(t, nil).want(200, "", "GET", "/v1/openapi.json", "").text
	s := newServer(t, func(o *Options) { o.Groups, o.DescribeAll = Reads, true })
	if got := s.want(200, "", "GET", "/v1/openapi.json", "").text; got != all {
		t.Error("the description is another than that of a program that serves all")
	}
	s.want(200, slipway.Viewer, "GET", prod+"/syncs", "")
	s.want(404, slipway.Viewer, "GET", prod+"/plans/plan_0", "") // there is no such plan
	s.want(405, slipway.Deployer, "POST", prod+"/syncs", "{}")
	s.want(404, slipway.Deployer, "POST", prod+"/plans", "{}")
	one := newServer(t, func(o *Options) { o.Groups = MakeLive })
	if got := one.want(200, "", "GET", "/v1/openapi.json", "").text; strings.Contains(got, "start-sync") || !strings.Contains(got, "make-live") {
		t.Error("without being asked to, it describes others")
	}
}

func TestOverrideTakesAnAdministrator(t *testing.T) {
	s := newServer(t, nil)
	s.sync()
	s.want(403, slipway.Deployer, "POST", prod+"/deployments/previous/live", `{"workflow":"greet","override":true}`)
	s.want(409, slipway.Admin, "POST", prod+"/deployments/previous/live", `{"workflow":"greet","override":true}`)
}
