package slipway

import "github.com/slipway-dev/slipway/internal/fault"

// Reject marks a deployment's code, so that no deployment that shares it can go
// live until it is accepted. If it is live, the previous one takes its place.
type Reject struct {
	Entry
	Target Deployment
	// Previous is what a roll back of the workflow would go to, nil if nothing.
	Previous *Deployment
	From     string // the live deployment that the person saw, "" if they did not say
}

// Decide marks the code and replaces what is live of it, in one row. Where
// there is no previous deployment, or its trigger belongs to another workflow by
// now, nothing is live afterwards. It gives no row for code that is marked
// already.
func (r Reject) Decide(head Row) ([]Row, error) {
	id := r.Target.Workflow
	w := head.State.Workflows[id]
	if r.Target.Outcome != Valid {
		return nil, fault.New(fault.Invalid, "not-valid", "%s has no code to reject: its check says %s", r.Target.ID, r.Target.Outcome).
			WithHint("a deployment that is not valid never goes live")
	}
	if head.State.IsRejected(r.Target.Code) {
		return nil, nil
	}
	if err := sawLive(id, w, r.From); err != nil {
		return nil, err
	}
	d := draftOf(head, r.Entry, CauseReject, aboutOf(r.Target))
	d.row.State.Rejected[r.Target.Code] = Rejection{
		Workflow: id, Deployment: r.Target.ID, Actor: r.Actor, At: d.row.At, Reason: r.Reason,
	}
	d.moved = true
	if w.Live != nil && w.Live.Code == r.Target.Code {
		d.replace(id, r.Previous)
		if d.workflow(id).Live != nil && head.State.IsFrozen(d.row.At) {
			d.note("overrode-freeze")
		}
	}
	return d.rows()
}

// replace makes previous live, or nothing where that cannot be.
func (d *draft) replace(id string, previous *Deployment) {
	if previous != nil {
		t := targetOf(*previous, d.row.Number-1)
		if other := d.row.State.LiveOn(t.Trigger); other == "" || other == id {
			d.goLive(t)
			return
		}
		d.note("previous-trigger-in-use")
	}
	d.takeDown(id)
}

// Accept takes the rejection off a deployment's code. It makes nothing live.
type Accept struct {
	Entry
	Target Deployment
	From   string // the live deployment that the person saw, "" if they did not say
}

// Decide gives no row for code that is not rejected.
func (a Accept) Decide(head Row) ([]Row, error) {
	if !head.State.IsRejected(a.Target.Code) {
		return nil, nil
	}
	if err := sawLive(a.Target.Workflow, head.State.Workflows[a.Target.Workflow], a.From); err != nil {
		return nil, err
	}
	d := draftOf(head, a.Entry, CauseAccept, aboutOf(a.Target))
	delete(d.row.State.Rejected, a.Target.Code)
	d.moved = true
	return d.rows()
}
