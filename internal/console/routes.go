package console

import (
	"net/http"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// route is a page, or a form's target, and the least role that it takes.
type route struct {
	pattern string // below Root; {env} is an environment's slug
	role    slipway.Role
	answer  func(*visit) (answer, error)
}

const (
	inEnv      = "/environments/{env}"
	inWorkflow = inEnv + "/workflows/{workflow}"
)

// routes are all that take a session.
func (c *console) routes() []route {
	return slices.Concat(c.workflowRoutes(), c.syncRoutes(), c.releaseRoutes(), c.settingsRoutes())
}

func (c *console) workflowRoutes() []route {
	return []route{
		{"GET ", slipway.Viewer, c.environments},
		{"GET /codes/{code}", slipway.Viewer, c.code},
		{"GET " + inEnv, slipway.Viewer, c.workflows},
		{"GET " + inWorkflow, slipway.Viewer, c.workflow},
		{"GET " + inWorkflow + "/{command}", slipway.Deployer, c.confirm},
		{"POST " + inWorkflow + "/{command}", slipway.Deployer, c.carryOut},
		{"GET " + inEnv + "/deployments/{deployment}", slipway.Viewer, c.deployment},
	}
}

// register mounts the routes, the way in and the assets.
func (c *console) register() {
	for _, t := range c.routes() {
		method, path, _ := strings.Cut(t.pattern, " ")
		c.mux.HandleFunc(method+" "+Root+path, c.signedIn(t))
	}
	c.mux.HandleFunc("GET "+Root+"/sign-in", c.open(c.signIn))
	c.mux.HandleFunc("POST "+Root+"/sign-in", c.open(c.letIn))
	c.mux.HandleFunc("POST "+Root+"/sign-out", c.open(c.signOut))
	c.mux.HandleFunc("GET "+Root+"/assets/{name}", c.assets.serve)
	c.mux.Handle("GET /{$}", http.RedirectHandler(Root, http.StatusSeeOther))
	c.mux.HandleFunc("/", c.open(nowhere))
}

// nowhere answers for an address without a page; one that differs from a page's by
// a slash at its end leads there.
func nowhere(v *visit) (answer, error) {
	path := v.r.URL.EscapedPath()
	if bare := strings.TrimRight(path, "/"); v.r.Method == http.MethodGet && bare != path && strings.HasPrefix(bare, Root) {
		return answer{to: bare}, nil
	}
	return answer{}, fault.New(fault.NotFound, "unknown-page", "there is no page at this address").WithHint("begin at the list of environments")
}
