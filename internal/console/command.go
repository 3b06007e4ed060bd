package console

import (
	"cmp"
	"net/http"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// move is a command about one workflow, as its page names it.
type move struct {
	Name  string // in the address
	Title string
	Verb  string // on the button
	role  slipway.Role
	// names says that it is about a deployment, which the address names.
	names bool
	// Safety is set for what a person does to be safe: it is refused when something
	// else is live than they saw, and not because a sync has brought more meanwhile.
	Safety bool
	do     func(c *console, v *visit, s seen, r control.Request) (control.Result, error)
}

// seen is what the person saw when they decided.
type seen struct {
	workflow   string
	deployment string // that the command names, "" for none
	from       string // that was live
	override   bool
}

func moves() []move {
	return []move{
		{"make-live", "Make live", "Make live", slipway.Deployer, true, false, makeLive},
		{"roll-back", "Roll back", "Roll back", slipway.Deployer, true, true, makeLive},
		{"deactivate", "Deactivate", "Deactivate", slipway.Deployer, false, true, func(c *console, v *visit, s seen, r control.Request) (control.Result, error) {
			return c.Plane.Deactivate(v.ctx(), v.env, s.workflow, r, s.from)
		}},
		{"hold", "Hold", "Hold", slipway.Deployer, false, true, func(c *console, v *visit, s seen, r control.Request) (control.Result, error) {
			return c.Plane.Hold(v.ctx(), v.env, s.workflow, r)
		}},
		{"lift", "Lift the hold", "Lift the hold", slipway.Deployer, false, false, func(c *console, v *visit, s seen, r control.Request) (control.Result, error) {
			return c.Plane.Lift(v.ctx(), v.env, s.workflow, r)
		}},
		{"reject", "Reject", "Reject this code", slipway.Deployer, true, true, func(c *console, v *visit, s seen, r control.Request) (control.Result, error) {
			return c.Plane.Reject(v.ctx(), v.env, s.workflow, s.deployment, r, s.from)
		}},
		{"accept", "Accept", "Accept this code", slipway.Admin, true, false, func(c *console, v *visit, s seen, r control.Request) (control.Result, error) {
			return c.Plane.Accept(v.ctx(), v.env, s.workflow, s.deployment, r, s.from)
		}},
		{"delete", "Delete the workflow", "Delete", slipway.Admin, false, false, func(c *console, v *visit, s seen, r control.Request) (control.Result, error) {
			return c.Plane.Delete(v.ctx(), v.env, s.workflow, r, s.from)
		}},
	}
}

func makeLive(c *console, v *visit, s seen, r control.Request) (control.Result, error) {
	if s.override {
		if err := v.who.Permit(slipway.Admin, v.env); err != nil {
			return control.Result{}, err
		}
	}
	return c.Plane.MakeLive(v.ctx(), v.env, s.workflow, s.deployment, r, control.MakeLiveOptions{From: s.from, Override: s.override})
}

// moveOf is the command that an address names, if whoever asks may do it.
func moveOf(v *visit) (move, error) {
	for _, m := range moves() {
		if m.Name == v.path("command") {
			return m, v.who.Permit(m.role, v.env)
		}
	}
	return move{}, fault.New(fault.NotFound, "unknown-page", "a workflow has no command %q", v.path("command")).WithHint("go back to the workflow")
}

// confirmPage is the model of the page confirm: what a command would change, by
// the decision itself, made and not written.
type confirmPage struct {
	move
	Workflow   control.WorkflowView
	Deployment *control.DeploymentDetail // that the command names
	From       *control.DeploymentDetail // what is live
	To         *control.DeploymentDetail // what would be live
	Moves      bool                      // what is live changes
	Lines      []string                  // what else changes
	Nothing    bool                      // it is so already
	Settings   []settingDiff
	Source     *sourceDiff
	Trouble    *Trouble
	Reason     string
	Key        string
	Seen       int64
	Override   bool // asked for
	// MayOverride offers to override: that is all which is in the way.
	MayOverride bool
}

// confirm shows what a command would do.
func (c *console) confirm(v *visit) (answer, error) {
	m, err := moveOf(v)
	if err != nil {
		return answer{}, err
	}
	s := seen{workflow: v.path("workflow"), deployment: v.query("deployment"), override: v.query("override") == "yes"}
	p, err := c.preview(v, m, s)
	return answer{page: "confirm", title: m.Title + " · " + s.workflow, tab: "workflows", model: p}, err
}

// preview decides a command at the head there is and writes nothing. That it is
// refused is part of the page.
func (c *console) preview(v *visit, m move, s seen) (confirmPage, error) {
	p := confirmPage{move: m, Key: key(), Override: s.override}
	l, err := c.look(v)
	if err != nil {
		return p, err
	}
	if p.Workflow, err = l.Workflow(v.ctx(), s.workflow); err != nil {
		return p, err
	}
	if m.names {
		if s.deployment, err = l.Find(v.ctx(), s.workflow, cmp.Or(s.deployment, defaultName(m))); err == nil {
			p.Deployment, err = read(v, l, s.deployment)
		}
		if err != nil {
			return p, err
		}
	}
	if p.Workflow.Live != nil {
		if p.From, err = read(v, l, p.Workflow.Live.Deployment); err != nil {
			return p, err
		}
		s.from = p.Workflow.Live.Deployment
	}
	res, err := m.do(c, v, s, control.Request{Actor: v.who.Actor, Preview: l})
	p.Seen = res.Before.Number
	if err != nil {
		if fault.Is(err, fault.Internal) || fault.Is(err, fault.Unavailable) {
			return p, err
		}
		t, _ := c.trouble(v, err)
		p.Trouble = &t
		p.MayOverride = fault.Is(err, fault.Held) && !s.override && v.who.Permit(slipway.Admin, v.env) == nil && m.Name == "make-live"
		return p, nil
	}
	err = p.tell(v, l, res)
	return p, err
}

func defaultName(m move) string {
	if m.Name == "roll-back" {
		return control.PreviousName
	}
	return ""
}

func read(v *visit, l *control.Look, id string) (*control.DeploymentDetail, error) {
	d, err := l.Deployment(v.ctx(), id)
	return &d, err
}

// tell words what the previewed rows change.
func (p *confirmPage) tell(v *visit, l *control.Look, res control.Result) error {
	id := p.Workflow.ID
	if !res.Changed {
		p.Nothing = true
		return nil
	}
	before, after := res.Before.State.Workflows[id], res.Row.State.Workflows[id]
	for _, ch := range res.Changes() {
		if ch.Workflow != id {
			p.Lines = append(p.Lines, "Workflow "+ch.Workflow+" moves too: "+words(ch.FromCommit)+" → "+words(ch.ToCommit)+".")
			continue
		}
		p.Moves = true
		if ch.To != "" {
			var err error
			if p.To, err = read(v, l, ch.To); err != nil {
				return err
			}
		}
	}
	if !p.Moves {
		p.Lines = append(p.Lines, "What is live stays as it is.")
	}
	p.Lines = append(p.Lines, holdLines(before, after)...)
	p.Lines = append(p.Lines, rejectionLines(res.Before.State, res.Row.State)...)
	if after.Deleted && !before.Deleted {
		p.Lines = append(p.Lines, "The workflow leaves the lists until a sync finds its file again. Its deployments and its history stay.")
	}
	if p.Moves && p.From != nil && p.To != nil {
		p.Settings = diffSettings(p.From.Settings, p.To.Settings)
		source, err := diffSource(v, l, *p.From, *p.To)
		p.Source = source
		return err
	}
	return nil
}

func words(sha string) string {
	if sha == "" {
		return "nothing live"
	}
	return slipway.ShortSHA(sha)
}

func holdLines(before, after slipway.WorkflowState) []string {
	switch {
	case before.Hold == nil && after.Hold != nil:
		return []string{"A hold is set in your name: later syncs are checked and do not take over, until somebody lifts it."}
	case before.Hold != nil && after.Hold == nil:
		return []string{"The hold of " + before.Hold.Actor.String() + " ends: later syncs take over again."}
	case before.Hold != nil && before.Hold.Actor != after.Hold.Actor:
		return []string{"The hold of " + before.Hold.Actor.String() + " becomes one in your name."}
	case after.Hold != nil:
		return []string{"The hold of " + before.Hold.Actor.String() + " stays."}
	}
	return nil
}

func rejectionLines(before, after slipway.State) []string {
	var lines []string
	for code := range after.Rejected {
		if !before.IsRejected(code) {
			lines = append(lines, "This code, in whichever deployment, cannot go live until an administrator accepts it.")
		}
	}
	for code := range before.Rejected {
		if !after.IsRejected(code) {
			lines = append(lines, "The rejection ends: this code may go live again. It does not by itself now.")
		}
	}
	return lines
}

// carryOut does what the person confirmed, if it is still what they saw.
func (c *console) carryOut(v *visit) (answer, error) {
	m, err := moveOf(v)
	if err != nil {
		return answer{}, err
	}
	s := seen{workflow: v.path("workflow"), deployment: v.form("deployment"), from: v.form("from"), override: v.form("override") == "yes"}
	r, err := v.request()
	var res control.Result
	if err == nil {
		res, err = m.do(c, v, s, r)
	}
	if err == nil {
		to := address("environments", v.env, "workflows", s.workflow)
		if m.Name == "delete" {
			to = address("environments", v.env)
		}
		return answer{to: to + doneQuery(res)}, nil
	}
	t, status := c.trouble(v, err)
	if status >= http.StatusInternalServerError || status == http.StatusForbidden || status == http.StatusNotFound {
		return answer{}, err
	}
	p, perr := c.preview(v, m, s)
	if perr != nil {
		return answer{}, err
	}
	p.Trouble, p.Reason = &t, v.form("reason")
	return answer{page: "confirm", title: m.Title + " · " + s.workflow, tab: "workflows", status: status, model: p}, nil
}
