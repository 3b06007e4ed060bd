package console

import (
	"fmt"
	"net/http"

	"github.com/slipway-dev/slipway/internal/control"
)

// restorePage is the model of the page restore.
type restorePage struct {
	Number  int64
	Preview control.RestorePreview
	Trouble *Trouble
	Reason  string
	Partial bool
	Key     string
}

// previewRestore says what restoring a release would move and what it would leave.
func (c *console) previewRestore(v *visit) (answer, error) {
	m, err := c.restorePage(v)
	return answer{page: "restore", title: fmt.Sprintf("Restore release %d · %s", m.Number, v.env), tab: "releases", model: m}, err
}

func (c *console) restorePage(v *visit) (m restorePage, err error) {
	m.Key = key()
	if m.Number, err = v.number(); err == nil {
		m.Preview, err = c.Plane.PreviewRestore(v.ctx(), v.env, m.Number)
	}
	return m, err
}

// restore carries it out, if the head is still the one that was seen.
func (c *console) restore(v *visit) (answer, error) {
	n, err := v.number()
	if err != nil {
		return answer{}, err
	}
	partial := v.form("partial") == "yes"
	r, err := v.request()
	var res control.Result
	if err == nil {
		res, err = c.Plane.Restore(v.ctx(), v.env, n, partial, r)
	}
	if err == nil {
		return answer{to: address("environments", v.env) + doneQuery(res)}, nil
	}
	t, status := c.trouble(v, err)
	m, perr := c.restorePage(v)
	if perr != nil || status >= http.StatusInternalServerError {
		return answer{}, err
	}
	m.Trouble, m.Reason, m.Partial = &t, v.form("reason"), partial
	return answer{page: "restore", title: fmt.Sprintf("Restore release %d · %s", n, v.env), tab: "releases", status: status, model: m}, nil
}
