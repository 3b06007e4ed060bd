package main

import (
	"strconv"

	"github.com/slipway-dev/slipway/internal/control"
)

type restoreCmd struct {
	Env     string `arg:""`
	Release int64  `arg:"" help:"Number of the release whose live deployments come back."`
	Preview bool   `help:"Only say what would change. Writes nothing."`
	Partial bool   `help:"Leave what was deleted, rejected or pruned since as it is."`
	Reason  string `help:"Why, in your words: it stays in the ledger." placeholder:"TEXT"`
}

func (c *restoreCmd) Run(s *session) error {
	if c.Preview {
		return c.preview(s)
	}
	return s.govern(c.Env, func(o operations) (control.Governed, error) {
		return o.Restore(s.ctx, c.Env, c.Release, c.Partial, s.request(c.Reason))
	})
}

// restorePreview is what a preview prints with --json.
type restorePreview struct {
	control.RestorePreview
	Command string `json:"command"` // does it, "" where there is nothing to do
}

func (c *restoreCmd) preview(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	p, err := ops.PreviewRestore(s.ctx, c.Env, c.Release)
	if err != nil {
		return err
	}
	command := []string{"restore", c.Env, strconv.FormatInt(c.Release, 10)}
	if len(p.Left) > 0 {
		command = append(command, "--partial")
	}
	r := restorePreview{RestorePreview: p}
	if len(p.Changes) > 0 {
		r.Command = s.command(command)
	}
	if s.json {
		s.printJSON(r)
		return nil
	}
	s.printPreview(r)
	return nil
}

func (s *session) printPreview(r restorePreview) {
	s.print("to restore release %d over release %d: %s", r.Release, r.Head, moves(len(r.Changes)))
	for _, change := range r.Changes {
		s.printChange(change)
	}
	for _, l := range r.Left {
		stays := "nothing is live of it"
		if l.Live != "" {
			stays = l.Live + " stays live"
		}
		s.print("  %s: left as it is, %s, not %s: %s", clean(l.Workflow), stays, l.Then, l.Why)
	}
	s.print("nothing was written")
	if r.Command != "" {
		s.print("every workflow that moves is held; to do it:")
		s.print("  %s", r.Command)
	}
}
