package slipway

import "time"

// Status is what a deployment is now. It is derived from the deployment's
// outcome, its mark and the head of the ledger, and stored nowhere.
type Status string

// The six statuses.
const (
	StatusProcessing  Status = "Processing"  // outcome not known yet
	StatusFailed      Status = "Failed"      // found not valid
	StatusLive        Status = "Live"        // the head says so
	StatusDeactivated Status = "Deactivated" // was live once, is not now
	StatusDraft       Status = "Draft"       // valid, and its workflow never had a live deployment
	StatusDeployed    Status = "Deployed"    // valid, none of the above
)

// Note is a short code beside a status, or the reason why automation did not
// make a deployment live.
type Note string

// The notes.
const (
	NoteLive        Note = "live"
	NoteHeld        Note = "held"
	NoteRejected    Note = "rejected"
	NoteFrozen      Note = "frozen"
	NoteAutoLiveOff Note = "auto-live-off"
	NoteSuperseded  Note = "superseded"
	NoteUnchanged   Note = "unchanged"
	NoteMissing     Note = "missing"
	NoteRefused     Note = "refused" // the environment has no room for its workflow

	NoteTriggerInUse Note = "trigger-in-use"
)

// StatusOf derives d's status at head.
func StatusOf(d Deployment, head Row) Status {
	w := head.State.Workflows[d.Workflow]
	switch {
	case d.Outcome == Processing:
		return StatusProcessing
	case d.Outcome != Valid:
		return StatusFailed
	case w.Live != nil && w.Live.Deployment == d.ID:
		return StatusLive
	case d.WasLive(head.Number):
		return StatusDeactivated
	case !w.EverLive:
		return StatusDraft
	}
	return StatusDeployed
}

// NotesOf derives the notes beside d's status at head and time at; missing says
// whether the file of d's workflow is.
func NotesOf(d Deployment, missing bool, head Row, at time.Time) []Note {
	notes := []Note{}
	if d.Unchanged {
		notes = append(notes, NoteUnchanged)
	}
	if d.Outcome != Valid {
		return notes
	}
	if w := head.State.Workflows[d.Workflow]; missing && w.Live != nil && w.Live.Deployment == d.ID {
		notes = append(notes, NoteMissing)
	}
	if head.State.IsRejected(d.Code) {
		notes = append(notes, NoteRejected)
	}
	if n := KeptBack(head.State, targetOf(d, head.Number).Offered, d.Workflow, at); n != "" && n != NoteLive && n != NoteRejected {
		if n != NoteSuperseded || !d.WasLive(head.Number) {
			notes = append(notes, n)
		}
	}
	return notes
}

// KeptBack returns the note that says what keeps automation from making o live
// for workflow now: NoteLive if it is, NoteSuperseded if a newer one was
// offered, "" if nothing does.
func KeptBack(s State, o Offered, workflow string, at time.Time) Note {
	w := s.Workflows[workflow]
	if w.Live != nil && w.Live.Deployment == o.Deployment {
		return NoteLive
	}
	if w.Offered != nil && w.Offered.Sequence > o.Sequence {
		return NoteSuperseded
	}
	if n := keptBack(s, target{workflow, o}, at); n != "" {
		return n
	}
	if w.Live != nil && w.Live.Trigger == o.Trigger { // then no other is live on it
		return ""
	}
	if other := s.LiveOn(o.Trigger); other != "" && other != workflow {
		return NoteTriggerInUse
	}
	return ""
}

// Waiting reports whether something that automation brought could go live at
// this time and is not: the next sync would bring it.
func (s State) Waiting(at time.Time) bool {
	for id, w := range s.Workflows {
		if w.Offered != nil && !w.Deleted && KeptBack(s, *w.Offered, id, at) == "" {
			return true
		}
	}
	return false
}

// WorkflowStatus derives w's status at head: Live if it has a live deployment,
// else that of its newest valid deployment, else of its newest.
func WorkflowStatus(w Workflow, head Row) Status {
	s := head.State.Workflows[w.ID]
	switch {
	case s.Live != nil:
		return StatusLive
	case w.LatestValid == nil:
		return StatusFailed
	}
	return RefStatus(w, *w.LatestValid, head)
}

// RefStatus derives the status of a deployment that w remembers.
func RefStatus(w Workflow, ref DeploymentRef, head Row) Status {
	d := Deployment{ID: ref.ID, Workflow: w.ID, Sequence: ref.Sequence, Outcome: ref.Outcome}
	if o := head.State.Workflows[w.ID].Offered; o != nil && o.Deployment == ref.ID && o.WasLive {
		d.FirstLive = head.Number
	}
	return StatusOf(d, head)
}

// KeptBackBy is KeptBack for a valid deployment.
func KeptBackBy(s State, d Deployment, at time.Time) Note {
	return KeptBack(s, targetOf(d, 0).Offered, d.Workflow, at)
}
