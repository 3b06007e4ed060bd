package main

type cancelCmd struct {
	Env    string `arg:""`
	Sync   string `arg:"" help:"The sync's id (sync_…)."`
	Reason string `help:"Why, in your words: it stays with the sync." placeholder:"TEXT"`
}

func (c *cancelCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	sync, changed, err := ops.Cancel(s.ctx, c.Env, c.Sync, s.request(c.Reason))
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"changed": changed, "sync": sync})
		return nil
	}
	if !changed {
		s.print("it has ended already")
	}
	s.printSyncEnd(sync)
	return nil
}
