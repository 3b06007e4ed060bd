package console

import (
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// deploymentPage is the model of the page deployment.
type deploymentPage struct {
	control.DeploymentDetail
	Sequence int64
	Valid    bool
	Live     bool
	Rejected bool
	History  []control.ReleaseView // that moved it, or rejected or accepted its code
	Log      []logLine
}

// deployment shows one: its build log, its settings, and what became of it.
func (c *console) deployment(v *visit) (answer, error) {
	l, err := c.look(v)
	if err != nil {
		return answer{}, err
	}
	d, err := l.Deployment(v.ctx(), v.path("deployment"))
	if err != nil {
		return answer{}, err
	}
	m := deploymentPage{
		DeploymentDetail: d, Sequence: d.DeploymentView.Sequence, Live: d.Status == slipway.StatusLive,
		Valid: d.Status != slipway.StatusFailed && d.Status != slipway.StatusProcessing, Rejected: d.Rejection != nil, Log: logOf(d.Diagnostics),
	}
	if d.Workflow != "" {
		rs, _, err := l.Releases(v.ctx(), control.ReleaseFilter{Workflow: d.Workflow}, control.Page{Limit: historyLength})
		if err != nil {
			return answer{}, err
		}
		for _, r := range rs {
			ch, _ := r.Change(d.Workflow)
			if ch.From == d.ID || ch.To == d.ID || r.About != nil && r.About.Deployment == d.ID {
				m.History = append(m.History, r)
			}
		}
	}
	return answer{page: "deployment", title: d.Commit.Short() + " of " + d.Path, tab: "workflows", model: m, poll: idlePoll}, nil
}

// logLine is a diagnostic as a page shows it: the place in its line is marked.
type logLine struct {
	diagnostic.Diagnostic
	Before, Mark, After string // of the line's text
}

func logOf(ds []diagnostic.Diagnostic) []logLine {
	out := make([]logLine, 0, len(ds))
	for _, d := range ds {
		l := logLine{Diagnostic: d, Before: d.LineText}
		text := []rune(d.LineText)
		if at := d.Column - 1; at >= 0 && at < len(text) {
			end := at + 1
			for end < len(text) && isWord(text[at]) && isWord(text[end]) {
				end++
			}
			l.Before, l.Mark, l.After = string(text[:at]), string(text[at:end]), string(text[end:])
		}
		out = append(out, l)
	}
	return out
}

func isWord(r rune) bool {
	return r == '_' || r == '$' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
}

// code explains a kind of diagnostic.
func (c *console) code(v *visit) (answer, error) {
	info, ok := diagnostic.Explain(diagnostic.Code(v.path("code")))
	if !ok {
		return answer{}, fault.New(fault.NotFound, "unknown-code", "there is no diagnostic %q", v.path("code"))
	}
	return answer{page: "code", title: string(info.Code), model: info}, nil
}
