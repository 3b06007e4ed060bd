package control

import (
	"context"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Moved is what became of a command about one workflow.
type Moved struct {
	Changed  bool         `json:"changed"` // false: what was asked for was so already
	Release  *ReleaseView `json:"release"` // the row that was written, nil without Changed
	Workflow WorkflowView `json:"workflow"`
}

// Governed is what became of a command about a whole environment.
type Governed struct {
	Changed     bool            `json:"changed"`  // false: what was asked for was so already
	Releases    []ReleaseView   `json:"releases"` // the rows that were written, in order
	Environment EnvironmentView `json:"environment"`
}

// Moved reads what became of a workflow after a command about it gave res.
func (p *Plane) Moved(ctx context.Context, slug, workflow string, res Result) (Moved, error) {
	w, err := p.Workflow(ctx, slug, workflow)
	if err != nil {
		return Moved{}, err
	}
	m := Moved{Changed: res.Changed, Workflow: w}
	if res.Changed {
		v := ViewRelease(res.Row)
		m.Release = &v
	}
	return m, nil
}

// Governed reads what became of an environment after a command about it gave res.
func (p *Plane) Governed(ctx context.Context, slug string, res Result) (Governed, error) {
	v, err := p.Environment(ctx, slug)
	if err != nil {
		return Governed{}, err
	}
	g := Governed{Changed: res.Changed, Releases: []ReleaseView{}, Environment: v}
	for _, row := range res.Rows {
		g.Releases = append(g.Releases, ViewRelease(row))
	}
	return g, nil
}

// Concerns reports whether the release moved a workflow, or was about it: its
// hold, or its code that was rejected or accepted.
func (v ReleaseView) Concerns(workflow string) bool {
	_, moved := v.Change(workflow)
	return moved || v.About != nil && v.About.Workflow == workflow
}

// Change returns the release's change of a workflow, with ok false if it has none.
func (v ReleaseView) Change(workflow string) (c slipway.Change, ok bool) {
	for _, c := range v.Changes {
		if c.Workflow == workflow {
			return c, true
		}
	}
	return slipway.Change{}, false
}
