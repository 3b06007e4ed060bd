package main

import (
	"fmt"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

type syncsCmd struct {
	Env    string `arg:""`
	Status string `help:"Only those with this status: queued, running, succeeded, incomplete, failed, unchanged, superseded or cancelled." placeholder:"STATUS"`
	commitFlags
	spanFlags
	pageFlags
}

// commitFlags choose by the commit that something is of.
type commitFlags struct {
	Commit string `help:"Only those of a commit that begins so." placeholder:"SHA"`
	Author string `help:"Only those whose commit's author has this in the name or the e-mail." placeholder:"TEXT"`
}

// pageFlags choose a part of a list.
type pageFlags struct {
	Limit  int    `help:"How many at most." default:"50"`
	Cursor string `help:"Go on where the list before said next." placeholder:"NEXT"`
}

func (f pageFlags) page() control.Page { return control.Page{Limit: f.Limit, Cursor: f.Cursor} }

// printNext says how to see the rest of a list.
func (s *session) printNext(next string, command ...string) {
	if next != "" && !s.json {
		s.print("more: %s", s.command(append(command, "--cursor", next)))
	}
}

func (c *syncsCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	span, err := c.span(s.now())
	if err != nil {
		return err
	}
	f := control.SyncFilter{Status: slipway.SyncStatus(c.Status), Commit: c.Commit, Author: c.Author, Span: span}
	syncs, next, err := ops.Syncs(s.ctx, c.Env, f, c.page())
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"syncs": syncs, "next": next})
		return nil
	}
	var rows [][]string
	for _, sync := range syncs {
		commit, subject := "", ""
		if sync.Commit != nil {
			commit, subject = sync.Commit.Short(), clip(sync.Commit.Subject(), 40)
		}
		rows = append(rows, []string{
			fmt.Sprint(sync.Sequence), sync.ID, string(sync.Status), commit, subject, counts(sync.Counts), sync.StartedBy.String(), stamp(sync.RequestedAt),
		})
	}
	s.table("SYNC ID STATUS COMMIT MESSAGE COUNTS BY AT", rows)
	again := append([]string{"syncs", c.Env}, flagWords("--status", c.Status, "--commit", c.Commit, "--author", c.Author)...)
	s.printNext(next, append(again, spanWords(span)...)...)
	return nil
}
