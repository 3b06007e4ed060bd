package sqlite

import (
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/cursor"
)

// position is the place of a list's last entry: its number or sequence and,
// where several share one, what orders them.
type position struct {
	Number int64  `json:"n"`
	Path   string `json:"p,omitempty"`
	ID     string `json:"i,omitempty"`
}

// where collects the conditions of a list and their arguments.
type where struct {
	conditions []string
	args       []any
}

func (w *where) and(condition string, args ...any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, args...)
}

// listDeployments gives the statement for q. It names the index it walks, the
// narrowest that has the list's order, so that no list is ever sorted; filters
// that the index has no column for are compared on the way.
func listDeployments(env string, q control.DeploymentQuery, g cursor.Page[position]) (statement string, args []any) {
	w := &where{}
	w.and("environment = ?", env)
	filter(w, q)
	if q.Below > 0 {
		w.and("sequence < ?", q.Below)
	}
	if a := g.After; a != nil {
		w.and("sequence <= ?", a.Number)
		w.and("(sequence < ? OR (path, id) > (?, ?))", a.Number, a.Path, a.ID)
	}
	column := "listed"
	if q.Whole {
		column = "document"
	}
	return "SELECT " + column + ", first_live FROM deployments INDEXED BY " + index(q) +
		" WHERE " + strings.Join(w.conditions, " AND ") +
		" ORDER BY sequence DESC, path, id LIMIT ?", append(w.args, g.Limit+1)
}

func filter(w *where, q control.DeploymentQuery) {
	if q.Workflow != "" {
		w.and("workflow = ?", q.Workflow)
	}
	if q.Sync != "" {
		w.and("sync = ?", q.Sync)
	}
	if q.Commit != "" {
		w.and("substr(commit_sha, 1, length(?)) = ?", q.Commit, q.Commit)
	}
	if q.Outcome != "" {
		w.and("outcome = ?", string(q.Outcome))
	}
	if q.WasLive {
		w.and("first_live IS NOT NULL")
	}
}

func index(q control.DeploymentQuery) string {
	switch {
	case q.Sync != "":
		return "deployments_by_sync"
	case q.WasLive && q.Workflow != "":
		return "deployments_live_once_by_workflow"
	case q.Workflow != "":
		return "deployments_by_workflow"
	case q.WasLive:
		return "deployments_live_once"
	case q.Outcome != "":
		return "deployments_by_outcome"
	}
	return "deployments_by_sequence"
}
