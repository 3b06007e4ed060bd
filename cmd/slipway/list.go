package main

import (
	"fmt"

	"github.com/slipway-dev/slipway/internal/slipway"
)

type workflowsCmd struct {
	Env string `arg:""`
}

func (c *workflowsCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	ws, err := ops.Workflows(s.ctx, c.Env)
	if err != nil {
		return err
	}
	env, err := ops.Environment(s.ctx, c.Env)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"workflows": ws})
		s.printHeld(s.heldBack(ws))
		s.printFrozen(env)
		return nil
	}
	if len(ws) == 0 {
		s.print("no workflow yet; bring them with")
		s.print("  %s", s.command([]string{"sync", c.Env}))
		return nil
	}
	var rows [][]string
	for _, w := range ws {
		live, since, by := "", "", ""
		if w.Live != nil {
			live, since, by = slipway.ShortSHA(w.Live.Commit), stamp(w.Live.Since), w.Live.Actor.String()
		}
		newest := fmt.Sprintf("%s %s", slipway.ShortSHA(w.Latest.Commit), w.Latest.Status)
		rows = append(rows, []string{w.ID, string(w.Status), live, since, by, newest, w.Trigger, string(w.Why.Code)})
	}
	s.table("WORKFLOW STATUS LIVE SINCE BY NEWEST TRIGGER WHY", rows)
	s.printHeld(s.heldBack(ws))
	s.printFrozen(env)
	return nil
}
