package console

import (
	"strconv"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// request is a form as control's commands take it: who, why, under which key, and
// the release that the person saw.
func (v *visit) request() (control.Request, error) {
	r := control.Request{Actor: v.who.Actor, Reason: v.form("reason"), Key: v.form("key")}
	if text := v.form("seen"); text != "" {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return r, fault.New(fault.Invalid, "bad-form", "the form names no release").WithHint("open the page again, and send its form")
		}
		r.Seen = &n
	}
	return r, nil
}

// How often syncs may come between, and how many of their rows.
const (
	maxOvertaken = 20
	maxBetween   = 50
)

// pastSyncs carries out a safety command about the whole environment, which
// automation must not keep waiting: where nothing but syncs has written since the
// release that the person saw, and what they saw of it is still so, it goes on from
// there. What a person did meanwhile refuses it.
func (c *console) pastSyncs(v *visit, r control.Request, same func() (bool, error), do func(control.Request) (control.Result, error)) (control.Result, error) {
	for n := 0; ; n++ {
		res, err := do(r)
		if fault.CodeOf(err) != control.CodeReleaseMoved || r.Seen == nil || n == maxOvertaken {
			return res, err
		}
		rows, _, lerr := c.Plane.Releases(v.ctx(), v.env, control.ReleaseFilter{}, control.Page{Limit: maxBetween})
		if lerr != nil {
			return res, lerr
		}
		head, only := onlySyncs(rows, *r.Seen)
		if !only {
			return res, err
		}
		is, serr := same()
		if serr != nil {
			return res, serr
		}
		if !is {
			return res, err
		}
		r.Seen = &head
	}
}

// onlySyncs reports whether all that followed a release was written by syncs, and
// what the newest is. More than the rows there are is no answer.
func onlySyncs(rows []control.ReleaseView, seen int64) (head int64, only bool) {
	for _, row := range rows {
		if row.Number == seen {
			return rows[0].Number, true
		}
		if row.Cause != slipway.CauseSync {
			return 0, false
		}
	}
	return 0, false
}
