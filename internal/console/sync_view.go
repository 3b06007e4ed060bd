package console

import (
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// syncView is a sync as pages show it.
type syncView struct {
	slipway.Sync
	Steps []stepView
	Took  time.Duration // 0 while it goes on
	// Others are those whose requests were merged into this one.
	Others []slipway.Actor
}

// stepView is a step of a sync: done, under way, to come, or never reached.
type stepView struct {
	Name  string
	State string // done, now, ahead or skipped
	Start time.Time
	Took  time.Duration
	// Where its bar begins in the sync's whole time, and how long it is, in
	// thousandths.
	From, Wide int
}

// Ended reports whether it is over.
func (v *syncView) Ended() bool { return v.Status.Ended() }

// stepNames are all steps, in their order.
func stepNames() []string { return []string{"fetch", "validate", "go live"} }

func viewSync(s *slipway.Sync) *syncView {
	if s == nil {
		return nil
	}
	v := &syncView{Sync: *s}
	if s.EndedAt != nil {
		v.Took = s.EndedAt.Sub(s.RequestedAt)
	}
	for _, a := range s.Requesters {
		if a != s.StartedBy {
			v.Others = append(v.Others, a)
		}
	}
	times := map[string]slipway.StepTime{}
	last := ""
	for _, t := range s.Steps {
		times[t.Step] = t
		last = t.Step
	}
	for _, name := range stepNames() {
		t, reached := times[name]
		step := stepView{Name: name, State: "ahead", Start: t.Start, Took: t.Took}
		switch {
		case reached && name == last && !s.Status.Ended():
			step.State = "now"
		case reached:
			step.State = "done"
		case s.Status.Ended():
			step.State = "skipped"
		}
		if v.Took > 0 && reached {
			step.From = int(t.Start.Sub(s.RequestedAt) * 1000 / v.Took)
			step.Wide = max(4, int(t.Took*1000/v.Took))
		}
		v.Steps = append(v.Steps, step)
	}
	return v
}
