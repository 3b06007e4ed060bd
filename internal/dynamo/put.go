package dynamo

import (
	"context"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// PutDeployments implements control.Deployments, in transactions of what fits.
func (s *Store) PutDeployments(ctx context.Context, f slipway.Fence, ds []slipway.Deployment, ws []slipway.Workflow) error {
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
	return s.translate(ctx, "put deployments", s.redo(ctx, func() error { return s.putDeployments(ctx, f, ds, ws) }))
}

// putDeployments reads what is stored, and writes what is not yet as it should be.
// Each group of writes stands for itself: after those before it, any number of
// them leaves records that are true, and a next call goes on.
func (s *Store) putDeployments(ctx context.Context, f slipway.Fence, ds []slipway.Deployment, ws []slipway.Workflow) error {
	groups, err := s.deploymentWrites(ctx, f.Environment, settled(ds))
	if err != nil {
		return err
	}
	sheets, err := s.sheetWrites(ctx, f.Environment, ws)
	if err != nil {
		return err
	}
	for _, writes := range fenced(f, append(groups, sheets...)) {
		if err := s.transact(ctx, writes); err != nil {
			return err
		}
	}
	return nil
}

// fenced divides groups into transactions, each under f: one at least, so that a
// fence that does not hold is told whatever there is to write.
func fenced(f slipway.Fence, groups [][]write) [][]write {
	parts := [][]write{{underFence(f)}}
	size := 0
	for _, g := range groups {
		more := 0
		for _, w := range g {
			more += w.size()
		}
		last := &parts[len(parts)-1]
		if len(*last) > 1 && (len(*last)+len(g) > maxWrites || size+more > maxWriteBytes) {
			parts = append(parts, []write{underFence(f)})
			last, size = &parts[len(parts)-1], 0
		}
		*last, size = append(*last, g...), size+more
	}
	return parts
}

// settled gives each deployment once: as it was first final, else as it is last.
func settled(ds []slipway.Deployment) []slipway.Deployment {
	at := map[string]int{}
	var once []slipway.Deployment
	for _, d := range ds {
		i, again := at[d.ID]
		switch {
		case !again:
			at[d.ID] = len(once)
			once = append(once, d)
		case once[i].Outcome == slipway.Processing:
			once[i] = d
		}
	}
	return once
}

// deploymentWrites are what putting ds takes: entries for their workflows, which
// lead to nothing until the deployments are found; then the lists of what was
// found; then the deployments that are checked.
func (s *Store) deploymentWrites(ctx context.Context, env string, ds []slipway.Deployment) ([][]write, error) {
	if len(ds) == 0 {
		return nil, nil
	}
	var keys []key
	var sequences []int64
	for _, d := range ds {
		keys, sequences = append(keys, deploymentKey(env, d.ID)), append(sequences, d.Sequence)
	}
	stored, err := s.getAll(ctx, append(keys, findsKeys(env, sequences)...))
	if err != nil {
		return nil, err
	}
	lists, err := findsAmong(stored)
	if err != nil {
		return nil, err
	}
	var entries, records [][]write
	for i, d := range ds {
		if stored[keys[i]] != nil {
			continue // it is final
		}
		l := lists[d.Sequence]
		if l == nil {
			l = newFinds(d.Sequence)
			lists[d.Sequence] = l
		}
		was, known := l.at(d.ID)
		if !known || d.Outcome == slipway.Processing {
			l.put(d)
			now, _ := l.at(d.ID)
			entries = grouped(entries, entryMoves(env, d.Sequence, was, now))
			was = now
		}
		if d.Outcome == slipway.Processing {
			continue
		}
		r, err := encodeDeployment(d)
		if err != nil {
			return nil, err
		}
		now := was
		now.Workflow = d.Workflow
		records = grouped(records, append(r.writes(), entryMoves(env, d.Sequence, was, now)...))
	}
	for _, l := range lists {
		if l.dirty {
			w, err := l.write(env)
			if err != nil {
				return nil, err
			}
			entries = grouped(entries, []write{w})
		}
	}
	return append(entries, records...), nil
}

func grouped(groups [][]write, g []write) [][]write {
	if len(g) == 0 {
		return groups
	}
	return append(groups, g)
}

// entryMoves are the writes that put a deployment into the list of the workflow
// that it has now, and take it out of that which it had.
func entryMoves(env string, sequence int64, was, now find) []write {
	from, to := was.place(sequence), now.place(sequence)
	if was.Workflow == now.Workflow && (from == to || now.Workflow == "") {
		return nil
	}
	var moves []write
	if now.Workflow != "" {
		moves = append(moves, put(workflowEntryKey(env, now.Workflow, to), item{attrRef: str(now.ID)}))
	}
	if was.Workflow != "" {
		moves = append(moves, remove(workflowEntryKey(env, was.Workflow, from)))
	}
	return moves
}
