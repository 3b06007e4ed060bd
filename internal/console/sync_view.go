package console

import (
	"slices"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// syncView is a sync as pages show it.
type syncView struct {
	slipway.Sync
	By     string // who started it
	Others []string
	Steps  []stepView
	Took   time.Duration // 0 while it goes on
	// Instead is the sync that does, or did, its work; nil where it is its own.
	Instead *insteadView
}

// insteadView leads to the sync that did another one's work.
type insteadView struct {
	ID       string // "" if its record is pruned
	Sequence int64
}

// stepView is a step of a sync.
type stepView struct {
	Name  string
	State string // done, now, ahead, stopped (the sync ended in it) or skipped
	Start time.Time
	Took  time.Duration
	// Where its bar begins in the time of the whole sync, and how long it is, in
	// thousandths.
	From, Wide int64
}

// Ended reports whether it is over.
func (v *syncView) Ended() bool { return v.Status.Ended() }

// stepNames are all steps, in their order.
func stepNames() []string { return []string{"fetch", "validate", "go live"} }

func viewSync(s *slipway.Sync) *syncView {
	if s == nil {
		return nil
	}
	v := &syncView{Sync: *s, By: starter(s.StartedBy)}
	if s.EndedAt != nil {
		v.Took = s.EndedAt.Sub(s.RequestedAt)
	}
	for _, a := range s.Requesters {
		if by := starter(a); by != v.By && !slices.Contains(v.Others, by) {
			v.Others = append(v.Others, by)
		}
	}
	for _, name := range stepNames() {
		step := stepView{Name: name, State: "ahead"}
		at := slices.IndexFunc(s.Steps, func(t slipway.StepTime) bool { return t.Step == name })
		if at >= 0 {
			step.State, step.Start, step.Took = "done", s.Steps[at].Start, s.Steps[at].Took
		}
		switch newest := at == len(s.Steps)-1; {
		case at < 0 && v.Ended():
			step.State = "skipped"
		case at >= 0 && newest && !v.Ended():
			step.State = "now"
		case at >= 0 && newest && stopped(v.Sync):
			step.State = "stopped"
		}
		v.Steps = append(v.Steps, step)
	}
	return v
}

// starter names who started a sync.
func starter(a slipway.Actor) string {
	if a == slipway.ClockActor() {
		return "the clock"
	}
	return a.String()
}

// stopped reports whether a sync that has ended did so in the middle of a step. A
// problem alone does not say it: a full environment is one that go live meets, and
// goes on.
func stopped(s slipway.Sync) bool {
	return s.Problem != nil && s.Status != slipway.SyncSucceeded && s.Counts.Kept[slipway.NoteRefused] == 0
}

// timeline are the steps with the wait before the first, each with its place in
// the time that the sync has taken by now.
func (v *syncView) timeline(now time.Time) []stepView {
	end := now
	if v.EndedAt != nil {
		end = *v.EndedAt
	}
	wait := stepView{Name: "wait", State: "done", Start: v.RequestedAt}
	switch {
	case len(v.Sync.Steps) > 0:
		wait.Took = v.Sync.Steps[0].Start.Sub(v.RequestedAt)
	case v.Ended():
		wait.State, wait.Took = "stopped", v.Took
	default:
		wait.State = "now"
	}
	line := append([]stepView{wait}, v.Steps...)
	whole := end.Sub(v.RequestedAt)
	for i := range line {
		s := &line[i]
		if s.State == "now" {
			s.Took = max(0, now.Sub(s.Start))
		}
		if s.Start.IsZero() || whole <= 0 {
			continue
		}
		const least = 4 // a bar that can be seen
		s.From = min(max(0, int64(s.Start.Sub(v.RequestedAt)*1000/whole)), 1000-least)
		s.Wide = min(max(least, int64(s.Took*1000/whole)), 1000-s.From)
	}
	return line
}
