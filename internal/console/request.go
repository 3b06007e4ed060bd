package console

import (
	"strconv"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
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
