package console_test

import (
	"html"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/consoletest"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	onEnv      = "/v1/environments/{env}"
	onWorkflow = onEnv + "/workflows/{workflow}"
)

// operations are what the routes do, as the operations of the API that do the same:
// a page that asks takes the role of what it asks for.
func operations() map[string]string {
	const env = " /environments/{env}"
	all := map[string]string{
		"GET ":                                "GET /v1/environments",
		"GET /codes/{code}":                   "GET /v1/self", // whoever has signed in
		"GET" + env:                           "GET " + onEnv,
		"GET" + env + "/workflows/{workflow}": "GET " + onWorkflow,
		"GET" + env + "/deployments/{deployment}":   "GET " + onEnv + "/deployments/{deployment}",
		"GET" + env + "/syncs":                      "GET " + onEnv + "/syncs",
		"POST" + env + "/syncs":                     "POST " + onEnv + "/syncs",
		"GET" + env + "/syncs/{sync}":               "GET " + onEnv + "/syncs/{sync}",
		"GET" + env + "/syncs/{sync}/cancel":        "POST " + onEnv + "/syncs/{sync}/cancel",
		"POST" + env + "/syncs/{sync}/cancel":       "POST " + onEnv + "/syncs/{sync}/cancel",
		"GET" + env + "/releases":                   "GET " + onEnv + "/releases",
		"GET" + env + "/releases/compare":           "GET " + onEnv + "/releases/{number}",
		"GET" + env + "/releases/{number}":          "GET " + onEnv + "/releases/{number}",
		"GET" + env + "/releases/{number}/restore":  "POST " + onEnv + "/releases/{number}/restore",
		"POST" + env + "/releases/{number}/restore": "POST " + onEnv + "/releases/{number}/restore",
		"GET" + env + "/settings":                   "PATCH " + onEnv,
		"POST" + env + "/settings":                  "PATCH " + onEnv,
		"POST" + env + "/remove":                    "DELETE " + onEnv,
		"GET" + env + "/freeze":                     "PUT " + onEnv + "/freeze",
		"POST" + env + "/freeze":                    "PUT " + onEnv + "/freeze",
		"GET" + env + "/thaw":                       "DELETE " + onEnv + "/freeze",
		"POST" + env + "/thaw":                      "DELETE " + onEnv + "/freeze",
		"GET /add-environment":                      "POST /v1/environments",
		"POST /add-environment":                     "POST /v1/environments",
		"GET /tokens":                               "GET /v1/tokens",
		"POST /tokens":                              "POST /v1/tokens",
		"GET /tokens/{token}/revoke":                "DELETE /v1/tokens/{token}",
		"POST /tokens/{token}/revoke":               "DELETE /v1/tokens/{token}",
	}
	for command, operation := range map[string]string{
		"make-live": "POST " + onEnv + "/deployments/{deployment}/live", "roll-back": "POST " + onEnv + "/deployments/{deployment}/live",
		"deactivate": "POST " + onWorkflow + "/deactivate", "hold": "PUT " + onWorkflow + "/hold", "lift": "DELETE " + onWorkflow + "/hold",
		"reject": "POST " + onEnv + "/deployments/{deployment}/reject", "accept": "POST " + onEnv + "/deployments/{deployment}/accept",
		"delete": "DELETE " + onWorkflow,
	} {
		all["GET"+env+"/workflows/{workflow}/"+command] = operation
		all["POST"+env+"/workflows/{workflow}/"+command] = operation
	}
	return all
}

// routes are those of the console with their roles, one for each command.
func routes(t *testing.T) map[string]slipway.Role {
	t.Helper()
	all := map[string]slipway.Role{}
	for pattern, role := range console.Routes() {
		bare, commands := strings.CutSuffix(pattern, "{command}")
		if !commands {
			all[pattern] = role
			continue
		}
		for name, least := range console.Moves() {
			if !least.Covers(role) {
				t.Errorf("%s takes the role %s before %s asks for %s", pattern, role, name, least)
			}
			all[bare+name] = least
		}
	}
	return all
}

var documented = regexp.MustCompile("(?m)^\\| `([A-Z]+ /\\S+)` \\| (\\w+) \\|")

