package slipway

import (
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// SetFreeze stops automation in the whole environment, until Until or, when
// that is nil, until it is thawed.
type SetFreeze struct {
	Entry
	Until *time.Time
}

// Decide sets the freeze in place of any other. It gives no row when the same
// freeze is there already, and refuses an end that is past.
func (f SetFreeze) Decide(head Row) ([]Row, error) {
	d := newDraft(head, f.Entry, CauseFreeze)
	if f.Until != nil && !f.Until.After(d.row.At) {
		return nil, fault.New(fault.Invalid, "bad-freeze", "the freeze would have ended at %s already", f.Until.UTC().Format(time.RFC3339)).
			WithHint("give an end that is still to come, or none").
			WithFix("freeze", fault.EnvArg)
	}
	if old := head.State.Freeze; old != nil && head.State.IsFrozen(d.row.At) && sameTime(old.Until, f.Until) {
		return nil, nil
	}
	freeze := Freeze{Actor: f.Actor, At: d.row.At, Reason: f.Reason}
	if f.Until != nil {
		until := f.Until.UTC()
		freeze.Until = &until
		d.note("until " + until.Format(time.RFC3339))
	}
	d.row.State.Freeze = &freeze
	d.moved = true
	return d.rows()
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// Thaw ends a freeze and makes live what automation brought meanwhile, for
// every workflow without a hold.
type Thaw struct {
	Entry
	Done int // rows of this command that are written already
}

// Decide gives no row when there is no freeze. Where more deployments go live
// for the first time than a row can mark, the freeze ends with the last row.
func (t Thaw) Decide(head Row) ([]Row, error) {
	if head.State.Freeze == nil {
		return nil, nil
	}
	thawed := newDraft(head, t.Entry, CauseThaw)
	thawed.row.State.Freeze = nil
	parts := batches(head.State, thawed.waiting(thawed.row.State.WorkflowIDs()...))
	if len(parts) == 0 {
		parts = [][]target{nil}
	}
	var rows []Row
	for i, part := range parts {
		d := newDraft(head, t.Entry, CauseThaw)
		for _, target := range part {
			d.goLive(target)
		}
		if len(parts)+t.Done > 1 {
			d.row.Part, d.row.Of = t.Done+i+1, t.Done+len(parts)
		}
		if i == len(parts)-1 {
			d.row.State.Freeze = nil
		} else {
			d.row.ID = partID(t.Entry.ID, d.row.Changes)
		}
		head = d.row
		rows = append(rows, head)
	}
	err := rows[len(rows)-1].State.fits(MaxSafetyBytes)
	return rows, err
}

// partID names a row that is not the last of its command after what it does,
// so that a later try that has other work left does not take it for its own.
func partID(command string, changes []Change) string {
	parts := []string{command}
	for _, c := range changes {
		parts = append(parts, c.Workflow, c.From, c.To)
	}
	return RowID(parts...)
}

// SetAutoLive switches whether automation makes new deployments live. It moves
// nothing by itself: the next sync, a lift or a thaw does.
type SetAutoLive struct {
	Entry
	On bool
}

// Decide gives no row when the switch stands so already.
func (a SetAutoLive) Decide(head Row) ([]Row, error) {
	cause := CauseAutoLiveOn
	if !a.On {
		cause = CauseAutoLiveOff
	}
	d := newDraft(head, a.Entry, cause)
	d.moved = head.State.AutoLiveOff == a.On
	d.row.State.AutoLiveOff = !a.On
	return d.rows()
}
