package console

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// The picture has a column for each release and a lane for each workflow. Lengths
// are pixels; releases.css knows the height of a lane.
const (
	laneHeight  = 28
	laneTop     = 4   // above a segment
	notchHigh   = 4   // above its text
	pictureWide = 900 // where few releases are shown
	columnLeast = 26
	columnMost  = 96
	commitWide  = 58 // a short commit takes so much
	tickWide    = 44 // and the number of a release with room around it
)

// What a picture has at most, so that the page stays small: who wants more looks
// at the list, or filters by a workflow.
const (
	maxLanes    = 20
	maxSegments = 400
	palette     = 8 // classes code-0 … in releases.css
)

// picture is what was live of each workflow, release by release.
type picture struct {
	Wide, High int
	Lanes      []lane
	Ticks      []tick
	LeftOut    []string // workflows that moved and have no lane
	From, To   int64    // numbers of the first and the last release
}

type lane struct {
	Workflow string
	Y        int
	Segments []segment
	Holds    []stretch
	Notches  string // a path: where a deployment of the same code took over
}

// segment is a run of releases in which one code was live.
type segment struct {
	stretch
	Color      string // its class
	Deployment string // the last of them
	Commit     string // "" where there is no room for it
	Last       bool   // it is live to the end: its commit stands there, where a small window begins
}

// stretch is a run of columns.
type stretch struct {
	X, Wide int
	Title   string
}

// End is where it ends.
func (s stretch) End() int { return s.X + s.Wide }

// tick is a release; Text is its number, where there is room for it.
type tick struct {
	X    int
	Text string
}

// stay is what was live of a workflow from one column to another, which is not
// in it.
type stay struct {
	from, to    int
	deployment  string
	commit      string
	code        string // "" where it went live before the picture begins
	deployments int    // that shared the code
	notches     []int
}

// draw makes the picture of releases, which come newest first. Only workflows
// that moved have a lane: what was live of them before is what their first change
// took down, so no state is read. Where releases were left out because they do
// not concern workflow only, it alone has a lane; "" for all.
func draw(releases []control.ReleaseView, only string) picture {
	rows := slices.Clone(releases)
	slices.Reverse(rows)
	p := picture{}
	if len(rows) == 0 {
		return p
	}
	column := min(columnMost, max(columnLeast, pictureWide/len(rows)))
	p.From, p.To, p.Wide = rows[0].Number, rows[len(rows)-1].Number, column*len(rows)
	every := (tickWide + column - 1) / column
	for i, r := range rows {
		t := tick{X: i * column}
		if (len(rows)-1-i)%every == 0 {
			t.Text = fmt.Sprint(r.Number)
		}
		p.Ticks = append(p.Ticks, t)
	}
	all := staysOf(rows)
	segments := 0
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if only != "" && id != only {
			continue
		}
		if segments += len(all[id]); len(p.Lanes) == maxLanes || segments > maxSegments && len(p.Lanes) > 0 {
			p.LeftOut = append(p.LeftOut, id)
			continue
		}
		l := lane{Workflow: id, Y: len(p.Lanes) * laneHeight}
		l.fill(rows, all[id], column)
		p.Lanes = append(p.Lanes, l)
	}
	p.High = len(p.Lanes) * laneHeight
	return p
}

// staysOf says what was live when, by workflow, of rows that come oldest first.
// Deployments of one code that syncs brought one after the other are one stay; what
// a person chose begins another.
func staysOf(rows []control.ReleaseView) map[string][]stay {
	codes := map[string]string{} // by deployment
	for _, r := range rows {
		for _, ch := range r.Changes {
			codes[ch.To] = cmp.Or(string(ch.ToCode), ch.ToCommit)
		}
	}
	all := map[string][]stay{}
	for i, r := range rows {
		for _, ch := range r.Changes {
			stays, known := all[ch.Workflow]
			if !known && ch.From != "" && i > 0 {
				stays = []stay{{to: len(rows), deployment: ch.From, commit: ch.FromCommit, code: codes[ch.From], deployments: 1}}
			}
			all[ch.Workflow] = moved(stays, ch, stay{from: i, to: len(rows), code: codes[ch.To]}, r.Cause == slipway.CauseSync)
		}
	}
	return all
}

