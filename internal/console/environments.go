package console

import (
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// environmentsPage is the model of the page environments.
type environmentsPage struct {
	Environments []control.EnvironmentView
	Hidden       int              // that whoever looks is not let into
	Removed      *slipway.Removal // just now, by whoever looks
}

// environments lists those that whoever looks is let into.
func (c *console) environments(v *visit) (answer, error) {
	all, err := c.Plane.Environments(v.ctx())
	if err != nil {
		return answer{}, err
	}
	var m environmentsPage
	for _, e := range all {
		if !v.who.In(e.Slug) {
			m.Hidden++
			continue
		}
		m.Environments = append(m.Environments, e)
	}
	if m.Removed, err = c.removed(v); err != nil {
		return answer{}, err
	}
	return answer{page: "environments", title: "Environments", model: m, poll: idlePoll}, nil
}

// Seconds between two looks of a page for something new.
const (
	busyPoll = 1
	idlePoll = 10
)
