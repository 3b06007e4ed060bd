package slipway

// Delete removes a workflow: nothing of it is live and it is not listed. What
// automation brought of it is remembered, so that only a newer sync that finds
// its file brings it back.
type Delete struct {
	Entry
	Workflow string
	From     string // the live deployment that the person saw, "" if they did not say
}

// Decide gives no row for a workflow that is deleted already.
func (c Delete) Decide(head Row) ([]Row, error) {
	w := head.State.Workflows[c.Workflow]
	if w.Deleted {
		return nil, nil
	}
	if err := sawLive(c.Workflow, w, c.From); err != nil {
		return nil, err
	}
	d := draftOf(head, c.Entry, CauseDelete, About{Workflow: c.Workflow})
	d.takeDown(c.Workflow)
	d.endHold(c.Workflow)
	w = d.workflow(c.Workflow)
	w.Deleted = true
	d.set(c.Workflow, w)
	return d.rows()
}
