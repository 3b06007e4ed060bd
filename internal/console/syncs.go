package console

import (
	"cmp"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func (c *console) syncRoutes() []route {
	return []route{
		{"GET " + inEnv + "/syncs", slipway.Viewer, c.syncs},
		{"POST " + inEnv + "/syncs", slipway.Deployer, c.startSync},
		{"GET " + inEnv + "/syncs/{sync}", slipway.Viewer, c.sync},
		{"GET " + inEnv + "/syncs/{sync}/cancel", slipway.Deployer, c.confirmCancel},
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
	Next     string   // address of the page after this one, "" for none
	First    string   // address of the first page, "" on it
	Trouble  *Trouble // what is wrong with the filter
}

// Filtered reports whether anything is asked for.
func (p syncsPage) Filtered() bool { return p.Status+p.Commit+p.Author != "" }

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
	a := answer{page: "syncs", title: "Syncs · " + v.env, tab: "syncs", poll: idlePoll}
	f := control.SyncFilter{Status: slipway.SyncStatus(m.Status), Commit: m.Commit, Author: m.Author}
	list, next, err := c.Plane.Syncs(v.ctx(), v.env, f, control.Page{Cursor: v.query("cursor"), Limit: syncsPerPage})
	if fault.Is(err, fault.Invalid) { // what was typed stays, to be mended
		t, status := c.trouble(v, err)
		m.Trouble = &t
		a.model, a.status, a.poll = m, status, 0
		return a, nil
	}
	if err != nil {
		return answer{}, err
	}
	for i := range list {
		if !list[i].Status.Ended() {
			a.poll = busyPoll
		}
		m.Syncs = append(m.Syncs, viewSync(&list[i]))
	}
	if err := c.leadOn(v, list, m.Syncs); err != nil {
		return answer{}, err
	}
	m.Next, m.First = v.around(next)
	a.model = m
	return a, nil
}

// leadOn finds for each of views whose work another sync did which one that is.
// known need not be read again.
func (c *console) leadOn(v *visit, known []slipway.Sync, views []*syncView) error {
	byID := map[string]slipway.Sync{}
	for _, s := range known {
		byID[s.ID] = s
	}
	for _, view := range views {
		id := cmp.Or(view.MergedInto, view.SameAs)
		if id == "" {
			continue
		}
		s, ok := byID[id]
		if !ok || s.MergedInto != "" {
			var err error
			s, err = c.Plane.Follow(v.ctx(), view.Environment, id)
			if err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
			byID[id] = s // nothing of it where it is pruned
		}
		view.Instead = &insteadView{ID: s.ID, Sequence: s.Sequence}
	}
	return nil
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

// pressedTwice is how long the same button, pressed again, asks for nothing more.
const pressedTwice = 10 * time.Second

// startSync asks for a sync, and goes to where its steps are shown. The button of
// one page asks once, however often it is pressed at a time.
func (c *console) startSync(v *visit) (answer, error) {
	to := answer{to: address("environments", v.env)}
	// A page has its own token, and none when it says that nothing is new.
	again, first, err := c.once(v, pressedTwice, "sync "+v.env, v.form("csrf"))
	if err != nil || !first {
		return to, err
	}
	if _, err = c.Plane.RequestSync(v.ctx(), v.env, control.SyncOptions{Actor: v.who.Actor}); err != nil {
		again()
	}
	return to, err
}
