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
	in, err := s.partOf(ctx, env, q)
	if err != nil {
		return nil, "", err
	}
	if g.After != nil {
		in.lo = *g.After + "\x00"
	}
	var list []slipway.Deployment
	for read := 0; ; {
		ask := batchOf(q, g.Limit-len(list))
		entries, err := s.entries(ctx, in, ask)
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
			in.lo = entries[len(entries)-1].place
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

// part is a part of a list of deployments: those of one workflow's, or of all, that
// stand from lo to before hi.
type part struct {
	env, workflow string
	lo, hi        string
}

// partOf is the part of the narrowest list that may hold what q selects.
func (s *Store) partOf(ctx context.Context, env string, q control.DeploymentQuery) (part, error) {
	in := part{env: env, workflow: q.Workflow, lo: number(0), hi: newestFirst(-1)}
	if q.Below > 0 {
		in.lo = newestFirst(q.Below - 1)
	}
	if q.Sync == "" {
		return in, nil
	}
	sync, err := s.sync(ctx, env, q.Sync)
	if fault.Is(err, fault.NotFound) {
		return part{lo: "1", hi: "0"}, nil // what is of no sync is in no list of one
	}
	if err != nil {
		return part{}, err
	}
	in.workflow = ""
	in.lo, in.hi = max(in.lo, newestFirst(sync.Sequence)), newestFirst(sync.Sequence-1)
	return in, nil
}

// lead is what leads to a deployment in a list.
type lead struct{ place, id string }

func (e lead) sequence() int64 { return sequenceOf(e.place) }

// entries reads the first of a part, fewer than ask only where that is all.
func (s *Store) entries(ctx context.Context, in part, ask int) ([]lead, error) {
	if in.lo >= in.hi {
		return nil, ctx.Err()
	}
	if in.workflow == "" {
		return s.entriesFound(ctx, in, ask)
	}
	found, err := s.query(ctx, span{pk: workflowEntryKey(in.env, in.workflow, "").pk, lo: in.lo, hi: in.hi}, ask)
	if err != nil {
		return nil, err
	}
	list := make([]lead, len(found))
	for i, f := range found {
		list[i] = lead{textOf(f, SortKey), textOf(f, attrRef)}
	}
	return list, nil
}

// Of the list of all, so many items are read first, and at most.
const (
	firstFinds = 4
	mostFinds  = 100
)

// entriesFound is entries of the list of all. How many of its items are needed is
// judged by those that were read.
func (s *Store) entriesFound(ctx context.Context, in part, ask int) ([]lead, error) {
	items := span{pk: findsKey(in.env, 0).pk, lo: in.lo[:len(number(0))], hi: newestFirst(sequenceOf(in.hi) + 1)}
	var list []lead
	for read, n := 0, firstFinds; ; {
		found, err := s.query(ctx, items, n)
		if err != nil {
			return nil, err
		}
		for _, i := range found {
			l, err := decodeFinds(i)
			if err != nil {
				return nil, err
			}
			list = append(list, l.leads(in)...)
		}
		if len(found) < n || len(list) >= ask {
			return list[:min(ask, len(list))], nil
		}
		read += n
		n = min((ask-len(list))*read/max(len(list), 1)+1, mostFinds)
		items.lo = textOf(found[len(found)-1], SortKey) + "\x00"
	}
}

// placed is a deployment with its place in a list.
type placed struct {
	slipway.Deployment
	place string
}

// selected reads the deployments that entries lead to, and keeps those that q
// selects. An entry whose deployment is gone, or has another workflow by now, is
// passed over.
func (s *Store) selected(ctx context.Context, env string, q control.DeploymentQuery, entries []lead) ([]placed, error) {
	found, err := s.led(ctx, env, entries)
	if err != nil {
		return nil, err
	}
	var kept []placed
	var apart []int
	for i, e := range entries {
		if found[i].ID == "" || !selects(q, found[i].Deployment) {
			continue
		}
		if found[i].apart {
			apart = append(apart, len(kept))
		}
		kept = append(kept, placed{found[i].Deployment, e.place})
	}
	if !q.Whole {
		for i, k := range kept {
			kept[i].Deployment = k.Listed()
		}
		return kept, nil
	}
	whole := make([]*slipway.Deployment, len(apart))
	for i, k := range apart {
		whole[i] = &kept[k].Deployment
	}
	return kept, s.readLogs(ctx, whole)
}

// led reads what entries lead to; where there is nothing, the deployment has no
// id. What was found of a sync is read after what was not checked: where it is
// still there, that is not checked yet, and not pruned.
func (s *Store) led(ctx context.Context, env string, entries []lead) ([]stored, error) {
	keys := make([]key, len(entries))
	for i, e := range entries {
		keys[i] = deploymentKey(env, e.id)
	}
	items, err := s.getAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	found := make([]stored, len(entries))
	var open []int64
	for i, k := range keys {
		if items[k] == nil {
			open = append(open, entries[i].sequence())
		} else if found[i], err = decodeDeployment(items[k]); err != nil {
			return nil, err
		}
	}
	lists, err := s.findsOf(ctx, env, open)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		if l := lists[e.sequence()]; items[keys[i]] == nil && l != nil {
			if f, ok := l.at(e.id); ok {
				found[i].Deployment = l.open(f)
			}
		}
	}
	return found, nil
}

func selects(q control.DeploymentQuery, d slipway.Deployment) bool {
	return (q.Workflow == "" || d.Workflow == q.Workflow) &&
		(q.Sync == "" || d.Sync == q.Sync) &&
		strings.HasPrefix(d.Commit.SHA, q.Commit) &&
		(q.Outcome == "" || d.Outcome == q.Outcome) &&
		(!q.WasLive || d.FirstLive > 0)
}
