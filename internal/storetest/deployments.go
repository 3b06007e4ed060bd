package storetest

import (
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func deploymentCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"deployment/reads what was put":       deploymentReads,
		"deployment/outcomes are final":       deploymentFinal,
		"deployment/a list leaves logs out":   deploymentListed,
		"deployment/a put keeps the mark":     deploymentKeepsMark,
		"deployment/puts are fenced":          deploymentFenced,
		"workflow/reads what was put":         workflowReads,
		"workflow/seen is never lowered":      workflowSeen,
		"workflow/list is in order of the id": workflowList,
	}
}

func deploymentReads(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	for _, d := range []slipway.Deployment{
		aDeployment(sync, "a", "a.ts", slipway.Valid), aDeployment(sync, "b", "b.ts", slipway.Failed),
		aDeployment(sync, "", "c.ts", slipway.Failed), aDeployment(sync, "d", "d.ts", slipway.Processing),
	} {
		put(t, s, sync, d)
		same(t, "deployment", value(s.Deployment(t.Context(), e.ID, d.ID))(t), d)
	}
	_, err := s.Deployment(t.Context(), e.ID, "dep_none")
	refused(t, err, fault.NotFound, "unknown-deployment")
	ok(t, s.PutDeployments(t.Context(), sync.Fence(), nil, nil))
}

// deploymentListed asks for a list with and without build logs, on pages whose
// cursors are good for both.
func deploymentListed(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	a, b := aDeployment(sync, "w", "a.ts", slipway.Valid), aDeployment(sync, "w", "b.ts", slipway.Failed)
	a.Unchanged = true
	put(t, s, sync, a, b)
	q := control.DeploymentQuery{Workflow: "w", Page: control.Page{Limit: 1}}
	first, next, err := s.Deployments(t.Context(), e.ID, q)
	ok(t, err)
	same(t, "the first", first, listed(a))
	if got := first[0]; got.Diagnostics != nil || got.Packages != nil || got.CheckedAt != nil || len(got.Settings.Bindings) > 0 || !got.Unchanged {
		t.Errorf("listed is %+v", got)
	}
	q.Cursor, q.Whole = next, true
	second, _, err := s.Deployments(t.Context(), e.ID, q)
	ok(t, err)
	same(t, "the second, whole", second, []slipway.Deployment{b})
}

func deploymentFinal(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	open := aDeployment(sync, "", "a.ts", slipway.Processing)
	put(t, s, sync, open)
	valid := aDeployment(sync, "a", "a.ts", slipway.Valid)
	put(t, s, sync, valid)
	same(t, "deployment checked", value(s.Deployment(t.Context(), e.ID, open.ID))(t), valid)
	failed, other := aDeployment(sync, "b", "a.ts", slipway.Failed), valid
	other.Digest = "sha256:other"
	put(t, s, sync, failed)
	put(t, s, sync, open)
	put(t, s, sync, other)
	same(t, "deployment put again", value(s.Deployment(t.Context(), e.ID, open.ID))(t), valid)
	same(t, "deployments of the other workflow",
		pages(t, deploymentsOf(t.Context(), s, e.ID, control.DeploymentQuery{Workflow: "b"}), 0), nil)
}

func deploymentKeepsMark(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	valid := aDeployment(sync, "a", "a.ts", slipway.Valid)
	put(t, s, sync, valid)
	value(s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_1", valid), nil))(t)
	marked := valid
	marked.FirstLive = 1
	same(t, "deployment", value(s.Deployment(t.Context(), e.ID, valid.ID))(t), marked)
	put(t, s, sync, valid)
	same(t, "deployment put again", value(s.Deployment(t.Context(), e.ID, valid.ID))(t), marked)
}

// fences gives fences that do not hold, of each sort.
func fences(t *testing.T, s control.Store, env string) map[string]slipway.Fence {
	t.Helper()
	done, taken := begin(t, s, env, "sync_done"), begin(t, s, env, "sync_taken")
	ok(t, s.UpdateSync(t.Context(), done.Fence(), ended(done)))
	higher := taken
	higher.Generation++
	ok(t, s.UpdateSync(t.Context(), taken.Fence(), higher))
	return map[string]slipway.Fence{
		"ended":   done.Fence(),
		"taken":   taken.Fence(),
		"unknown": {Environment: env, Sync: "sync_none", Generation: 1},
	}
}

func deploymentFenced(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	d := aDeployment(sync, "a", "a.ts", slipway.Valid)
	for name, f := range fences(t, s, e.ID) {
		t.Run(name, func(t *testing.T) {
			err := s.PutDeployments(t.Context(), f, []slipway.Deployment{d}, []slipway.Workflow{aWorkflow(d)})
			refused(t, err, fault.LeaseLost, "lease-lost")
			_, err = s.Deployment(t.Context(), e.ID, d.ID)
			refused(t, err, fault.NotFound, "unknown-deployment")
			_, err = s.Workflow(t.Context(), e.ID, "a")
			refused(t, err, fault.NotFound, "unknown-workflow")
		})
	}
}

func workflowReads(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	w := aWorkflow(aDeployment(sync, "a", "a.ts", slipway.Valid))
	ok(t, s.PutDeployments(t.Context(), sync.Fence(), nil, []slipway.Workflow{w}))
	same(t, "workflow", value(s.Workflow(t.Context(), e.ID, "a"))(t), w)
	gone := w.Missed(9, moment(9))
	ok(t, s.PutDeployments(t.Context(), sync.Fence(), nil, []slipway.Workflow{gone}))
	same(t, "missing workflow", value(s.Workflow(t.Context(), e.ID, "a"))(t), gone)
	_, err := s.Workflow(t.Context(), e.ID, "b")
	refused(t, err, fault.NotFound, "unknown-workflow")
}

func workflowSeen(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	old, sync := begin(t, s, e.ID, "sync_a"), begin(t, s, e.ID, "sync_b")
	w := aWorkflow(aDeployment(sync, "a", "a.ts", slipway.Valid))
	ok(t, s.PutDeployments(t.Context(), sync.Fence(), nil, []slipway.Workflow{w}))
	late := aWorkflow(aDeployment(old, "a", "old.ts", slipway.Valid))
	late.Name = "late"
	ok(t, s.PutDeployments(t.Context(), old.Fence(), nil, []slipway.Workflow{late}))
	same(t, "workflow", value(s.Workflow(t.Context(), e.ID, "a"))(t), w)
	w.Name = "again by the same sync"
	ok(t, s.PutDeployments(t.Context(), sync.Fence(), nil, []slipway.Workflow{w}))
	same(t, "workflow put again", value(s.Workflow(t.Context(), e.ID, "a"))(t), w)
}

func workflowList(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	var put, want []slipway.Workflow
	for _, id := range []string{"b", "a", "B", "é", "a-1", "a.1"} {
		put = append(put, aWorkflow(aDeployment(sync, id, id+".ts", slipway.Valid)))
	}
	ok(t, s.PutDeployments(t.Context(), sync.Fence(), nil, put))
	for _, i := range []int{2, 1, 4, 5, 0, 3} { // B a a-1 a.1 b é: byte by byte
		want = append(want, put[i])
	}
	same(t, "workflows", value(s.Workflows(t.Context(), e.ID))(t), want)
	same(t, "workflows of none", value(s.Workflows(t.Context(), e.ID+"x"))(t), nil)
}
