package console

import (
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// cancelPage is the model of the page sync-cancel.
type cancelPage struct {
	*syncView
	Trouble *Trouble
	Reason  string
}

// readCancel reads the sync that somebody wants to cancel.
func (c *console) readCancel(v *visit) (cancelPage, error) {
	l, err := c.look(v)
	if err != nil {
		return cancelPage{}, err
	}
	s, err := l.Sync(v.ctx(), v.path("sync"))
	if err != nil {
		return cancelPage{}, err
	}
	m := cancelPage{syncView: viewSync(&s)}
	return m, c.leadOn(v, nil, []*syncView{m.syncView})
}

func (m cancelPage) answer(v *visit, status int) answer {
	return answer{page: "sync-cancel", title: "Cancel sync " + text(m.Sequence) + " · " + v.env, tab: "syncs", status: status, model: m}
}

// confirmCancel asks before a sync is cancelled.
func (c *console) confirmCancel(v *visit) (answer, error) {
	m, err := c.readCancel(v)
	if err != nil {
		return answer{}, err
	}
	return m.answer(v, 0), nil
}

// cancelSync ends a sync that waits or runs; one that has ended stays as it is, so
// that a form sent twice cancels once. It does not go on to the sync that took its
// place meanwhile: others asked for that one, and nobody here saw it.
func (c *console) cancelSync(v *visit) (answer, error) {
	m, err := c.readCancel(v)
	if err != nil {
		return answer{}, err
	}
	if m.Ended() {
		return answer{to: address("environments", v.env, "syncs", m.ID) + "?done=ended"}, nil
	}
	s, changed, err := c.Plane.Cancel(v.ctx(), v.env, m.ID, control.Request{Actor: v.who.Actor, Reason: v.form("reason")})
	if fault.Is(err, fault.Invalid) || fault.Is(err, fault.Conflict) {
		t, status := c.trouble(v, err)
		m.Trouble, m.Reason = &t, v.form("reason")
		return m.answer(v, status), nil
	}
	done := "?done=ended"
	if changed {
		done = "?done=cancelled"
	}
	return answer{to: address("environments", v.env, "syncs", s.ID) + done}, err
}
