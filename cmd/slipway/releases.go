package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

type releasesCmd struct {
	Env      string `arg:""`
	Workflow string `help:"Only those that moved this workflow, or were about it." placeholder:"WORKFLOW"`
	Sync     string `help:"Only those that this sync wrote (sync_…)." placeholder:"SYNC"`
	Cause    string `help:"Only those with this cause, such as sync, roll-back or make-live." placeholder:"CAUSE"`
	Actor    string `help:"Only those by somebody whose name has this in it." placeholder:"TEXT"`
	spanFlags
	pageFlags
}

func (c *releasesCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	span, err := c.span(s.now())
	if err != nil {
		return err
	}
	f := control.ReleaseFilter{Workflow: c.Workflow, Sync: c.Sync, Cause: slipway.Cause(c.Cause), Actor: c.Actor, Span: span}
	rs, next, err := ops.Releases(s.ctx, c.Env, f, c.page())
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"releases": rs, "next": next})
		return nil
	}
	var rows [][]string
	for _, r := range rs {
		rows = append(rows, []string{fmt.Sprint(r.Number), stamp(r.At), r.Actor.String(), string(r.Cause), changes(r), r.Reason})
	}
	s.table("RELEASE AT BY CAUSE CHANGES REASON", rows)
	again := append([]string{"releases", c.Env}, flagWords("--workflow", c.Workflow, "--sync", c.Sync, "--cause", c.Cause, "--actor", c.Actor)...)
	s.printNext(next, append(again, spanWords(span)...)...)
	return nil
}

// changes names what a release moved, shortly: one by one where they are few,
// else how many came to which commit. What moved nothing says which workflow it
// was about.
func changes(r control.ReleaseView) string {
	const most = 3
	cs := r.Changes
	if len(cs) == 0 && r.About != nil {
		return "nothing moved (" + strings.TrimSpace(r.About.Workflow+" "+slipway.ShortSHA(r.About.Commit)) + ")"
	}
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
