package slipway

import (
	"fmt"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// WhyCode is the stable code of an explanation.
type WhyCode string

// The codes of Why.
const (
	WhyLiveNewest   WhyCode = "live-newest"    // live, and nothing newer is valid
	WhyNewestFailed WhyCode = "newest-failed"  // live, because the newest did not pass its check
	WhyHeld         WhyCode = "held"           // a hold keeps what is live, or nothing, in place
	WhyRejected     WhyCode = "rejected"       // the newest valid code was rejected
	WhyFrozen       WhyCode = "frozen"         // the environment is frozen
	WhyAutoLiveOff  WhyCode = "auto-live-off"  // the newest waits for a person
	WhyTriggerInUse WhyCode = "trigger-in-use" // another workflow is live on its trigger
	WhyMissing      WhyCode = "missing"        // live, though the repository no longer has its file
	WhyNeverValid   WhyCode = "never-valid"    // no deployment ever passed its check
	WhyWaiting      WhyCode = "waiting"        // nothing keeps the newest back: the next sync brings it
	WhyNoRoom       WhyCode = "no-room"        // the environment has as many workflows as it may have
	WhyDeleted      WhyCode = "deleted"
)

// Why says in one line why a workflow is or is not live, and what would change
// that.
type Why struct {
	Code  WhyCode     `json:"code"`
	Text  string      `json:"text"`
	Fixes []fault.Fix `json:"fixes,omitempty"` // commands that would change it
}

// Explain derives w's Why at head and time at.
func Explain(w Workflow, head Row, at time.Time) Why {
	y := explain(w, head, at)
	if w.MissingSince != nil && y.Code != WhyDeleted {
		y.Text += fmt.Sprintf("; its file is missing from the repository since %s", when(*w.MissingSince))
		if y.Code == WhyLiveNewest {
			y.Code, y.Fixes = WhyMissing, []fault.Fix{{"deactivate", fault.EnvArg, w.ID}, {"delete", fault.EnvArg, w.ID}}
			y.Text += ", and it runs on until it is deactivated or deleted"
		}
	}
	return y
}

func explain(w Workflow, head Row, at time.Time) Why {
	s := head.State.Workflows[w.ID]
	switch {
	case s.Deleted:
		return Why{Code: WhyDeleted, Text: "deleted; a sync that finds its file brings it back", Fixes: []fault.Fix{{"sync", fault.EnvArg}}}
	case s.Hold != nil:
		return explainHeld(w, s)
	case w.LatestValid == nil && s.Live == nil:
		return Why{
			Code: WhyNeverValid, Text: "nothing is live: no deployment has passed its check yet",
			Fixes: []fault.Fix{{"show", fault.EnvArg, w.Latest.ID}},
		}
	case s.Live == nil || w.LatestValid != nil && w.LatestValid.Sequence > s.Live.Sequence:
		return explainWaiting(w, head.State, at)
	case w.Latest.Outcome == Failed && w.Latest.Sequence > s.Live.Sequence:
		return Why{
			Code: WhyNewestFailed,
			Text: fmt.Sprintf("%s stays live: the newest deployment, of %s, did not pass its check", ShortSHA(s.Live.Commit), w.Latest.Commit.Short()),
			Fixes: []fault.Fix{
				{"show", fault.EnvArg, w.Latest.ID},
			},
		}
	}
	return Why{Code: WhyLiveNewest, Text: fmt.Sprintf("%s is the newest valid code, live since %s by %s",
		ShortSHA(s.Live.Commit), when(s.Live.Since), s.Live.Actor)}
}

func explainHeld(w Workflow, s WorkflowState) Why {
	what := "nothing is live"
	if s.Live != nil {
		what = ShortSHA(s.Live.Commit) + " stays live"
	}
	text := fmt.Sprintf("%s: held by %s since %s%s", what, s.Hold.Actor, when(s.Hold.At), quoted(s.Hold.Reason))
	if v := w.LatestValid; v != nil && (s.Live == nil || v.Sequence > s.Live.Sequence) {
		text += fmt.Sprintf("; %s waits until the hold is lifted", v.Commit.Short())
	} else {
		text += "; later syncs do not take over until it is lifted"
	}
	return Why{Code: WhyHeld, Text: text, Fixes: []fault.Fix{{"lift", fault.EnvArg, w.ID}}}
}

// explainWaiting is for a newest valid deployment that is not live.
func explainWaiting(w Workflow, s State, at time.Time) Why {
	v := *w.LatestValid
	byHand := fault.Fix{"live", fault.EnvArg, w.ID, v.ID}
	o := Offered{Deployment: v.ID, Sequence: v.Sequence, Code: v.Code, Trigger: w.Trigger}
	what := v.Commit.Short() + " is not live: "
	switch KeptBack(s, o, w.ID, at) {
	case NoteRejected:
		r := s.Rejected[v.Code]
		return Why{
			WhyRejected, what + fmt.Sprintf("its code was rejected by %s at %s%s", r.Actor, when(r.At), quoted(r.Reason)),
			[]fault.Fix{{"accept", fault.EnvArg, w.ID, v.ID}},
		}
	case NoteFrozen:
		return Why{
			WhyFrozen, what + fmt.Sprintf("the environment is frozen by %s%s%s", s.Freeze.Actor, until(s.Freeze), quoted(s.Freeze.Reason)),
			[]fault.Fix{{"thaw", fault.EnvArg}, append(byHand, "--override")},
		}
	case NoteAutoLiveOff:
		return Why{WhyAutoLiveOff, what + "auto-live is off, so a person makes it live", []fault.Fix{byHand}}
	case NoteTriggerInUse:
		other := s.LiveOn(w.Trigger)
		return Why{
			WhyTriggerInUse, what + fmt.Sprintf("workflow %q is live on its trigger %s", other, w.Trigger),
			[]fault.Fix{{"deactivate", fault.EnvArg, other}},
		}
	}
	if head := s.Workflows[w.ID]; head.Offered == nil && len(s.Workflows) >= MaxWorkflows {
		return Why{WhyNoRoom, what + fmt.Sprintf("the environment has %d workflows already, as many as it may have", len(s.Workflows)), nil}
	}
	return Why{WhyWaiting, what + "nothing keeps it back; the next sync brings it, or a person makes it live", []fault.Fix{byHand}}
}

func until(f *Freeze) string {
	if f.Until == nil {
		return ""
	}
	return " until " + when(*f.Until)
}

func when(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
