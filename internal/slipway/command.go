package slipway

import (
	"slices"
	"unicode/utf8"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Command is something a person asks of the ledger. Decide reads the head and
// returns the rows to append, in order. No rows means that what was asked for
// is so already. A refusal is a fault, and then nothing is written.
//
// Decide is pure: the same head and command give the same answer. Whoever loses
// the race to append reads the new head and decides again.
type Command interface {
	Decide(head Row) ([]Row, error)
}

// Validate refuses words that the ledger does not store.
func (e Entry) Validate() error {
	if len(e.Reason) > MaxReason || !utf8.ValidString(e.Reason) {
		return fault.New(fault.Invalid, "bad-reason", "a reason is UTF-8 text of at most %d bytes", MaxReason).
			WithHint("shorten it, and link to the long story")
	}
	return e.Actor.Validate()
}

// target is a deployment as the ledger copies it.
type target struct {
	workflow string
	Offered
}

func targetOf(d Deployment, head int64) target {
	return target{d.Workflow, Offered{
		Deployment: d.ID, Sequence: d.Sequence, Digest: d.Digest, Trigger: d.Settings.Trigger,
		Code: d.Code, Commit: d.Commit.SHA, WasLive: d.WasLive(head),
	}}
}

// draft is a row being made: the head's state, changed step by step.
type draft struct {
	row   Row
	moved bool // the state differs from the head's
}

// newDraft begins a row about the whole environment.
func newDraft(head Row, e Entry, cause Cause) *draft {
	at := e.At.UTC()
	if at.Before(head.At) {
		at = head.At
	}
	return &draft{row: Row{
		Number: head.Number + 1, ID: e.ID, At: at, Actor: e.Actor, Cause: cause, Reason: e.Reason,
		Changes: []Change{}, State: head.State.clone(),
	}}
}

// draftOf begins the row of a person's command about one workflow.
func draftOf(head Row, e Entry, cause Cause, a About) *draft {
	d := newDraft(head, e, cause)
	d.row.About = &a
	return d
}

// aboutOf is what a command names that names a deployment.
func aboutOf(d Deployment) About {
	return About{Workflow: d.Workflow, Deployment: d.ID, Commit: d.Commit.SHA}
}

func (d *draft) workflow(id string) WorkflowState { return d.row.State.Workflows[id] }

func (d *draft) set(id string, w WorkflowState) {
	d.row.State.Workflows[id] = w
	d.moved = true
}

// goLive makes t live in place of whatever is.
func (d *draft) goLive(t target) {
	w := d.workflow(t.workflow)
	c := Change{Workflow: t.workflow, To: t.Deployment, ToCommit: t.Commit, ToCode: t.Code, First: !t.WasLive}
	if w.Live != nil {
		c.From, c.FromCommit = w.Live.Deployment, w.Live.Commit
	}
	d.row.Changes = append(d.row.Changes, c)
	w.Live = &Live{
		Deployment: t.Deployment, Sequence: t.Sequence, Digest: t.Digest, Trigger: t.Trigger, Code: t.Code,
		Commit: t.Commit, Since: d.row.At, Actor: d.row.Actor, Release: d.row.Number,
	}
	w.EverLive = true
	if w.Offered != nil && w.Offered.Deployment == t.Deployment {
		o := *w.Offered
		o.WasLive = true
		w.Offered = &o
	}
	d.set(t.workflow, w)
}

// takeDown leaves the workflow without a live deployment.
func (d *draft) takeDown(id string) {
	w := d.workflow(id)
	if w.Live == nil {
		return
	}
	d.row.Changes = append(d.row.Changes, Change{Workflow: id, From: w.Live.Deployment, FromCommit: w.Live.Commit})
	w.Live = nil
	d.set(id, w)
}

// hold sets a hold in this row's name, in place of any there was.
func (d *draft) hold(id string) {
	w := d.workflow(id)
	w.Hold = &Hold{Actor: d.row.Actor, At: d.row.At, Reason: d.row.Reason, Cause: d.row.Cause}
	d.set(id, w)
	d.say(id, HoldSet)
}

// say records what became of the hold of the workflow that the row is about.
func (d *draft) say(id string, moved HoldMoved) {
	if d.row.About != nil && d.row.About.Workflow == id {
		d.row.About.Hold = moved
	}
}

func (d *draft) endHold(id string) {
	w := d.workflow(id)
	if w.Hold != nil {
		w.Hold = nil
		d.set(id, w)
		d.say(id, HoldEnded)
	}
}

func (d *draft) note(text string) {
	if !slices.Contains(d.row.Notes, text) {
		d.row.Notes = append(d.row.Notes, text)
	}
}

// rows ends the draft of a person's command: one row, or none when it changed
// nothing. The state must stay within MaxSafetyBytes.
func (d *draft) rows() ([]Row, error) {
	if !d.moved {
		return nil, nil
	}
	if err := d.row.State.fits(MaxSafetyBytes); err != nil {
		return nil, err
	}
	return []Row{d.row}, nil
}

// refuseTriggerInUse is the fault for a person whose target's trigger belongs
// to another live workflow.
func refuseTriggerInUse(t target, other string) error {
	return fault.New(fault.Conflict, "trigger-in-use",
		"%s cannot go live: workflow %q is live on its trigger %s", t.Deployment, other, t.Trigger).
		WithHint("a trigger runs one workflow; deactivate %q first", other).
		WithFix("deactivate", fault.EnvArg, other)
}
