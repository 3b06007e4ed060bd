package dynamo

import (
	"context"
	"errors"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// PutDeployments implements control.Deployments, in transactions of what fits.
func (s *Store) PutDeployments(ctx context.Context, f slipway.Fence, ds []slipway.Deployment, ws []slipway.Workflow) error {
	return s.translate(ctx, "put deployments", s.putDeployments(ctx, f, ds, ws))
}

func (s *Store) putDeployments(ctx context.Context, f slipway.Fence, ds []slipway.Deployment, ws []slipway.Workflow) error {
	// What belongs to another environment than the fence is not its to write.
	for _, d := range ds {
		if d.Environment != f.Environment {
			return control.LeaseLost(f)
		}
	}
	for _, w := range ws {
		if w.Environment != f.Environment {
			return control.LeaseLost(f)
		}
	}
	if len(ds)+len(ws) == 0 {
		return s.transact(ctx, []write{underFence(f)})
	}
	for len(ds) > 0 {
		n := distinct(ds, maxWrites-1, func(d slipway.Deployment) string { return d.ID })
		if err := s.putEach(ctx, f, ds[:n]); err != nil {
			return err
		}
		ds = ds[n:]
	}
	for len(ws) > 0 {
		n := distinct(ws, maxWrites-1, func(w slipway.Workflow) string { return w.ID })
		if err := s.putWorkflows(ctx, f, ws[:n]); err != nil {
			return err
		}
		ws = ws[n:]
	}
	return nil
}

// distinct is how many of list, at most limit, come before an id is there twice:
// no transaction has an item twice.
func distinct[T any](list []T, limit int, id func(T) string) int {
	seen := map[string]bool{}
	for i, v := range list {
		if i == limit || seen[id(v)] {
			return i
		}
		seen[id(v)] = true
	}
	return len(list)
}

// putEach writes deployments of different ids. It reads what is stored of them
// first: one that is final costs no write, and one that is known no new entries.
func (s *Store) putEach(ctx context.Context, f slipway.Fence, ds []slipway.Deployment) error {
	return s.redo(ctx, func() error {
		stored, err := s.stored(ctx, ds)
		if err != nil {
			return err
		}
		for len(ds) > 0 {
			writes, n, err := fill(f, ds, stored)
			if err != nil {
				return err
			}
			if err := s.transact(ctx, writes); err != nil {
				return err
			}
			ds = ds[n:]
		}
		return nil
	})
}

// stored reads deployments by their keys, without logs that stand apart.
func (s *Store) stored(ctx context.Context, ds []slipway.Deployment) (map[string]slipway.Deployment, error) {
	keys := make([]key, len(ds))
	for i, d := range ds {
		keys[i] = deploymentKey(d.Environment, d.ID)
	}
	found, err := s.getAll(ctx, keys)
	if err != nil {
		return nil, err
	}
	stored := make(map[string]slipway.Deployment, len(found))
	for _, i := range found {
		d, err := decodeDeployment(i)
		if err != nil {
			return nil, err
		}
		stored[d.ID] = d
	}
	return stored, nil
}

// fill makes one transaction of the first n of ds.
func fill(f slipway.Fence, ds []slipway.Deployment, stored map[string]slipway.Deployment) (writes []write, n int, err error) {
	writes = []write{underFence(f)}
	size := 0
	for _, d := range ds {
		old, known := stored[d.ID]
		if !known || old.Outcome == slipway.Processing {
			r, err := encodeDeployment(d)
			if err != nil {
				return nil, 0, err
			}
			more := r.writes(old, known)
			size += len(r.doc) + len(r.log)
			if n > 0 && (len(writes)+len(more) > maxWrites || size > maxWriteBytes) {
				break
			}
			writes = append(writes, more...)
		}
		n++
	}
	return writes, n, nil
}

// writes puts a deployment in place of old, which is final in no case, and its
// entries into the lists. A mark stays.
func (r record) writes(old slipway.Deployment, known bool) []write {
	k := deploymentKey(r.Environment, r.ID)
	values := item{":doc": bin(r.doc), ":outcome": str(string(r.Outcome))}
	expression := set(attrDoc, ":doc", attrOutcome, ":outcome")
	if r.FirstLive != 0 {
		expression += ", " + attrMark + " = if_not_exists(" + attrMark + ", :mark)"
		values[":mark"] = num(r.FirstLive)
	}
	var writes []write
	switch {
	case r.logApart():
		expression += ", " + attrApart + " = :yes REMOVE " + attrLog
		values[":yes"] = yes()
		writes = append(writes, put(logKey(r.Environment, r.ID), item{attrLog: bin(r.log)}))
	case len(r.log) > 0:
		expression += ", " + attrLog + " = :log REMOVE " + attrApart
		values[":log"] = bin(r.log)
	default:
		expression += " REMOVE " + attrLog + ", " + attrApart
	}
	main := update(k, expression, values).
		when("attribute_not_exists("+attrOutcome+") OR "+attrOutcome+" = :open", item{":open": str(string(slipway.Processing))}, errChanged)
	return append(append([]write{main}, writes...), r.entries(old, known)...)
}

// entries are the writes that keep the lists right.
func (r record) entries(old slipway.Deployment, known bool) []write {
	place := deploymentPlace(r.Sequence, r.Path, r.ID)
	entry := func(workflow string) write {
		return put(key{deploymentsKey(r.Environment, workflow), place}, item{attrRef: str(r.ID)})
	}
	was := deploymentPlace(old.Sequence, old.Path, old.ID)
	moved := !known || was != place
	var writes []write
	if moved {
		writes = append(writes, entry(""))
	}
	if r.Workflow != "" && (moved || old.Workflow != r.Workflow) {
		writes = append(writes, entry(r.Workflow))
	}
	if known && was != place {
		writes = append(writes, remove(key{deploymentsKey(old.Environment, ""), was}))
	}
	if known && old.Workflow != "" && (was != place || old.Workflow != r.Workflow) {
		writes = append(writes, remove(key{deploymentsKey(old.Environment, old.Workflow), was}))
	}
	return writes
}

// putWorkflows writes workflows of different ids. One that a newer sync has seen
// stays, and is left out of the next try.
func (s *Store) putWorkflows(ctx context.Context, f slipway.Fence, ws []slipway.Workflow) error {
	newer := map[string]bool{}
	for {
		writes := []write{underFence(f)}
		for _, w := range ws {
			if newer[w.ID] {
				continue
			}
			doc, err := packFit(w)
			if err != nil {
				return err
			}
			writes = append(writes, put(workflowKey(w.Environment, w.ID), item{attrDoc: bin(doc), attrSeq: num(w.Seen)}).
				whenSeen("attribute_not_exists("+attrSeq+") OR "+attrSeq+" <= :seen", item{":seen": num(w.Seen)}, false, func(item) error {
					newer[w.ID] = true
					return errChanged
				}))
		}
		if err := s.transact(ctx, writes); !errors.Is(err, errChanged) {
			return err
		}
	}
}
