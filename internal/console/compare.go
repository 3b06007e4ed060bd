package console

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// comparePage is the model of the page compare.
type comparePage struct {
	From, To string // as they were asked for
	Trouble  *Trouble
	Sides    *[2]int64 // the numbers, nil where there is nothing to compare
	Head     int64     // 0 where nothing was ever released
	Rows     []compareRow
	Pages    pageLinks
	Same     int // workflows of which the same is live
	Rest     []settingDiff
}

// compareRow is a workflow of which two releases have something else live.
type compareRow struct {
	Workflow string
	From, To *control.LiveView // nil for nothing
}

// SameBundle reports whether another deployment of the same bundle is live.
func (r compareRow) SameBundle() bool {
	return r.From != nil && r.To != nil && r.From.Digest == r.To.Digest
}

const comparedPerPage = 100

// compare shows how what was live after one release differs from what was live
// after another. A number that is none is told in the page.
func (c *console) compare(v *visit) (answer, error) {
	m := comparePage{From: v.query("from"), To: v.query("to")}
	a := answer{page: "compare", title: "Compare releases · " + v.env, tab: "releases"}
	l, err := c.look(v)
	if err != nil {
		return answer{}, err
	}
	if m.Head, err = newest(v, l); err != nil {
		return answer{}, err
	}
	if m.From+m.To != "" {
		err := m.fill(v, l)
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
			t, status := c.trouble(v, err)
			m.Trouble, a.status = &t, status
		} else if err != nil {
			return answer{}, err
		}
	}
	a.model = m
	return a, nil
}

func (m *comparePage) fill(v *visit, l *control.Look) error {
	var sides [2]control.ReleaseDetail
	for i, text := range []string{m.From, m.To} {
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil || n < 1 {
			return fault.New(fault.Invalid, "bad-release", "%q is no number of a release", text).WithHint("give two numbers from 1 to %d, the newest", m.Head)
		}
		if sides[i], err = l.Release(v.ctx(), n); err != nil {
			return err
		}
	}
	m.Sides = &[2]int64{sides[0].Number, sides[1].Number}
	rows, same := compareLive(sides[0].Live, sides[1].Live)
	m.Rows, m.Pages = cut(rows, v, comparedPerPage)
	m.Same, m.Rest = same, compareRest(sides[0], sides[1])
	return nil
}

func compareLive(from, to map[string]control.LiveView) (rows []compareRow, same int) {
	ids := slices.AppendSeq(slices.Collect(maps.Keys(from)), maps.Keys(to))
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		a, inA := from[id]
		b, inB := to[id]
		if inA && inB && a.Deployment == b.Deployment {
			same++
			continue
		}
		row := compareRow{Workflow: id}
		if inA {
			row.From = &a
		}
		if inB {
			row.To = &b
		}
		rows = append(rows, row)
	}
	return rows, same
}

// compareRest is what else differs: auto-live, freeze, holds.
func compareRest(a, b control.ReleaseDetail) (out []settingDiff) {
	add := func(name, from, to string) {
		if from != to {
			out = append(out, settingDiff{name, from, to})
		}
	}
	onOff := map[bool]string{true: "on", false: "off"}
	add("Auto-live", onOff[a.AutoLive], onOff[b.AutoLive])
	add("Freeze", freezeWords(a.Freeze), freezeWords(b.Freeze))
	held := map[bool]string{true: "held", false: "not held"}
	ids := slices.Concat(a.Held, b.Held)
	slices.Sort(ids)
	for _, id := range slices.Compact(ids) {
		add(fmt.Sprintf("Hold of %s", id), held[slices.Contains(a.Held, id)], held[slices.Contains(b.Held, id)])
	}
	return out
}

func freezeWords(f *slipway.Freeze) string {
	if f == nil {
		return "none"
	}
	text := "by " + f.Actor.String() + " at " + at(f.At)
	if f.Until != nil {
		text += ", until " + at(*f.Until)
	}
	return text
}
