package main

import (
	"fmt"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

type deploymentsCmd struct {
	Env      string `arg:""`
	Workflow string `arg:"" optional:"" help:"Only those of this workflow."`
	Status   string `help:"Only those with this status: Processing, Failed, Live, Deactivated, Draft or Deployed." placeholder:"STATUS"`
	commitFlags
	spanFlags
	pageFlags
}

func (c *deploymentsCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	span, err := c.span(s.now())
	if err != nil {
		return err
	}
	f := control.DeploymentFilter{Workflow: c.Workflow, Status: slipway.Status(c.Status), Commit: c.Commit, Author: c.Author, Span: span}
	ds, next, err := ops.Deployments(s.ctx, c.Env, f, c.page())
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"deployments": ds, "next": next})
		return nil
	}
	s.printDeployments(ds, c.Workflow == "")
	again := []string{"deployments", c.Env}
	if c.Workflow != "" {
		again = append(again, c.Workflow)
	}
	again = append(again, flagWords("--status", c.Status, "--commit", c.Commit, "--author", c.Author)...)
	s.printNext(next, append(again, spanWords(span)...)...)
	return nil
}

// printDeployments prints a list, with the workflows where they differ.
func (s *session) printDeployments(ds []control.DeploymentView, mixed bool) {
	header := "DEPLOYMENT STATUS NOTES COMMIT MESSAGE AUTHOR SYNC AT"
	if mixed {
		header = "DEPLOYMENT WORKFLOW STATUS NOTES COMMIT MESSAGE AUTHOR SYNC AT"
	}
	var rows [][]string
	for _, d := range ds {
		row := []string{d.ID}
		if mixed {
			row = append(row, d.Workflow)
		}
		rows = append(rows, append(row, string(d.Status), notes(d.Notes), d.Commit.Short(), clip(d.Commit.Subject(), 40), d.Commit.Author,
			fmt.Sprint(d.Sequence), stamp(d.CreatedAt)))
	}
	s.table(header, rows)
}
