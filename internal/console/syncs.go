package console

import (
	"cmp"
	"slices"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func (c *console) syncRoutes() []route {
	return []route{
		{"GET " + inEnv + "/syncs", slipway.Viewer, c.syncs},
		{"POST " + inEnv + "/syncs", slipway.Deployer, c.startSync},
		{"GET " + inEnv + "/syncs/{sync}", slipway.Viewer, c.sync},
		{"POST " + inEnv + "/syncs/{sync}/cancel", slipway.Deployer, c.cancelSync},
	}
}

// syncsPage is the model of the page syncs.
type syncsPage struct {
	Syncs    []*syncView
	Status   string // that is filtered by
	Commit   string
	Author   string
	Statuses []slipway.SyncStatus
	Next     string // address of the page after this one, "" for none
	First    string // address of the first page, "" on it
}

const syncsPerPage = 25

func allSyncStatuses() []slipway.SyncStatus {
	return []slipway.SyncStatus{
		slipway.SyncSucceeded, slipway.SyncIncomplete, slipway.SyncFailed, slipway.SyncUnchanged, slipway.SyncSuperseded, slipway.SyncCancelled,
		slipway.SyncQueued, slipway.SyncRunning,
	}
}

// syncs lists an environment's syncs, newest first.
func (c *console) syncs(v *visit) (answer, error) {
	m := syncsPage{Status: v.query("status"), Commit: v.query("commit"), Author: v.query("author"), Statuses: allSyncStatuses()}
	f := control.SyncFilter{Status: slipway.SyncStatus(m.Status), Commit: m.Commit, Author: m.Author}
	list, next, err := c.Plane.Syncs(v.ctx(), v.env, f, control.Page{Cursor: v.query("cursor"), Limit: syncsPerPage})
	if err != nil {
		return answer{}, err
	}
	a := answer{page: "syncs", title: "Syncs · " + v.env, tab: "syncs", poll: idlePoll}
	for i := range list {
		if !list[i].Status.Ended() {
			a.poll = busyPoll
		}
		m.Syncs = append(m.Syncs, viewSync(&list[i]))
	}
	m.Next, m.First = v.around(next)
	a.model = m
	return a, nil
}

// around gives the addresses of the page after this one of a list and of its first
// one, "" where there is none or it is this.
func (v *visit) around(next string) (after, first string) {
	if next != "" {
		after = v.with("cursor", next)
	}
	if v.query("cursor") != "" {
		first = v.without("cursor")
	}
	return after, first
}

// startSync asks for a sync, and goes to where its steps are shown.
func (c *console) startSync(v *visit) (answer, error) {
	_, err := c.Plane.RequestSync(v.ctx(), v.env, control.SyncOptions{Actor: v.who.Actor})
	return answer{to: address("environments", v.env)}, err
}

// cancelSync ends a sync that waits or runs; one that has ended stays as it is.
func (c *console) cancelSync(v *visit) (answer, error) {
	_, _, err := c.Plane.Cancel(v.ctx(), v.env, v.path("sync"), control.Request{Actor: v.who.Actor})
	return answer{to: address("environments", v.env, "syncs", v.path("sync"))}, err
}

// syncPage is the model of the page sync.
type syncPage struct {
	*syncView
	Files    []control.DeploymentView
	Pages    pageLinks
	Failed   int
	Log      []logLine
	Releases []control.ReleaseView
}

const filesPerPage = 100

// sync shows one: its steps, what it says of the repository, and a verdict for each
// file, those that failed first.
func (c *console) sync(v *visit) (answer, error) {
	d, err := c.Plane.SyncByID(v.ctx(), v.env, v.path("sync"))
	if err != nil {
		return answer{}, err
	}
	m := syncPage{syncView: viewSync(&d.Sync), Log: logOf(d.Sync.Diagnostics)}
	slices.SortStableFunc(d.Deployments, func(a, b control.DeploymentView) int {
		return cmp.Or(cmp.Compare(verdict(a.Status), verdict(b.Status)), cmp.Compare(a.Path, b.Path))
	})
	for _, f := range d.Deployments {
		if f.Status == slipway.StatusFailed {
			m.Failed++
		}
	}
	m.Files, m.Pages = cut(d.Deployments, v, filesPerPage)
	if m.Releases, _, err = c.Plane.Releases(v.ctx(), v.env, control.ReleaseFilter{Sync: d.ID}, control.Page{Limit: historyLength}); err != nil {
		return answer{}, err
	}
	a := answer{page: "sync", title: "Sync " + text(d.Sync.Sequence) + " · " + v.env, tab: "syncs", model: m, poll: idlePoll}
	if !d.Status.Ended() {
		a.poll = busyPoll
	}
	return a, nil
}

// verdict orders files: what somebody has to look at comes first.
func verdict(s slipway.Status) int {
	switch s {
	case slipway.StatusFailed:
		return 0
	case slipway.StatusProcessing:
		return 1
	default:
		return 2
	}
}
