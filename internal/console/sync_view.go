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
}

// stepView is a step of a sync: done, under way, to come, or never reached.
type stepView struct {
	Name  string
	State string // done, now, ahead or skipped
	Took  time.Duration
}

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
	times := map[string]slipway.StepTime{}
	last := ""
	for _, t := range s.Steps {
		times[t.Step] = t
		last = t.Step
	}
	for _, name := range stepNames() {
		t, reached := times[name]
		step := stepView{Name: name, State: "ahead", Took: t.Took}
		switch {
		case reached && name == last && !s.Status.Ended():
			step.State = "now"
		case reached:
			step.State = "done"
		case s.Status.Ended():
			step.State = "skipped"
		}
		v.Steps = append(v.Steps, step)
	}
	return v
}
