package main

import (
	"fmt"

	"github.com/slipway-dev/slipway/internal/fault"
)

type envRemoveCmd struct {
	Env    string `arg:""`
	Yes    bool   `help:"Do it: nothing of the environment is live or listed any more."`
	Reason string `help:"Why, in your words: it stays with the records." placeholder:"TEXT"`
}

func (c *envRemoveCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	if !c.Yes {
		v, err := ops.Environment(s.ctx, c.Env)
		if err != nil {
			return err
		}
		return fault.New(fault.Invalid, "not-confirmed", "removing %s takes %s away, for good", v.Slug, liveWorkflows(v.Live)).
			WithHint("its records stay, but no command reads them; say that you mean it").
			WithFix("env", "remove", fault.EnvArg, "--yes")
	}
	r, err := ops.RemoveEnvironment(s.ctx, c.Env, s.request(c.Reason))
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(r)
		return nil
	}
	s.print("removed %s (%s): its name is free, its records stay", r.Slug, r.ID)
	return nil
}

func liveWorkflows(n int) string {
	if n == 1 {
		return "1 live workflow"
	}
	return fmt.Sprintf("%d live workflows", n)
}

// listRemoved lists the environments that were removed.
func listRemoved(s *session) error {
	ops, err := s.open()
	if err != nil {
		return err
	}
	rs, err := ops.RemovedEnvironments(s.ctx)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"removed": rs})
		return nil
	}
	var rows [][]string
	for _, r := range rs {
		rows = append(rows, []string{r.Slug, r.ID, r.Repository.URL, fmt.Sprint(r.Version), stamp(r.RemovedAt), r.RemovedBy.String(), r.Reason})
	}
	s.table("ENVIRONMENT ID REPOSITORY CONFIGURATION REMOVED BY REASON", rows)
	return nil
}
