package dynamo

import (
	"context"
	"errors"
	"slices"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// errStored says that a row's id is taken: the row is stored.
var errStored = errors.New("the row is stored")

// errPruned says that deployments were pruned since they were looked for.
var errPruned = errors.New("deployments were pruned meanwhile")

// entry is a row as it is written.
type entry struct {
	slipway.Row
	doc      []byte
	state    []byte
	resolved []byte
}

func encodeRow(row slipway.Row) (entry, error) {
	doc, err := packFit(row)
	if err != nil {
		return entry{}, err
	}
	state, err := row.State.Encode()
	if err != nil {
		return entry{}, fault.Wrap(err, fault.Internal, "bad-record", "a ledger state cannot be written")
	}
	if len(state) > slipway.MaxSafetyBytes {
		return entry{}, fault.New(fault.Invalid, "state-too-large", "the environment's state would take %d KiB, over the store's limit of %d KiB",
			len(state)>>10, slipway.MaxSafetyBytes>>10).WithHint("accept or delete what is no longer needed")
	}
	resolved, err := packFit(slipway.ResolvedOf(row))
	return entry{row, doc, state, resolved}, err
}

// writes puts a row: its id, its state, its place in the list. The document
// stands beside the state too, unless both do not fit, so that reading the head
// reads one item.
func (e entry) writes(env string) []write {
	moved := control.LedgerMoved(e.Number)
	state := item{attrState: bin(e.state)}
	if len(e.state)+len(e.doc) <= maxItem {
		state[attrDoc] = bin(e.doc)
	}
	return []write{
		put(rowIDKey(env, e.ID), item{attrNumber: num(e.Number)}).when(absent, nil, errStored),
		put(stateKey(env, e.Number), state).when(absent, nil, moved),
		put(rowKey(env, e.Number), item{attrDoc: bin(e.doc)}).when(absent, nil, moved),
	}
}

// resolves puts what the row leaves live on each trigger in place of what the one
// before left.
func (e entry) resolves(env, slug string) write {
	return put(resolvedKey(slug), item{attrDoc: bin(e.resolved), attrEnv: str(env)})
}

// Append implements control.Ledger. A fence that no longer holds is said before
// a moved ledger: who lost the lease has nothing to decide again.
func (s *Store) Append(ctx context.Context, env string, row slipway.Row, f *slipway.Fence) (slipway.Row, error) {
	e, err := encodeRow(row)
	if err != nil {
		return slipway.Row{}, err
	}
	err = s.repeat(ctx, func() error { return s.append(ctx, env, e, f) }, func(err error) bool { return errors.Is(err, errPruned) })
	if err == nil {
		s.known.sawRow(env, row.Number)
		row.LastSync = 0
		return row, nil
	}
	if _, refused := errors.AsType[*fault.Fault](err); refused || errors.Is(err, errStored) {
		// Whatever refused it: a row that is stored is the answer.
		stored, unknown := s.rowByID(ctx, env, row.ID)
		if unknown == nil {
			return stored, nil
		}
		if !fault.Is(unknown, fault.NotFound) {
			err = unknown
		}
	}
	return slipway.Row{}, s.translate(ctx, "append", err)
}

// append does it once.
func (s *Store) append(ctx context.Context, env string, e entry, f *slipway.Fence) error {
	if f != nil && f.Environment != env {
		return control.LeaseLost(*f)
	}
	allowed := e.allowed(env, f)
	follows, err := s.follows(ctx, env, e.Number)
	if err != nil {
		return err
	}
	if !follows {
		if err := s.transact(ctx, allowed); err != nil {
			return err
		}
		return control.LedgerMoved(e.Number)
	}
	slug, err := s.slugOf(ctx, env)
	if err != nil {
		return err
	}
	row := append(e.writes(env), e.resolves(env, slug)) // with slipway.MaxFirstMarks marks nothing else fits
	changes, gate, err := s.changes(ctx, env, e, maxWrites-len(row)-len(allowed))
	if err != nil {
		return err
	}
	switch {
	case gate != nil && f == nil && e.LastSync == 0:
		allowed = []write{*gate} // no transaction has an item twice
	case gate != nil:
		allowed = append(allowed, *gate)
	}
	return s.transact(ctx, slices.Concat(row[:1], allowed, row[1:], changes))
}

// allowed are the conditions for writing the row at all: that its fence holds, that
// what it takes for granted is so, and that the environment was not removed, which
// each of the two says too.
func (e entry) allowed(env string, f *slipway.Fence) []write {
	var conditions []write
	if f != nil {
		conditions = append(conditions, underFence(*f))
	}
	if e.LastSync > 0 {
		conditions = append(conditions, passSlot(env, e.LastSync))
	}
	if len(conditions) == 0 {
		conditions = append(conditions, passGate(env))
	}
	return conditions
}

// follows reports whether the row before n is stored, so that n leaves no gap. A
// row never goes, so what was seen once need not be read again.
func (s *Store) follows(ctx context.Context, env string, n int64) (bool, error) {
	switch {
	case n < 1:
		return false, nil
	case n == 1 || s.known.get(env).row >= n-1:
		return true, nil
	}
	_, err := s.get(ctx, rowKey(env, n-1))
	if errors.Is(err, errAbsent) {
		return false, nil
	}
	return err == nil, err
}

// changes are the writes that a row's changes need, at most room: a mark on each
// first go-live, and for every other deployment that goes live a look that it is
// stored. Where those are too many for one transaction, as in a large restore,
// all are looked for first, and gate asks that no pruner came between.
func (s *Store) changes(ctx context.Context, env string, e entry, room int) (writes []write, gate *write, err error) {
	marks, looks := marksOf(env, e)
	if len(marks)+len(looks) <= room {
		return append(marks, looks...), nil, nil
	}
	if len(marks) >= room { // the gate takes one
		return nil, nil, control.TooManyRecords(len(marks))
	}
	seen, err := s.get(ctx, gateKey(env))
	if err != nil && !errors.Is(err, errAbsent) {
		return nil, nil, err
	}
	keys := make([]key, len(looks))
	for i, l := range looks {
		keys[i] = keyOf(l.ConditionCheck.Key)
	}
	found, err := s.getAll(ctx, keys)
	if err != nil {
		return nil, nil, err
	}
	for i, k := range keys {
		if found[k] == nil {
			return append(marks, looks[i]), nil, nil // which fails, after what matters more
		}
	}
	unpruned := passUnpruned(env, seen)
	return marks, &unpruned, nil
}

// passUnpruned is passGate that asks for a gate as it was seen besides.
func passUnpruned(env string, seen item) write {
	condition, values := "attribute_not_exists("+attrPrunes+")", item(nil)
	if has(seen, attrPrunes) {
		condition, values = attrPrunes+" = :was", item{":was": seen[attrPrunes]}
	}
	return check(gateKey(env)).whenOld("attribute_not_exists("+attrRemoved+") AND "+condition, values, func(old item) error {
		if has(old, attrRemoved) {
			return control.EnvironmentRemoved()
		}
		return errPruned
	})
}

// marksOf divides what a row makes live into first go-lives and others.
func marksOf(env string, e entry) (marks, looks []write) {
	first := map[string]bool{}
	for _, c := range e.Changes {
		if c.To != "" {
			first[c.To] = first[c.To] || c.First
		}
	}
	for _, c := range e.Changes {
		isFirst, todo := first[c.To]
		if !todo {
			continue
		}
		delete(first, c.To)
		k, gone := deploymentKey(env, c.To), control.DeploymentGone(c.To)
		if isFirst {
			set := "SET " + attrMark + " = if_not_exists(" + attrMark + ", :mark)"
			marks = append(marks, update(k, set, item{":mark": num(e.Number)}).when(there, nil, gone))
		} else {
			looks = append(looks, check(k).when(there, nil, gone))
		}
	}
	return marks, looks
}
