package main

import (
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// onWorkflow names what a person's command is about, and why.
type onWorkflow struct {
	Env      string `arg:""`
	Workflow string `arg:""`
	Reason   string `help:"Why, in your words: it stays in the ledger." placeholder:"TEXT"`
}

// onDeployment names a deployment too.
type onDeployment struct {
	Env        string `arg:""`
	Workflow   string `arg:""`
	Deployment string `arg:"" help:"Id (dep_…), commit (7 or more characters: its newest valid deployment), or previous."`
	Reason     string `help:"Why, in your words: it stays in the ledger." placeholder:"TEXT"`
	From       string `help:"The live deployment that you saw: refused if another is live by now." placeholder:"DEPLOYMENT"`
}

type liveCmd struct {
	onDeployment
	Override bool `help:"During a freeze, also a deployment that never was live."`
}

func (c *liveCmd) Run(s *session) error {
	return s.move(c.Env, c.Workflow, func(p *control.Plane) (control.Result, error) {
		return p.MakeLive(s.ctx, c.Env, c.Workflow, c.Deployment, s.request(c.Reason), control.MakeLiveOptions{From: c.From, Override: c.Override})
	})
}

type rollbackCmd struct {
	onWorkflow
	From string `help:"The live deployment that you saw: refused if another is live by now." placeholder:"DEPLOYMENT"`
}

func (c *rollbackCmd) Run(s *session) error {
	return s.move(c.Env, c.Workflow, func(p *control.Plane) (control.Result, error) {
		return p.MakeLive(s.ctx, c.Env, c.Workflow, control.PreviousName, s.request(c.Reason), control.MakeLiveOptions{From: c.From})
	})
}

type deactivateCmd struct {
	onWorkflow
	From string `help:"The live deployment that you saw: refused if another is live by now." placeholder:"DEPLOYMENT"`
}

func (c *deactivateCmd) Run(s *session) error {
	return s.move(c.Env, c.Workflow, func(p *control.Plane) (control.Result, error) {
		return p.Deactivate(s.ctx, c.Env, c.Workflow, s.request(c.Reason), c.From)
	})
}

type holdCmd struct{ onWorkflow }

func (c *holdCmd) Run(s *session) error {
	return s.move(c.Env, c.Workflow, func(p *control.Plane) (control.Result, error) {
		return p.Hold(s.ctx, c.Env, c.Workflow, s.request(c.Reason))
	})
}

type liftCmd struct{ onWorkflow }

func (c *liftCmd) Run(s *session) error {
	return s.move(c.Env, c.Workflow, func(p *control.Plane) (control.Result, error) {
		return p.Lift(s.ctx, c.Env, c.Workflow, s.request(c.Reason))
	})
}

type rejectCmd struct{ onDeployment }

func (c *rejectCmd) Run(s *session) error {
	return s.move(c.Env, c.Workflow, func(p *control.Plane) (control.Result, error) {
		return p.Reject(s.ctx, c.Env, c.Workflow, c.Deployment, s.request(c.Reason), c.From)
	})
}

type acceptCmd struct{ onDeployment }

func (c *acceptCmd) Run(s *session) error {
	return s.move(c.Env, c.Workflow, func(p *control.Plane) (control.Result, error) {
		return p.Accept(s.ctx, c.Env, c.Workflow, c.Deployment, s.request(c.Reason), c.From)
	})
}

func (s *session) request(reason string) control.Request {
	return control.Request{Actor: s.actor, Reason: reason}
}

// moved is what a person's command prints with --json.
type moved struct {
	Changed  bool                 `json:"changed"` // false: what was asked for was so already
	Release  *control.ReleaseView `json:"release"` // the row that was written
	Workflow control.WorkflowView `json:"workflow"`
}

// move carries a person's command out and prints what became of it.
func (s *session) move(env, workflow string, do func(*control.Plane) (control.Result, error)) error {
	s.env = env
	plane, err := s.open()
	if err != nil {
		return err
	}
	res, err := do(plane)
	if err != nil {
		return err
	}
	w, err := plane.Workflow(s.ctx, env, workflow)
	if err != nil {
		return err
	}
	m := moved{Changed: res.Changed, Workflow: w}
	if res.Changed {
		v := control.ViewRelease(res.Row)
		m.Release = &v
	}
	if s.json {
		s.printJSON(m)
	} else {
		s.printMove(res, w)
	}
	s.afterMove(w)
	return nil
}

func (s *session) printMove(res control.Result, w control.WorkflowView) {
	if !res.Changed {
		s.print("it is so already, nothing was written")
		s.printWhy(clean(w.ID)+" is "+string(w.Status)+":", w.Why)
		return
	}
	what := "what is live stays"
	if c, ok := res.Change(w.ID); ok {
		what = named(c.From, c.FromCommit) + " → " + named(c.To, c.ToCommit)
	}
	s.print("release %d, %s: %s: %s", res.Row.Number, res.Row.Cause, clean(w.ID), what)
	for _, n := range res.Row.Notes {
		s.print("  %s", clean(n))
	}
	s.print("%s is %s: %s", clean(w.ID), w.Status, clean(w.Why.Text))
}

func named(deployment, sha string) string {
	if deployment == "" {
		return "nothing"
	}
	return deployment + " (" + slipway.ShortSHA(sha) + ")"
}

// afterMove prints the command that ends a hold, where there is one.
func (s *session) afterMove(w control.WorkflowView) {
	if w.Hold != nil {
		s.hint("to let syncs take over again:")
		s.hint("  %s", s.command([]string{"lift", s.env, w.ID}))
	}
}
