package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// restorePage is the model of the page restore.
type restorePage struct {
	Number  int64
	Preview control.RestorePreview
	Shown   []slipway.Change // of its changes
	More    int              // that are not shown
	Trouble *Trouble
	Reason  string
	Partial bool
	Key     string
	Digest  string // of the preview
}

// maxRestored keeps the page small: all of it is in the comparison with now.
const maxRestored = 100

// previewRestore says what restoring a release would move and what it would leave.
func (c *console) previewRestore(v *visit) (answer, error) {
	m, err := c.restorePage(v)
	return m.answer(v, 0), err
}

func (m restorePage) answer(v *visit, status int) answer {
	return answer{page: "restore", title: fmt.Sprintf("Restore release %d · %s", m.Number, v.env), tab: "releases", status: status, model: m}
}

func (c *console) restorePage(v *visit) (m restorePage, err error) {
	m.Key = key()
	if m.Number, err = v.number(); err != nil {
		return m, err
	}
	if m.Preview, err = c.Plane.PreviewRestore(v.ctx(), v.env, m.Number); err != nil {
		return m, err
	}
	m.Digest = shown(m.Preview)
	m.Shown = m.Preview.Changes[:min(maxRestored, len(m.Preview.Changes))]
	m.More = len(m.Preview.Changes) - len(m.Shown)
	return m, nil
}

// shown is a digest of what a preview says.
func shown(p control.RestorePreview) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%+v %+v", p.Changes, p.Left))
	return hex.EncodeToString(sum[:])
}

// restore carries it out, if the head is still the one that was seen, or only syncs
// have written since and it would still do what was shown. Else the page shows what
// it would do now, and nothing is done.
func (c *console) restore(v *visit) (answer, error) {
	n, err := v.number()
	if err != nil {
		return answer{}, err
	}
	partial := v.form("partial") == "yes"
	r, err := v.request()
	var res control.Result
	if err == nil {
		res, err = c.pastSyncs(v, r, func() (bool, error) {
			now, err := c.Plane.PreviewRestore(v.ctx(), v.env, n)
			return shown(now) == v.form("shown"), err
		}, func(r control.Request) (control.Result, error) { return c.Plane.Restore(v.ctx(), v.env, n, partial, r) })
	}
	if err == nil {
		return answer{to: address("environments", v.env) + doneQuery(res)}, nil
	}
	t, status := c.trouble(v, err)
	if status >= http.StatusInternalServerError || status == http.StatusNotFound {
		return answer{}, err
	}
	m, perr := c.restorePage(v)
	if perr != nil {
		return answer{}, err
	}
	if t.Code == "not-restorable" {
		t.Hint = "say below that the others are to be restored all the same, or leave it"
	}
	m.Trouble, m.Reason, m.Partial = &t, v.form("reason"), partial
	return m.answer(v, status), nil
}
