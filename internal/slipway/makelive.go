package slipway

import "github.com/slipway-dev/slipway/internal/fault"

// MakeLive is a person's choice of what is live: any valid deployment whose
// code is not rejected. An older one sets a hold; the newest ends it.
type MakeLive struct {
	Entry
	Target Deployment
	// Newest is the sequence of the workflow's newest valid deployment whose
	// code is not rejected.
	Newest int64
	// From is the live deployment that the person saw, "" if they did not say:
	// the command is refused when another is live by now.
	From string
	// Override lets a deployment that never was live go live during a freeze.
	Override bool
}

// Decide makes the target live in one row, with cause roll-back when it goes
// back behind the live one. It gives no row when the target is live already.
func (m MakeLive) Decide(head Row) ([]Row, error) {
	t, w := targetOf(m.Target, head.Number), head.State.Workflows[m.Target.Workflow]
	if err := mayMakeLive(head.State, m.Target); err != nil {
		return nil, err
	}
	if w.Live != nil && w.Live.Deployment == t.Deployment {
		return nil, nil
	}
	if err := sawLive(t.workflow, w, m.From); err != nil {
		return nil, err
	}
	cause := CauseMakeLive
	if w.Live != nil && t.Sequence < w.Live.Sequence {
		cause = CauseRollBack
	}
	d := draftOf(head, m.Entry, cause, aboutOf(m.Target))
	if head.State.IsFrozen(d.row.At) {
		if !t.WasLive && !m.Override {
			return nil, refuseFrozen(head.State, t)
		}
		d.note("overrode-freeze")
	}
	if other := head.State.LiveOn(t.Trigger); other != "" && other != t.workflow {
		return nil, refuseTriggerInUse(t, other)
	}
	if w.Hold != nil {
		d.note("overrode-hold")
	}
	d.goLive(t)
	if m.Target.Sequence < m.Newest { // something newer waits: the choice needs a hold to stay
		d.hold(t.workflow)
	} else {
		d.endHold(t.workflow)
	}
	return d.rows()
}

// mayMakeLive refuses a target that nobody can make live as it is.
func mayMakeLive(s State, d Deployment) error {
	switch {
	case d.Outcome != Valid:
		return fault.New(fault.Invalid, "not-valid", "%s cannot be live: its check says %s", d.ID, d.Outcome).
			WithHint("only a deployment that was found valid can be live; its build log says what is wrong").
			WithFix("show", fault.EnvArg, d.ID)
	case s.Workflows[d.Workflow].Deleted:
		return fault.New(fault.NotFound, "workflow-deleted", "workflow %q was deleted", d.Workflow).
			WithHint("a sync that finds its file brings it back").
			WithFix("sync", fault.EnvArg)
	case s.IsRejected(d.Code):
		r := s.Rejected[d.Code]
		return fault.New(fault.Held, "rejected", "%s cannot be live: its code was rejected by %s%s", d.ID, r.Actor, quoted(r.Reason)).
			WithHint("accept the code first").
			WithFix("accept", fault.EnvArg, d.Workflow, d.ID)
	}
	return nil
}

// sawLive refuses a command that was given in view of another live deployment.
func sawLive(workflow string, w WorkflowState, from string) error {
	live := ""
	if w.Live != nil {
		live = w.Live.Deployment
	}
	if from == "" || from == live {
		return nil
	}
	now := "nothing is live"
	if live != "" {
		now = live + " is live"
	}
	return fault.New(fault.Conflict, "live-changed", "%s is not the live deployment of %q: %s by now", from, workflow, now).
		WithHint("look again, then decide again").
		WithFix("show", fault.EnvArg, workflow)
}

func refuseFrozen(s State, t target) error {
	return fault.New(fault.Held, "frozen", "the environment is frozen by %s%s, and %s never was live",
		s.Freeze.Actor, quoted(s.Freeze.Reason), t.Deployment).
		WithHint("thaw the environment, or override the freeze for this one deployment").
		WithFix("thaw", fault.EnvArg).
		WithFix("live", fault.EnvArg, t.workflow, t.Deployment, "--override")
}

// quoted is a person's words for use in a sentence: `, "words"`, or nothing.
func quoted(reason string) string {
	if reason == "" {
		return ""
	}
	return ` ("` + reason + `")`
}