// TestRoutesTakeTheRolesOfTheAPI: the same role lets somebody do a thing, whichever
// way they do it; docs/spec/http.md says which.
func TestRoutesTakeTheRolesOfTheAPI(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/spec/http.md")
	if err != nil {
		t.Fatal(err)
	}
	least := map[string]slipway.Role{}
	for _, m := range documented.FindAllStringSubmatch(string(text), -1) {
		least[m[1]] = slipway.Role(m[2])
	}
	same := operations()
	for pattern, role := range routes(t) {
		operation, ok := same[pattern]
		switch {
		case !ok:
			t.Errorf("%s: say in operations which operation of the API does the same", pattern)
		case least[operation] == "":
			t.Errorf("the document has no operation %s", operation)
		case least[operation] != role:
			t.Errorf("%s takes the role %s, and %s takes %s", pattern, role, operation, least[operation])
		}
		delete(same, pattern)
	}
	for pattern := range same {
		t.Errorf("there is no route %s", pattern)
	}
}

// TestEveryRouteAsksForItsRole walks routes and roles: whoever has too small a role
// gets 403 with a page that says so, whoever is a stranger none, a token for another
// environment does not help, and nothing is changed.
func TestEveryRouteAsksForItsRole(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	s.Token(slipway.Viewer)
	some, err := s.Plane.Tokens(s.Ctx())
	s.Must(err)
	path := strings.NewReplacer("{env}", consoletest.Env, "{workflow}", "greet", "{deployment}", s.Workflow("greet").Latest.Deployment, "{sync}", "sync_x",
		"{number}", "1", "{code}", "trigger-unknown", "{token}", some[0].ID)
	sam := func(name string, role slipway.Role, envs ...string) *consoletest.Visitor {
		made, err := s.Plane.CreateToken(s.Ctx(), control.NewToken{Name: name, Role: role, Environments: envs, Actor: consoletest.Ada()})
		s.Must(err)
		v := s.Visitor()
		v.Post(console.Root+"/sign-in", url.Values{"token": {*made.Secret}})
		return v
	}
	_, err = s.Plane.AddEnvironment(s.Ctx(), control.NewEnvironment{Slug: "other", Repository: slipway.Repository{URL: consoletest.RepoURL}, Actor: consoletest.Ada()})
	s.Must(err)
	type visitor struct {
		name  string
		role  slipway.Role
		other bool // only for another environment
		*consoletest.Visitor
	}
	var visitors []visitor
	for _, role := range []slipway.Role{slipway.Viewer, slipway.Deployer, slipway.Admin} {
		visitors = append(visitors, visitor{string(role), role, false, sam(string(role), role)})
	}
	visitors = append(visitors, visitor{"an administrator of another environment", slipway.Admin, true, sam("elsewhere", slipway.Admin, "other")})
	type state struct {
		release                      int64
		tokens, environments, queued int
		greet                        string
	}
	now := func() state {
		tokens, err := s.Plane.Tokens(s.Ctx())
		s.Must(err)
		tokens = slices.DeleteFunc(tokens, func(t control.TokenView) bool { return t.RevokedAt != nil })
		environments, err := s.Plane.Environments(s.Ctx())
		s.Must(err)
		syncs, _, err := s.Plane.Syncs(s.Ctx(), consoletest.Env, control.SyncFilter{}, control.Page{})
		s.Must(err)
		return state{s.Release(), len(tokens), len(environments), len(syncs), s.Workflow("greet").Live.Deployment}
	}
	before, walked := now(), 0
	for pattern, least := range routes(t) {
		method, below, _ := strings.Cut(pattern, " ")
		to := console.Root + path.Replace(below)
		inEnv, open := strings.Contains(pattern, "{env}"), least == slipway.Viewer && !strings.Contains(pattern, "{env}")
		for _, v := range visitors {
			allowed := v.role.Covers(least) && (!v.other || open)
			if allowed && method == http.MethodPost {
				continue // the tests of what it does have those
			}
			walked++
			var p consoletest.Page
			if method == http.MethodPost {
				p = v.Post(to, url.Values{"csrf": {v.Get(console.Root).Form(s, console.Root+"/sign-out").Get("csrf")}})
			} else {
				p = v.Get(to)
			}
			refused := p.Status == http.StatusForbidden && (p.Has("this takes the role") || v.other && (p.Has("is not for environment") || p.Has("this takes a token for all environments")))
			if allowed && (p.Status == http.StatusForbidden || p.Status >= 500) || !allowed && !refused {
				t.Errorf("%s as %s: %d\n%s", pattern, v.name, p.Status, p.Words())
			}
			if !allowed && (inEnv && !p.Has("To the environment") || !p.Has("Sign out")) {
				t.Errorf("%s as %s leads nowhere from its refusal:\n%s", pattern, v.name, p.Words())
			}
		}
		stranger := s.Visitor()
		if method == http.MethodPost {
			if p := stranger.Post(to, nil); p.Status != http.StatusUnauthorized {
				t.Errorf("%s as a stranger: %d", pattern, p.Status)
			}
		} else if p := stranger.Get(to); !strings.HasPrefix(p.Location, console.Root+"/sign-in?") {
			t.Errorf("%s as a stranger: %d %s", pattern, p.Status, p.Location)
		}
	}
	if walked < 100 {
		t.Errorf("only %d combinations were walked", walked)
	}
	if after := now(); after != before {
		t.Errorf("the walk made %+v of %+v", after, before)
	}
}

