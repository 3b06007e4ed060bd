package storetest

import (
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
)

// Contents counts what an environment has.
type Contents struct{ Syncs, Deployments, Workflows, Rows int }

// Readable reads all that an environment has, by every list and then one by
// one, fails the test where the two differ, and counts it.
func Readable(t *testing.T, s control.Store, env string) Contents {
	t.Helper()
	var c Contents
	for _, sync := range pages(t, syncsOf(t.Context(), s, env), 0) {
		same(t, "sync", value(s.Sync(t.Context(), env, sync.ID))(t), sync)
		c.Syncs++
	}
	list := pages(t, deploymentsOf(t.Context(), s, env, control.DeploymentQuery{Whole: true}), 0)
	for _, d := range list {
		same(t, "deployment", value(s.Deployment(t.Context(), env, d.ID))(t), d)
		c.Deployments++
	}
	same(t, "deployments", pages(t, deploymentsOf(t.Context(), s, env, control.DeploymentQuery{}), 0), listed(list...))
	for _, w := range value(s.Workflows(t.Context(), env))(t) {
		same(t, "workflow", value(s.Workflow(t.Context(), env, w.ID))(t), w)
		c.Workflows++
	}
	c.Rows = len(Whole(t, s, env))
	return c
}
