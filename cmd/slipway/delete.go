package main

import "github.com/slipway-dev/slipway/internal/control"

type deleteCmd struct {
	onWorkflow
	From string `help:"The live deployment that you saw: refused if another is live by now." placeholder:"DEPLOYMENT"`
}

func (c *deleteCmd) Run(s *session) error {
	return s.move(c.Env, func(o operations) (control.Moved, error) {
		return o.Delete(s.ctx, c.Env, c.Workflow, s.request(c.Reason), c.From)
	})
}