// finder finds the route that answers a request, to know its role.
func finder(t *testing.T) func(method, path string) (slipway.Role, bool) {
	t.Helper()
	mux, roles := http.NewServeMux(), routes(t)
	for pattern := range roles {
		method, below, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+console.Root+below, func(http.ResponseWriter, *http.Request) {})
	}
	return func(method, path string) (slipway.Role, bool) {
		_, pattern := mux.Handler(httptest.NewRequestWithContext(t.Context(), method, path, nil))
		method, below, _ := strings.Cut(pattern, " ")
		role, ok := roles[method+" "+strings.TrimPrefix(below, console.Root)]
		return role, ok
	}
}

var (
	links = regexp.MustCompile(`(?:href|action)="(` + console.Root + `[^"#]*)`)
	forms = regexp.MustCompile(`<form[^>]* method="post" action="([^"#]*)`)
)

// sameMost is how often a walk follows links to one path, which has other filters
// each time.
const sameMost = 2000

// TestNoButtonIsRefused walks the pages of a store with the whole story: whatever
// one offers somebody, a link or a form, they may follow or send.
func TestNoButtonIsRefused(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Story()
	until := s.Now().AddDate(0, 0, 1)
	_, err := s.Plane.Freeze(s.Ctx(), consoletest.Env, &until, control.Request{Actor: consoletest.Ada()})
	s.Must(err)
	find := finder(t)
	walks := map[slipway.Role]int{}
	for _, role := range []slipway.Role{slipway.Viewer, slipway.Deployer, slipway.Admin} {
		v, seen, todo, sent, same := s.SignIn(role), map[string]bool{}, []string{console.Root}, map[string]bool{}, map[string]int{}
		for len(todo) > 0 {
			path := todo[0]
			todo = todo[1:]
			if seen[path] || strings.Contains(path, "/assets/") || strings.HasSuffix(path, "/sign-out") {
				continue
			}
			seen[path] = true
			p := v.Get(path)
			if p.Status == http.StatusForbidden {
				t.Errorf("as %s, a page offers %s, which is refused", role, path)
			}
			for _, m := range links.FindAllStringSubmatch(p.Text, -1) {
				to := html.UnescapeString(m[1])
				bare, _, _ := strings.Cut(to, "?")
				if same[bare]++; !seen[to] && same[bare] <= sameMost {
					todo = append(todo, to)
				}
			}
			for _, m := range forms.FindAllStringSubmatch(p.Text, -1) {
				to := html.UnescapeString(m[1])
				least, ok := find(http.MethodPost, to)
				switch {
				case to == console.Root+"/sign-out":
				case !ok:
					t.Errorf("as %s, %s has a form for %s, which is no route", role, path, to)
				case !role.Covers(least):
					t.Errorf("as %s, %s has a form for %s, which takes the role %s", role, path, to, least)
				default:
					sent[to] = true
				}
			}
		}
		walks[role] = len(sent)
		t.Logf("as %s: %d pages, with forms for %d targets", role, len(seen), len(sent))
		if len(seen) < 30 {
			t.Errorf("as %s only %d pages were found: %v", role, len(seen), slices.Sorted(maps.Keys(seen)))
		}
	}
	if walks[slipway.Viewer] != 0 || walks[slipway.Deployer] == 0 || walks[slipway.Admin] <= walks[slipway.Deployer] {
		t.Errorf("forms by role: %v", walks)
	}
}
