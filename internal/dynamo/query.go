package dynamo

import (
	"context"
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/cursor"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Deployments implements control.Deployments. It reads the entries of the
// narrowest list and then what they lead to; filters that the list has no entries
// for are compared then, and a page ends early after MaxPage entries.
func (s *Store) Deployments(ctx context.Context, env string, q control.DeploymentQuery) ([]slipway.Deployment, string, error) {
	g, err := cursor.Read[string](q.Page, "deployments", env, q.Workflow, q.Sync, q.Commit, q.Outcome, q.WasLive, q.Below) // Whole moves no place
	if err != nil {
		return nil, "", err
	}
	list, next, err := s.deployments(ctx, env, q, g)
	return list, next, s.translate(ctx, "list deployments", err)
}

func (s *Store) deployments(ctx context.Context, env string, q control.DeploymentQuery, g cursor.Page[string]) ([]slipway.Deployment, string, error) {
	in, err := s.spanOf(ctx, env, q)
	if err != nil {
		return nil, "", err
	}
	if g.After != nil {
		in.lo = *g.After + "\x00"
	}
	var list []slipway.Deployment
	for read := 0; ; {
		ask := batchOf(q, g.Limit-len(list))
		entries, err := s.query(ctx, in, ask)
		if err != nil {
			return nil, "", err
		}
		end := len(entries) < ask
		if !end {
			entries = entries[:ask-1] // the last only says that there is more
		}
		found, err := s.selected(ctx, env, q, entries)
		if err != nil {
			return nil, "", err
		}
		read += len(entries)
		for _, f := range found {
			if len(list) == g.Limit {
				break
			}
			list = append(list, f.Deployment)
			in.lo = f.place
		}
		full := len(list) == g.Limit && len(found) > 0 && in.lo != found[len(found)-1].place
		if end && !full {
			return list, "", nil
		}
		if !full {
			in.lo = textOf(entries[len(entries)-1], SortKey)
		}
		if len(list) == g.Limit || read >= control.MaxPage {
			next, err := g.Next(in.lo)
			return list, next, err
		}
		in.lo += "\x00"
	}
}

// batchOf is how many entries to read for want deployments more: one over, which
// tells whether there is more, and many at once where most may not be selected.
func batchOf(q control.DeploymentQuery, want int) int {
	if q.Commit != "" || q.Outcome != "" || q.WasLive || q.Sync != "" && q.Workflow != "" {
		want = max(want, maxBatch)
	}
	return min(want, control.MaxPage) + 1
}

// spanOf is the part of the narrowest list that may hold what q selects.
func (s *Store) spanOf(ctx context.Context, env string, q control.DeploymentQuery) (span, error) {
	in := span{pk: deploymentsKey(env, q.Workflow), lo: number(0), hi: newestFirst(-1)}
	if q.Below > 0 {
		in.lo = newestFirst(q.Below - 1)
	}
	if q.Sync == "" {
		return in, nil
	}
	sync, err := s.sync(ctx, env, q.Sync)
	if fault.Is(err, fault.NotFound) {
		return span{lo: "1", hi: "0"}, nil // what is of no sync is in no list of one
	}
	if err != nil {
		return span{}, err
	}
	in.pk = deploymentsKey(env, "")
	in.lo, in.hi = max(in.lo, newestFirst(sync.Sequence)), newestFirst(sync.Sequence-1)
	return in, nil
}

// placed is a deployment with its place in a list.
type placed struct {
	slipway.Deployment
	place string
}

// selected reads the deployments that entries lead to, and keeps those that q
// selects. An entry whose deployment is gone, or has another workflow by now, is
// passed over.
func (s *Store) selected(ctx context.Context, env string, q control.DeploymentQuery, entries []item) ([]placed, error) {
	keys := make([]key, len(entries))
	for i, e := range entries {
		keys[i] = deploymentKey(env, textOf(e, attrRef))
	}
	found, err := s.getAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	var kept []placed
	var items []item
	for i, k := range keys {
		if found[k] == nil {
			continue
		}
		d, err := decodeDeployment(found[k])
		if err != nil {
			return nil, err
		}
		if selects(q, d) {
			kept = append(kept, placed{d.Listed(), textOf(entries[i], SortKey)})
			items = append(items, found[k])
		}
	}
	if !q.Whole {
		return kept, nil
	}
	ds, err := s.withLogs(ctx, items)
	if err != nil {
		return nil, err
	}
	for i := range kept {
		kept[i].Deployment = ds[i]
	}
	return kept, nil
}

func selects(q control.DeploymentQuery, d slipway.Deployment) bool {
	return (q.Workflow == "" || d.Workflow == q.Workflow) &&
		(q.Sync == "" || d.Sync == q.Sync) &&
		strings.HasPrefix(d.Commit.SHA, q.Commit) &&
		(q.Outcome == "" || d.Outcome == q.Outcome) &&
		(!q.WasLive || d.FirstLive > 0)
}
