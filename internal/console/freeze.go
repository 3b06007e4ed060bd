package console

import (
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/when"
)

// freezePage is the model of the page freeze.
type freezePage struct {
	Environment control.EnvironmentView
	Until       string // as typed
	Length      string
	Reason      string
	Key         string
	Trouble     *Trouble
}

// freezing shows the form of a freeze.
func (c *console) freezing(v *visit) (answer, error) {
	return c.freezeAnswer(v, freezePage{}, 0)
}

func (c *console) freezeAnswer(v *visit, m freezePage, status int) (answer, error) {
	var err error
	m.Key = key()
	m.Environment, err = c.Plane.Environment(v.ctx(), v.env)
	return answer{page: "freeze", title: "Freeze " + v.env, tab: "workflows", status: status, model: m}, err
}

// freeze freezes, in place of a freeze that the person saw.
func (c *console) freeze(v *visit) (answer, error) {
	m := freezePage{Until: v.form("until"), Length: v.form("length"), Reason: v.form("reason")}
	r, err := v.request()
	var until *time.Time
	if err == nil {
		until, err = m.end(c.Now())
	}
	var res control.Result
	if err == nil {
		res, err = c.pastSyncs(v, r, func() (bool, error) { return true, nil }, func(r control.Request) (control.Result, error) {
			return c.Plane.Freeze(v.ctx(), v.env, until, r)
		})
	}
	if err == nil {
		return answer{to: address("environments", v.env) + doneQuery(res)}, nil
	}
	t, status, shown := c.inPlace(v, err)
	if !shown {
		return answer{}, err
	}
	m.Trouble = &t
	return c.freezeAnswer(v, m, status)
}

// end is when the freeze ends by itself, nil for never.
func (m freezePage) end(now time.Time) (*time.Time, error) {
	bad := func(text string) error {
		return fault.New(fault.Invalid, "bad-freeze", "%q is no time, and no length of time from now", text).
			WithHint("write how long, such as 8h or 2d, or a time in UTC such as 2026-03-02T08:00")
	}
	switch {
	case m.Until != "" && m.Length != "":
		return nil, fault.New(fault.Invalid, "bad-freeze", "the freeze has two ends: a time, and a length of time").WithHint("leave one of them empty")
	case m.Length != "":
		length, ok := when.Length(m.Length)
		if !ok {
			return nil, bad(m.Length)
		}
		end := now.Add(length).UTC().Truncate(time.Second)
		return &end, nil
	case m.Until != "":
		end, ok := when.Time(m.Until)
		if !ok {
			return nil, bad(m.Until)
		}
		return &end, nil
	}
	return nil, nil //nolint:nilnil // no end is an answer
}

// thawPage is the model of the page thaw: what a thaw would make live, by the
// decision itself, made and not written.
type thawPage struct {
	Environment control.EnvironmentView
	Freeze      *slipway.Freeze // nil where there is nothing to thaw
	Ended       bool            // by itself; what it kept back still waits
	Changes     []slipway.Change
	Rows        int
	Held        bool // some workflow is, and stays as it is
	Seen        int64
	Reason      string
	Key         string
	Trouble     *Trouble
}

// thawing shows what a thaw would do.
func (c *console) thawing(v *visit) (answer, error) { return c.thawAnswer(v, thawPage{}, 0) }

func (c *console) thawAnswer(v *visit, m thawPage, status int) (answer, error) {
	a := answer{page: "thaw", title: "Thaw " + v.env, tab: "workflows", status: status}
	l, err := c.look(v)
	if err != nil {
		return a, err
	}
	if m.Environment, err = l.Environment(v.ctx()); err != nil {
		return a, err
	}
	res, err := c.Plane.Thaw(v.ctx(), v.env, control.Request{Actor: v.who.Actor, Preview: l})
	if err != nil {
		t, _, shown := c.inPlace(v, err)
		if !shown {
			return a, err
		}
		m.Trouble = &t
	}
	m.Freeze, m.Seen, m.Key = res.Before.State.Freeze, res.Before.Number, key()
	m.Ended = m.Freeze != nil && !res.Before.State.IsFrozen(c.Now())
	m.Changes, m.Rows, m.Held = res.Changes(), len(res.Rows), m.Environment.Held > 0
	a.model = m
	return a, nil
}

// thaw thaws, if what it makes live is still what the person saw.
func (c *console) thaw(v *visit) (answer, error) {
	r, err := v.request()
	var res control.Result
	if err == nil {
		res, err = c.Plane.Thaw(v.ctx(), v.env, r)
	}
	if err == nil {
		return answer{to: address("environments", v.env) + doneQuery(res)}, nil
	}
	t, status, shown := c.inPlace(v, err)
	if !shown {
		return answer{}, err
	}
	return c.thawAnswer(v, thawPage{Trouble: &t, Reason: r.Reason}, status)
}
