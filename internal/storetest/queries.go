package storetest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func queryCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"deployments/every filter, with every other": everyQuery,
	}
}

// everyQuery compares each combination of filters with the same done by hand.
func everyQuery(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	all := someDeployments(t, s, e.ID)
	for _, q := range everyCombination(all) {
		want := selected(all, q)
		for _, limit := range []int{0, 1, 3} {
			if limit == 1 && len(want) > 3 {
				continue
			}
			what := fmt.Sprintf("%+v by %d", q, limit)
			same(t, what, pages(t, deploymentsOf(t.Context(), s, e.ID, q), limit), listed(want...))
		}
		q.Whole = true
		same(t, fmt.Sprintf("%+v", q), pages(t, deploymentsOf(t.Context(), s, e.ID, q), 0), want)
	}
}

// someDeployments stores five syncs of four files, some live once, and returns
// all in the list's order.
func someDeployments(t *testing.T, s control.Store, env string) []slipway.Deployment {
	t.Helper()
	var all []slipway.Deployment
	head := slipway.Row{}
	for i := range 5 {
		sync := begin(t, s, env, fmt.Sprintf("sync_%d", i))
		ds := []slipway.Deployment{
			aDeployment(sync, "b", "b.ts", slipway.Valid), aDeployment(sync, "a", "a.ts", slipway.Valid),
			aDeployment(sync, "", "z.ts", slipway.Failed), aDeployment(sync, "c", "c.ts", slipway.Failed),
			aDeployment(sync, "a", "new/a.ts", slipway.Processing),
		}
		put(t, s, sync, ds...)
		if i%2 == 0 {
			head = value(s.Append(t.Context(), env, after(head, fmt.Sprint("row_", i), ds[i/2%2]), nil))(t)
			ds[i/2%2].FirstLive = head.Number
		}
		all = append(all, ds...)
	}
	slices.SortFunc(all, func(a, b slipway.Deployment) int {
		return cmp.Or(-cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.Path, b.Path))
	})
	return all
}

func everyCombination(all []slipway.Deployment) []control.DeploymentQuery {
	queries := []control.DeploymentQuery{{}}
	each := func(vary ...func(*control.DeploymentQuery)) {
		var more []control.DeploymentQuery
		for _, q := range queries {
			for _, f := range vary {
				next := q
				f(&next)
				more = append(more, next)
			}
		}
		queries = append(queries, more...)
	}
	sha := all[0].Commit.SHA
	each(func(q *control.DeploymentQuery) { q.Workflow = "a" }, func(q *control.DeploymentQuery) { q.Workflow = "none" })
	each(func(q *control.DeploymentQuery) { q.Sync = "sync_2" })
	each(func(q *control.DeploymentQuery) { q.Commit = sha }, func(q *control.DeploymentQuery) { q.Commit = sha[:7] })
	each(func(q *control.DeploymentQuery) { q.Outcome = slipway.Valid }, func(q *control.DeploymentQuery) { q.Outcome = slipway.Failed },
		func(q *control.DeploymentQuery) { q.Outcome = slipway.Processing })
	each(func(q *control.DeploymentQuery) { q.WasLive = true })
	each(func(q *control.DeploymentQuery) { q.Below = 3 }, func(q *control.DeploymentQuery) { q.Below = 1 })
	return queries
}

func selected(all []slipway.Deployment, q control.DeploymentQuery) []slipway.Deployment {
	return slices.DeleteFunc(slices.Clone(all), func(d slipway.Deployment) bool {
		return q.Workflow != "" && d.Workflow != q.Workflow || q.Sync != "" && d.Sync != q.Sync ||
			!strings.HasPrefix(d.Commit.SHA, q.Commit) || q.Outcome != "" && d.Outcome != q.Outcome ||
			q.WasLive && d.FirstLive == 0 || q.Below > 0 && d.Sequence >= q.Below
	})
}
