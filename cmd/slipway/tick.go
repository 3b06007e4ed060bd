package main

type tickCmd struct{}

func (c *tickCmd) Run(s *session) error {
	if err := s.onlyLocal("tick", "a server has a clock of its own"); err != nil {
		return err
	}
	plane, err := s.openPlane()
	if err != nil {
		return err
	}
	ticked, err := plane.Tick(s.ctx)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"ticked": ticked})
		return nil
	}
	if len(ticked) == 0 {
		s.print("nothing to do")
	}
	for _, t := range ticked {
		s.env = t.Environment
		if t.Ended != nil {
			s.print("%s: ended a sync that had died", t.Environment)
			s.printSyncEnd(*t.Ended)
		}
		for _, sync := range t.Ran {
			s.print("%s: ran the sync that waited", t.Environment)
			s.printSyncEnd(sync)
		}
	}
	return nil
}
