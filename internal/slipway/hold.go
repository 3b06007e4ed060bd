package slipway

import "github.com/slipway-dev/slipway/internal/fault"

// SetHold keeps automation away from a workflow; what is live stays live.
type SetHold struct {
	Entry
	Workflow string
}

// Decide sets the hold. A workflow that is held already keeps its first hold,
// and there is no row.
func (h SetHold) Decide(head Row) ([]Row, error) {
	if err := refuseDeleted(head.State, h.Workflow); err != nil {
		return nil, err
	}
	d := draftOf(head, h.Entry, CauseHold, About{Workflow: h.Workflow})
	if d.workflow(h.Workflow).Hold == nil {
		d.hold(h.Workflow)
	}
	return d.rows()
}

// Lift ends a workflow's hold and, in the same row, makes what automation
// brought last live, if nothing else keeps that back.
type Lift struct {
	Entry
	Workflow string
}

// Decide gives no row when there is no hold.
func (l Lift) Decide(head Row) ([]Row, error) {
	d := draftOf(head, l.Entry, CauseLift, About{Workflow: l.Workflow})
	if d.workflow(l.Workflow).Hold == nil {
		return nil, nil
	}
	d.endHold(l.Workflow)
	for _, t := range d.waiting(l.Workflow) {
		d.goLive(t)
	}
	return d.rows()
}

// waiting are the offered deployments of these workflows that may go live now,
// settled among each other.
func (d *draft) waiting(workflows ...string) []target {
	var moves []target
	for _, id := range workflows {
		w := d.workflow(id)
		if w.Offered == nil || w.Deleted {
			continue
		}
		if t := (target{id, *w.Offered}); keptBack(d.row.State, t, d.row.At) == "" {
			moves = append(moves, t)
		}
	}
	moves, _ = settle(d.row.State, moves)
	return moves
}

// Deactivate leaves a workflow without a live deployment, and sets a hold so
// that it stays so.
type Deactivate struct {
	Entry
	Workflow string
	From     string // the live deployment that the person saw, "" if they did not say
}

// Decide gives no row when nothing is live and a hold is there already.
func (c Deactivate) Decide(head Row) ([]Row, error) {
	w := head.State.Workflows[c.Workflow]
	if err := refuseDeleted(head.State, c.Workflow); err != nil {
		return nil, err
	}
	if w.Live == nil && w.Hold != nil {
		return nil, nil
	}
	if err := sawLive(c.Workflow, w, c.From); err != nil {
		return nil, err
	}
	d := draftOf(head, c.Entry, CauseDeactivate, About{Workflow: c.Workflow})
	d.takeDown(c.Workflow)
	d.hold(c.Workflow)
	return d.rows()
}

func refuseDeleted(s State, workflow string) error {
	if !s.Workflows[workflow].Deleted {
		return nil
	}
	return fault.New(fault.NotFound, "workflow-deleted", "workflow %q was deleted", workflow).
		WithHint("a sync that finds its file brings it back").
		WithFix("sync", fault.EnvArg)
}
