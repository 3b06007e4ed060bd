package slipway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Restore brings back what was live after an earlier release. Holds,
// rejections, freeze, auto-live and offered stay as they are now, and every
// workflow that it moves is held.
type Restore struct {
	Entry
	Release Row // with its state
	// Targets are the deployments that were live in the release and still
	// exist, by id; one that is absent has been pruned.
	Targets map[string]Deployment
	// Partial leaves what cannot be restored as it is, instead of refusing.
	Partial bool
}

// Decide moves every workflow in one row. Without Partial it refuses when a
// target was deleted, rejected or pruned since, or its trigger cannot be had.
// It gives no row when the same deployments are live already.
func (r Restore) Decide(head Row) ([]Row, error) {
	d, left := r.draft(head)
	if len(left) > 0 && !r.Partial {
		return nil, r.refuse(left)
	}
	if !d.moved {
		return nil, nil
	}
	if head.State.IsFrozen(d.row.At) {
		d.note("overrode-freeze")
	}
	for _, id := range sortedKeys(left) {
		d.note("left " + id + ": " + left[id])
	}
	d.note(fmt.Sprintf("restored release %d", r.Release.Number))
	return d.rows()
}

// Left is a workflow that a restore leaves as it is.
type Left struct {
	Workflow string `json:"workflow"`
	Why      string `json:"why"`  // deleted, rejected, pruned or trigger-in-use
	Then     string `json:"then"` // the deployment that was live in the release
	Live     string `json:"live"` // the one that is live now and stays so, "" for none
}

// Preview gives what Decide would change at this head, with Partial where that
// is needed, and what it would leave.
func (r Restore) Preview(head Row) (changes []Change, left []Left) {
	d, why := r.draft(head)
	for _, id := range sortedKeys(why) {
		l := Left{Workflow: id, Why: why[id], Then: r.Release.State.Workflows[id].Live.Deployment}
		if live := head.State.Workflows[id].Live; live != nil {
			l.Live = live.Deployment
		}
		left = append(left, l)
	}
	return d.row.Changes, left
}

// draft moves all that can be restored, and says of the rest why it is left.
func (r Restore) draft(head Row) (d *draft, left map[string]string) {
	d = newDraft(head, r.Entry, CauseRestore)
	moves, downs, left := r.divide(head)
	moves, blocked := settleWith(head.State, moves, downs)
	for id := range blocked {
		left[id] = string(NoteTriggerInUse)
	}
	for _, id := range downs {
		d.takeDown(id)
		d.hold(id)
	}
	for _, t := range moves {
		d.goLive(t)
		d.hold(t.workflow)
	}
	return d, left
}

// divide sorts the workflows of both states into those that move to another
// deployment, those that lose theirs, and those that must stay, with the reason.
func (r Restore) divide(head Row) (moves []target, downs []string, left map[string]string) {
	left = map[string]string{}
	for _, id := range r.workflows(head) {
		now, then := head.State.Workflows[id], r.Release.State.Workflows[id].Live
		switch {
		case then == nil && now.Live != nil:
			downs = append(downs, id)
		case then == nil || now.Live != nil && now.Live.Deployment == then.Deployment:
		case now.Deleted:
			left[id] = "deleted"
		case head.State.IsRejected(then.Code):
			left[id] = string(NoteRejected)
		default:
			t, ok := r.Targets[then.Deployment]
			if !ok || t.Outcome != Valid {
				left[id] = "pruned"
				continue
			}
			moves = append(moves, targetOf(t, head.Number))
		}
	}
	return moves, downs, left
}

func (r Restore) workflows(head Row) []string {
	ids := append(head.State.WorkflowIDs(), r.Release.State.WorkflowIDs()...)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// settleWith is settle where the workflows in downs leave their triggers too.
func settleWith(s State, moves []target, downs []string) ([]target, map[string]string) {
	s = s.clone()
	for _, id := range downs {
		w := s.Workflows[id]
		w.Live = nil
		s.Workflows[id] = w
	}
	return settle(s, moves)
}

func (r Restore) refuse(left map[string]string) error {
	var what []string
	for _, id := range sortedKeys(left) {
		what = append(what, id+" ("+left[id]+")")
	}
	return fault.New(fault.Conflict, "not-restorable", "release %d cannot be restored whole: %s", r.Release.Number, strings.Join(what, ", ")).
		WithHint("restore the rest and leave these as they are with --partial").
		WithFix("restore", fault.EnvArg, fmt.Sprint(r.Release.Number), "--partial")
}
