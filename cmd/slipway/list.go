package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
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

type deploymentsCmd struct {
	Env      string `arg:""`
	Workflow string `arg:""`
	pageFlags
}

func (c *deploymentsCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	ds, next, err := ops.Deployments(s.ctx, c.Env, control.DeploymentFilter{Workflow: c.Workflow}, c.page())
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"deployments": ds, "next": next})
		return nil
	}
	var rows [][]string
	for _, d := range ds {
		rows = append(rows, []string{
			d.ID, string(d.Status), notes(d.Notes), d.Commit.Short(), clip(d.Commit.Subject(), 40), d.Commit.Author, fmt.Sprint(d.Sequence), stamp(d.CreatedAt),
		})
	}
	s.table("DEPLOYMENT STATUS NOTES COMMIT MESSAGE AUTHOR SYNC AT", rows)
	s.printNext(next, "deployments", c.Env, c.Workflow)
	return nil
}

type releasesCmd struct {
	Env string `arg:""`
	pageFlags
}

func (c *releasesCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	rs, next, err := ops.Releases(s.ctx, c.Env, control.ReleaseFilter{}, c.page())
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"releases": rs, "next": next})
		return nil
	}
	var rows [][]string
	for _, r := range rs {
		rows = append(rows, []string{fmt.Sprint(r.Number), stamp(r.At), r.Actor.String(), string(r.Cause), changes(r.Changes), r.Reason})
	}
	s.table("RELEASE AT BY CAUSE CHANGES REASON", rows)
	s.printNext(next, "releases", c.Env)
	return nil
}

// changes names what a release moved, shortly: one by one where they are few,
// else how many came to which commit.
func changes(cs []slipway.Change) string {
	const most = 3
	if len(cs) == 0 {
		return "nothing moved"
	}
	var parts []string
	if len(cs) <= most {
		for _, c := range cs {
			parts = append(parts, c.Workflow+" "+commit(c.FromCommit)+" → "+commit(c.ToCommit))
		}
		return strings.Join(parts, ", ")
	}
	to := map[string]int{}
	for _, c := range cs {
		to[c.ToCommit]++
	}
	for _, sha := range slices.Sorted(maps.Keys(to)) {
		parts = append(parts, fmt.Sprintf("%d workflows → %s", to[sha], commit(sha)))
	}
	return strings.Join(parts, ", ")
}

func commit(sha string) string {
	if sha == "" {
		return "nothing"
	}
	return slipway.ShortSHA(sha)
}