// moved ends what was live, and begins or goes on with what a change brought.
func moved(stays []stay, ch slipway.Change, next stay, bySync bool) []stay {
	next.deployment, next.commit, next.deployments = ch.To, ch.ToCommit, 1
	if n := len(stays); n > 0 && stays[n-1].to == next.to {
		last := &stays[n-1]
		if bySync && last.code == next.code {
			last.deployment, last.commit, last.deployments = ch.To, ch.ToCommit, last.deployments+1
			last.notches = append(last.notches, next.from)
			return stays
		}
		last.to = next.from
	}
	if ch.To == "" {
		return stays
	}
	return append(stays, next)
}

func (l *lane) fill(rows []control.ReleaseView, stays []stay, column int) {
	colors := map[string]int{} // by code
	before := -1
	var notches strings.Builder
	for _, s := range stays {
		title := fmt.Sprintf("%s of %s was live in %s", words(s.commit), l.Workflow, span(rows, s.from, s.to))
		if s.deployments > 1 {
			title += fmt.Sprintf(": %d deployments of the same code, this is the last", s.deployments)
		}
		g := segment{stretch: stretch{s.from * column, (s.to - s.from) * column, title}, Color: "code-before", Deployment: s.deployment, Last: s.to == len(rows)}
		if s.code != "" {
			if _, known := colors[s.code]; !known {
				colors[s.code] = colorOf(s.code, before)
			}
			before = colors[s.code]
			g.Color = fmt.Sprintf("code-%d", before)
		}
		if g.Wide >= commitWide {
			g.Commit = words(s.commit)
		}
		for _, at := range s.notches {
			fmt.Fprintf(&notches, "M%d %dv%d", at*column, laneTop, notchHigh)
		}
		l.Segments = append(l.Segments, g)
	}
	l.Notches = notches.String()
	for _, h := range holdsOf(rows, l.Workflow) {
		l.Holds = append(l.Holds, stretch{h.from * column, (h.to - h.from) * column, fmt.Sprintf("%s was held in %s", l.Workflow, span(rows, h.from, h.to))})
	}
}

// holdsOf says in which columns a workflow was held, as far as the rows tell.
func holdsOf(rows []control.ReleaseView, workflow string) []stay {
	var holds []stay
	known, held := false, false
	for i, r := range rows {
		switch holdMoved(r, workflow) {
		case slipway.HoldSet:
			if !held {
				holds = append(holds, stay{from: i, to: len(rows)})
			}
			known, held = true, true
		case slipway.HoldEnded:
			if !known {
				holds = append(holds, stay{to: i})
			} else if held {
				holds[len(holds)-1].to = i
			}
			known, held = true, false
		}
	}
	return slices.DeleteFunc(holds, func(h stay) bool { return h.from == h.to })
}

// holdMoved is what a release did to a workflow's hold: a restore holds what it
// moves.
func holdMoved(r control.ReleaseView, workflow string) slipway.HoldMoved {
	if r.About != nil && r.About.Workflow == workflow {
		return r.About.Hold
	}
	if _, moves := r.Change(workflow); moves && r.Cause == slipway.CauseRestore {
		return slipway.HoldSet
	}
	return ""
}

// span names the releases of columns.
func span(rows []control.ReleaseView, from, to int) string {
	first, last := rows[from].Number, rows[to-1].Number
	if first == last {
		return fmt.Sprintf("release %d", first)
	}
	return fmt.Sprintf("releases %d to %d", first, last)
}

// colorOf is the same for the same code in every picture, unless it would be the
// color of what was live before it.
func colorOf(code string, before int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(code)) // it never fails
	c := int(h.Sum32() % palette)
	if c == before {
		c = (c + 1) % palette
	}
	return c
}
