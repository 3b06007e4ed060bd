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
	return s.move(c.Env, func(o operations) (control.Moved, error) {
		return o.MakeLive(s.ctx, c.Env, c.Workflow, c.Deployment, s.request(c.Reason), control.MakeLiveOptions{From: c.From, Override: c.Override})
	})
}

type rollbackCmd struct {
	onWorkflow
	From string `help:"The live deployment that you saw: refused if another is live by now." placeholder:"DEPLOYMENT"`
}

func (c *rollbackCmd) Run(s *session) error {
	return s.move(c.Env, func(o operations) (control.Moved, error) {
		return o.MakeLive(s.ctx, c.Env, c.Workflow, control.PreviousName, s.request(c.Reason), control.MakeLiveOptions{From: c.From})
	})
}

type deactivateCmd struct {
	onWorkflow
	From string `help:"The live deployment that you saw: refused if another is live by now." placeholder:"DEPLOYMENT"`
}

func (c *deactivateCmd) Run(s *session) error {
	return s.move(c.Env, func(o operations) (control.Moved, error) {
		return o.Deactivate(s.ctx, c.Env, c.Workflow, s.request(c.Reason), c.From)
	})
}

type holdCmd struct{ onWorkflow }

func (c *holdCmd) Run(s *session) error {
	return s.move(c.Env, func(o operations) (control.Moved, error) {
		return o.Hold(s.ctx, c.Env, c.Workflow, s.request(c.Reason))
	})
}

type liftCmd struct{ onWorkflow }

func (c *liftCmd) Run(s *session) error {
	return s.move(c.Env, func(o operations) (control.Moved, error) {
		return o.Lift(s.ctx, c.Env, c.Workflow, s.request(c.Reason))
	})
}

type rejectCmd struct{ onDeployment }

func (c *rejectCmd) Run(s *session) error {
	return s.move(c.Env, func(o operations) (control.Moved, error) {
		return o.Reject(s.ctx, c.Env, c.Workflow, c.Deployment, s.request(c.Reason), c.From)
	})
}

type acceptCmd struct{ onDeployment }

func (c *acceptCmd) Run(s *session) error {
	return s.move(c.Env, func(o operations) (control.Moved, error) {
		return o.Accept(s.ctx, c.Env, c.Workflow, c.Deployment, s.request(c.Reason), c.From)
	})
}

func (s *session) request(reason string) control.Request {
	return control.Request{Actor: s.actor, Reason: reason}
}

// move carries a person's command out and prints what became of it.
func (s *session) move(env string, do func(operations) (control.Moved, error)) error {
	s.env = env
	ops, err := s.open()
	if err != nil {
		return err
	}
	m, err := do(ops)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(m)
	} else {
		s.printMove(m)
	}
	s.afterMove(m.Workflow)
	return nil
}

func (s *session) printMove(m control.Moved) {
	w := m.Workflow
	if m.Release == nil {
		s.print("it is so already, nothing was written")
		s.printWhy(clean(w.ID)+" is "+string(w.Status)+":", w.Why)
		return
	}
	what := "what is live stays"
	if c, ok := m.Release.Change(w.ID); ok {
		what = named(c.From, c.FromCommit) + " → " + named(c.To, c.ToCommit)
	}
	s.print("release %d, %s: %s: %s", m.Release.Number, m.Release.Cause, clean(w.ID), what)
	for _, n := range m.Release.Notes {
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
