package main

import (
	"context"
	"errors"

	"github.com/slipway-dev/slipway/internal/control"
)

type tickCmd struct{}

func (c *tickCmd) Run(s *session) error {
	if err := s.onlyLocal("tick", "a server has a clock of its own"); err != nil {
		return err
	}
	plane, err := s.openPlane()
	if err != nil {
		return err
	}
	ticked, failed := plane.Tick(s.ctx)
	if s.json {
		return s.printTickedJSON(ticked, failed)
	}
	if len(ticked) == 0 && failed == nil {
		s.print("nothing to do")
	}
	for _, t := range ticked {
		s.env = t.Environment
		if t.Ended != nil {
			s.print("%s: ended a sync that had died", t.Environment)
			s.printSyncEnd(*t.Ended)
		}
		if t.Problem != nil {
			s.print("%s: the branch gave no tip: %s [%s]", t.Environment, clean(t.Problem.Detail), t.Problem.Code)
		}
		if t.Asked != nil {
			s.print("%s: the branch has moved", t.Environment)
		}
		for _, sync := range t.Ran {
			s.print("%s: ran the sync that waited", t.Environment)
			s.printSyncEnd(sync)
		}
	}
	return failed
}

// printTickedJSON prints what was done also where something failed: the fault
// stands beside it.
func (s *session) printTickedJSON(ticked []control.Ticked, failed error) error {
	if failed == nil {
		s.printJSON(map[string]any{"ticked": ticked})
		return nil
	}
	if len(ticked) == 0 || errors.Is(failed, context.Canceled) {
		return failed
	}
	s.printJSON(map[string]any{"ticked": ticked, "error": s.refusal(failed)})
	return exitStatus(exitRefused)
}
