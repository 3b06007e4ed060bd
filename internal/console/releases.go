package console

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func (c *console) releaseRoutes() []route {
	return []route{
		{"GET " + inEnv + "/releases", slipway.Viewer, c.releases},
		{"GET " + inEnv + "/releases/compare", slipway.Viewer, c.compare},
		{"GET " + inEnv + "/releases/{number}", slipway.Viewer, c.release},
		{"GET " + inEnv + "/releases/{number}/restore", slipway.Deployer, c.previewRestore},
		{"POST " + inEnv + "/releases/{number}/restore", slipway.Deployer, c.restore},
	}
}

// releasesPage is the model of the page releases.
type releasesPage struct {
	Releases []releaseView
	Picture  *picture // nil where a filter leaves rows out that it would need
	Workflow string   // that is filtered by
	Cause    string
	Actor    string
	Causes   []slipway.Cause
	Next     string // address of the page after this one, "" for none
	First    string // address of the first page, "" on it
}

// releaseView is a row of the ledger as pages show it.
type releaseView struct {
	control.ReleaseView
	Summary string           // of its changes, where they are many
	Shown   []slipway.Change // those that a list has
	More    int              // and how many it leaves to the release's own page
}

// What a page shows: changes beyond few are folded, and beyond maxFolded left to
// the release's own page. The picture has more releases than the list.
const (
	releasesPerPage = 25
	pictureLength   = 60
	few             = 3
	maxFolded       = 12
)

func allCauses() []slipway.Cause {
	return []slipway.Cause{
		slipway.CauseSync, slipway.CauseMakeLive, slipway.CauseRollBack, slipway.CauseDeactivate, slipway.CauseHold, slipway.CauseLift, slipway.CauseReject,
		slipway.CauseAccept, slipway.CauseFreeze, slipway.CauseThaw, slipway.CauseAutoLiveOn, slipway.CauseAutoLiveOff, slipway.CauseDelete, slipway.CauseRestore,
	}
}

// releases shows the ledger, newest first, with a picture of what was live when.
func (c *console) releases(v *visit) (answer, error) {
	m := releasesPage{Workflow: v.query("workflow"), Cause: v.query("cause"), Actor: v.query("actor"), Causes: allCauses()}
	f := control.ReleaseFilter{Workflow: m.Workflow, Cause: slipway.Cause(m.Cause), Actor: m.Actor}
	l, err := c.look(v)
	if err != nil {
		return answer{}, err
	}
	list, next, err := l.Releases(v.ctx(), f, control.Page{Cursor: v.query("cursor"), Limit: releasesPerPage})
	if err != nil {
		return answer{}, err
	}
	for _, r := range list {
		m.Releases = append(m.Releases, viewRelease(r))
	}
	m.Next, m.First = v.around(next)
	if m.Cause+m.Actor == "" && len(list) > 0 {
		// The list's rows and those that follow them, by the same filter: a picture of
		// others would say that nothing happened where something did.
		rows := list
		if next != "" {
			older, _, err := l.Releases(v.ctx(), f, control.Page{Cursor: next, Limit: pictureLength - len(list)})
			if err != nil {
				return answer{}, err
			}
			rows = slices.Concat(list, older)
		}
		if p := draw(rows, m.Workflow); len(p.Lanes) > 0 {
			m.Picture = &p
		}
	}
	return answer{page: "releases", title: "Releases · " + v.env, tab: "releases", model: m, poll: idlePoll}, nil
}

func viewRelease(r control.ReleaseView) releaseView {
	v := releaseView{ReleaseView: r, Shown: r.Changes}
	if len(r.Changes) <= few {
		return v
	}
	v.Summary = summary(r.Changes)
	if len(r.Changes) > maxFolded {
		v.Shown, v.More = r.Changes[:maxFolded], len(r.Changes)-maxFolded
	}
	return v
}

// summary says of many changes how many went to which commit.
func summary(changes []slipway.Change) string {
	const most = 4
	to := map[string]int{}
	for _, ch := range changes {
		to[words(ch.ToCommit)]++
	}
	commits := slices.SortedFunc(maps.Keys(to), func(a, b string) int { return cmp.Or(cmp.Compare(to[b], to[a]), cmp.Compare(a, b)) })
	var parts []string
	for i, sha := range commits {
		if i == most {
			parts = append(parts, "others")
			break
		}
		parts = append(parts, count(to[sha], "workflow")+" → "+sha)
	}
	return strings.Join(parts, ", ")
}
