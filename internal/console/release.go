package console

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// releasePage is the model of the page release.
type releasePage struct {
	control.ReleaseDetail
	Head    int64
	Before  int64 // number, 0 for none
	Behind  int64
	Moves   []slipway.Change // of Changes, those of this page
	MovesAt pageLinks
	Rows    []liveRow
	RowsAt  pageLinks
}

// liveRow is what was live of a workflow after a release, nil for nothing of one
// that is held.
type liveRow struct {
	Workflow string
	Live     *control.LiveView
	Held     bool
}

const livePerPage = 100

// number is the release that the address names.
func (v *visit) number() (int64, error) {
	n, err := strconv.ParseInt(v.path("number"), 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.NotFound, "unknown-release", "%q is no number of a release", v.path("number")).WithHint("choose one from the list of releases")
	}
	return n, nil
}

// release shows one, and what was live after it.
func (c *console) release(v *visit) (answer, error) {
	n, err := v.number()
	if err != nil {
		return answer{}, err
	}
	l, err := c.look(v)
	if err != nil {
		return answer{}, err
	}
	r, err := l.Release(v.ctx(), n)
	if err != nil {
		return answer{}, err
	}
	head, err := newest(v, l)
	if err != nil {
		return answer{}, err
	}
	m := releasePage{ReleaseDetail: r, Head: head, Before: n - 1}
	if n < head {
		m.Behind = n + 1
	}
	m.Moves, m.MovesAt = cutBy("changes", r.Changes, v, livePerPage)
	m.Rows, m.RowsAt = cut(liveRows(r), v, livePerPage)
	return answer{page: "release", title: fmt.Sprintf("Release %d · %s", n, v.env), tab: "releases", model: m, poll: idlePoll}, nil
}

func liveRows(r control.ReleaseDetail) []liveRow {
	ids := slices.AppendSeq(slices.Clone(r.Held), maps.Keys(r.Live))
	slices.Sort(ids)
	var rows []liveRow
	for _, id := range slices.Compact(ids) {
		row := liveRow{Workflow: id, Held: slices.Contains(r.Held, id)}
		if l, is := r.Live[id]; is {
			row.Live = &l
		}
		rows = append(rows, row)
	}
	return rows
}

// newest is the number of the newest release, 0 for none.
func newest(v *visit, l *control.Look) (int64, error) {
	list, _, err := l.Releases(v.ctx(), control.ReleaseFilter{}, control.Page{Limit: 1})
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0].Number, nil
}

// remark says in words what a row notes.
func remark(note string) string {
	switch {
	case note == "overrode-hold":
		return "It overrode a hold."
	case note == "overrode-freeze":
		return "It overrode a freeze."
	case note == "previous-trigger-in-use":
		return "Nothing took its place: the trigger of the deployment before belongs to another workflow by now."
	case strings.HasPrefix(note, "until "):
		if t, err := time.Parse(time.RFC3339, strings.TrimPrefix(note, "until ")); err == nil {
			return "It ends by itself at " + at(t) + "."
		}
	case strings.HasPrefix(note, "left "):
		if i := strings.LastIndex(note, ": "); i > 0 {
			return "It left " + note[len("left "):i] + " as it was: " + leftWords(note[i+2:]) + "."
		}
	case strings.HasPrefix(note, "restored release "):
		return "It r" + note[1:] + "."
	}
	return note
}

// leftWords say why a restore leaves a workflow as it is.
func leftWords(why string) string {
	words := map[string]string{
		"deleted": "it was deleted since", "rejected": "its code was rejected since", "pruned": "the deployment was pruned since",
		"trigger-in-use": "another workflow is live on its trigger",
	}
	if w, ok := words[why]; ok {
		return w
	}
	return why
}
