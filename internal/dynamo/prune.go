package dynamo

import (
	"context"

	"github.com/slipway-dev/slipway/internal/control"
)

// DeleteDeployments implements control.Pruning. The gate counts the prunes for
// rows that look for more deployments than one transaction holds.
func (s *Store) DeleteDeployments(ctx context.Context, env string, head int64, ids []string) error {
	if len(ids) > control.MaxDeletes {
		return control.TooManyRecords(len(ids))
	}
	return s.translate(ctx, "delete deployments", s.redo(ctx, func() error { return s.deleteDeployments(ctx, env, head, ids) }))
}

func (s *Store) deleteDeployments(ctx context.Context, env string, head int64, ids []string) error {
	newest, err := s.newest(ctx, env)
	if err != nil {
		return err
	}
	if newest != head {
		return control.HeadMoved(head)
	}
	keys := distinctKeys(ids, func(id string) key { return deploymentKey(env, id) })
	found, err := s.getAll(ctx, keys)
	if err != nil || len(found) == 0 {
		return err
	}
	writes := []write{
		check(stateKey(env, head+1)).when(absent, nil, control.HeadMoved(head)),
		update(gateKey(env), "ADD "+attrPrunes+" :one", item{":one": num(1)}),
	}
	var gone []stored
	var sequences []int64
	for _, k := range keys {
		if found[k] == nil {
			continue
		}
		d, err := decodeDeployment(found[k])
		if err != nil {
			return err
		}
		gone, sequences = append(gone, d), append(sequences, d.Sequence)
		writes = append(writes, remove(k).when(attrDoc+" = :seen", item{":seen": found[k][attrDoc]}, errChanged))
	}
	lists, err := s.findsOf(ctx, env, sequences)
	if err != nil {
		return err
	}
	for _, d := range gone {
		l := lists[d.Sequence]
		f, listed := l.at(d.ID)
		if listed && d.Workflow != "" {
			writes = append(writes, remove(workflowEntryKey(env, d.Workflow, f.place(d.Sequence))))
		}
		if listed {
			l.drop(d.ID)
		}
		if d.apart {
			writes = append(writes, remove(logKey(env, d.ID)))
		}
	}
	for _, l := range lists {
		if l.dirty {
			w, err := l.write(env)
			if err != nil {
				return err
			}
			writes = append(writes, w)
		}
	}
	return s.transact(ctx, writes)
}

// DeleteSyncs implements control.Pruning.
func (s *Store) DeleteSyncs(ctx context.Context, env string, ids []string) error {
	if len(ids) > control.MaxDeletes {
		return control.TooManyRecords(len(ids))
	}
	return s.translate(ctx, "delete syncs", s.deleteSyncs(ctx, env, ids))
}

// deleteSyncs needs no fence: a sync that has ended gets no more deployments.
func (s *Store) deleteSyncs(ctx context.Context, env string, ids []string) error {
	keys := distinctKeys(ids, func(id string) key { return syncKey(env, id) })
	found, err := s.getAll(ctx, keys)
	if err != nil {
		return err
	}
	var writes []write
	for _, k := range keys {
		if found[k] == nil || has(found[k], attrUnended) {
			continue
		}
		sync, err := decodeSync(found[k])
		if err != nil {
			return err
		}
		of, _, err := s.Deployments(ctx, env, control.DeploymentQuery{Sync: sync.ID, Page: control.Page{Limit: 1}})
		if err != nil {
			return err
		}
		if len(of) == 0 {
			writes = append(writes, remove(k), remove(syncEntryKey(env, sync.Sequence, sync.ID)))
		}
	}
	if len(writes) == 0 {
		return nil
	}
	return s.transact(ctx, writes)
}

// distinctKeys gives the keys of ids, each once.
func distinctKeys(ids []string, of func(string) key) []key {
	var keys []key
	seen := map[string]bool{}
	for _, id := range ids {
		if !seen[id] {
			keys = append(keys, of(id))
		}
		seen[id] = true
	}
	return keys
}
