package console

import (
	"slices"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// workflowPage is the model of the page workflow.
type workflowPage struct {
	control.WorkflowView
	Attention   string
	LiveOne     *control.DeploymentDetail // nil where nothing is live, or it is pruned
	LatestOne   control.DeploymentDetail
	Previous    *control.DeploymentView // what a roll back goes to, nil for nothing
	NoPrevious  string                  // why there is none
	Deployments []deploymentRow
	Next        string // address of the page after this one, "" for none
	First       string // address of the first page, "" on it
	Status      string // that is filtered by
	Commit      string
	Author      string
	Statuses    []slipway.Status
	History     []control.ReleaseView
	Done        *doneNote
	DeletedNow  bool
}

// deploymentRow is a deployment in a list.
type deploymentRow struct {
	control.DeploymentView
	LiveBy *control.ReleaseView // the newest release of those shown that made it live
}

// Has reports whether a note stands beside its status.
func (d deploymentRow) Has(note string) bool { return slices.Contains(d.Notes, slipway.Note(note)) }

// Entries of a page of deployments, and of the history that is read beside it.
const (
	deploymentsPerPage = 25
	historyLength      = 100
)

func allStatuses() []slipway.Status {
	return []slipway.Status{
		slipway.StatusLive, slipway.StatusDeployed, slipway.StatusDraft, slipway.StatusDeactivated, slipway.StatusFailed, slipway.StatusProcessing,
	}
}

// workflow shows one: what is live and why, its deployments, and what moved it.
func (c *console) workflow(v *visit) (answer, error) {
	l, err := c.look(v)
	if err != nil {
		return answer{}, err
	}
	id := v.path("workflow")
	w, err := l.Workflow(v.ctx(), id)
	if err != nil {
		return answer{}, err
	}
	m := workflowPage{
		WorkflowView: w, Attention: attention(control.BoardEntry{WorkflowView: w}), Status: v.query("status"), Commit: v.query("commit"), Author: v.query("author"),
		Statuses: allStatuses(), DeletedNow: w.Why.Code == slipway.WhyDeleted,
	}
	if m.LatestOne, err = l.Deployment(v.ctx(), w.Latest.Deployment); err != nil {
		return answer{}, err
	}
	if w.Live != nil {
		if err := m.liveAndPrevious(v, l); err != nil {
			return answer{}, err
		}
	}
	if m.History, _, err = l.Releases(v.ctx(), control.ReleaseFilter{Workflow: id}, control.Page{Limit: historyLength}); err != nil {
		return answer{}, err
	}
	filter := control.DeploymentFilter{Workflow: id, Status: slipway.Status(m.Status), Commit: m.Commit, Author: m.Author}
	ds, next, err := l.Deployments(v.ctx(), filter, control.Page{Cursor: v.query("cursor"), Limit: deploymentsPerPage})
	if err != nil {
		return answer{}, err
	}
	for _, d := range ds {
		m.Deployments = append(m.Deployments, deploymentRow{d, madeLive(m.History, d.ID)})
	}
	m.Next, m.First = v.around(next)
	if m.Done, err = c.done(v, l); err != nil {
		return answer{}, err
	}
	return answer{page: "workflow", title: id, tab: "workflows", model: m, poll: idlePoll}, nil
}

func (m *workflowPage) liveAndPrevious(v *visit, l *control.Look) error {
	live, err := l.Deployment(v.ctx(), m.Live.Deployment)
	if err != nil {
		return err
	}
	m.LiveOne = &live
	previous, err := l.Previous(v.ctx(), m.ID)
	if fault.Is(err, fault.Conflict) {
		m.NoPrevious = fault.Of(err).Detail
		return nil
	}
	if err != nil {
		return err
	}
	m.Previous = &previous
	return nil
}

// madeLive is the newest release that made a deployment live, nil if it is none
// of these.
func madeLive(releases []control.ReleaseView, deployment string) *control.ReleaseView {
	for i, r := range releases {
		for _, ch := range r.Changes {
			if ch.To == deployment {
				return &releases[i]
			}
		}
	}
	return nil
}

// without is the address of this page without a parameter.
func (v *visit) without(name string) string {
	q := v.r.URL.Query()
	q.Del("done")
	q.Del(name)
	if len(q) == 0 {
		return v.r.URL.EscapedPath()
	}
	return v.r.URL.EscapedPath() + "?" + q.Encode()
}
