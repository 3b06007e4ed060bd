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
	Lanes    *lanesView // nil on later pages and where a filter leaves rows out
	Workflow string     // that is filtered by
	Cause    string
	Actor    string
	Causes   []slipway.Cause
	Next     string // address of the page after this one, "" for none
	First    string // address of the first page, "" on it
}

// releaseView is a row of the ledger as pages show it.
type releaseView struct {
	control.ReleaseView
	Summary string // of its changes, where they are many
}

// Few is how many changes are shown one by one.
const few = 3

// lanesLength is how many releases the picture shows.
const (
	releasesPerPage = 30
	lanesLength     = 60
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
	list, next, err := c.Plane.Releases(v.ctx(), v.env, f, control.Page{Cursor: v.query("cursor"), Limit: releasesPerPage})
	if err != nil {
		return answer{}, err
	}
	for _, r := range list {
		m.Releases = append(m.Releases, viewRelease(r))
	}
	m.Next, m.First = v.around(next)
	if m.First == "" && m.Cause+m.Actor == "" && len(list) > 0 {
		if m.Lanes, err = c.lanes(v, m.Workflow); err != nil {
			return answer{}, err
		}
	}
	return answer{page: "releases", title: "Releases · " + v.env, tab: "releases", model: m, poll: idlePoll}, nil
}

func viewRelease(r control.ReleaseView) releaseView {
	v := releaseView{ReleaseView: r}
	if len(r.Changes) <= few {
		return v
	}
	to := map[string]int{}
	for _, ch := range r.Changes {
		to[words(ch.ToCommit)]++
	}
	for i, sha := range slices.Sorted(maps.Keys(to)) {
		if i > 0 {
			v.Summary += ", "
		}
		v.Summary += fmt.Sprintf("%s → %s", count(to[sha], "workflow"), sha)
	}
	return v
}

// releasePage is the model of the page release.
type releasePage struct {
	control.ReleaseDetail
	Head   int64
	Before int64 // number, 0 for none
	Behind int64
	Live   []liveRow
}

// liveRow is what was live of a workflow after a release.
type liveRow struct {
	Workflow string
	control.LiveView
	Held bool
}

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
	r, err := c.Plane.Release(v.ctx(), v.env, n)
	if err != nil {
		return answer{}, err
	}
	head, err := c.head(v)
	if err != nil {
		return answer{}, err
	}
	m := releasePage{ReleaseDetail: r, Head: head, Before: n - 1}
	if n < head {
		m.Behind = n + 1
	}
	for _, id := range slices.Sorted(maps.Keys(r.Live)) {
		m.Live = append(m.Live, liveRow{id, r.Live[id], slices.Contains(r.Held, id)})
	}
	return answer{page: "release", title: fmt.Sprintf("Release %d · %s", n, v.env), tab: "releases", model: m}, nil
}

// head is the number of the newest release.
func (c *console) head(v *visit) (int64, error) {
	list, _, err := c.Plane.Releases(v.ctx(), v.env, control.ReleaseFilter{}, control.Page{Limit: 1})
	if err != nil || len(list) == 0 {
		return 0, err
	}
	return list[0].Number, nil
}
