package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/slipway"
)

type showCmd struct {
	Env  string `arg:""`
	Name string `arg:"" help:"A workflow's id, a deployment's (dep_…) or a sync's (sync_…)."`
}

func (c *showCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	switch {
	case strings.HasPrefix(c.Name, "dep_"):
		return showDeployment(s, ops, c.Env, c.Name)
	case strings.HasPrefix(c.Name, "sync_"):
		return showSync(s, ops, c.Env, c.Name)
	}
	return showWorkflow(s, ops, c.Env, c.Name)
}

func showWorkflow(s *session, ops operations, env, id string) error {
	w, err := ops.Workflow(s.ctx, env, id)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(w)
		return nil
	}
	s.print("workflow  %s", clean(w.ID))
	if w.Name != "" {
		s.print("name      %s", clean(w.Name))
	}
	s.print("status    %s", w.Status)
	s.print("trigger   %s", clean(w.Trigger))
	s.print("path      %s", clean(w.Path))
	if w.Live != nil {
		s.print("live      %s of %s since %s by %s (release %d)", w.Live.Deployment, slipway.ShortSHA(w.Live.Commit), stamp(w.Live.Since), clean(w.Live.Actor.String()), w.Live.Release)
	}
	s.print("newest    %s of %s, %s, %s", w.Latest.Deployment, slipway.ShortSHA(w.Latest.Commit), w.Latest.Status, stamp(w.Latest.CreatedAt))
	if w.Hold != nil {
		s.print("hold      by %s since %s%s", clean(w.Hold.Actor.String()), stamp(w.Hold.At), because(w.Hold.Reason))
	}
	if w.MissingSince != nil {
		s.print("missing   since %s", stamp(*w.MissingSince))
	}
	s.printWhy("why      ", w.Why)
	return nil
}

func showDeployment(s *session, ops operations, env, id string) error {
	d, err := ops.Deployment(s.ctx, env, id)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(d)
		return nil
	}
	s.print("deployment  %s", d.ID)
	s.print("workflow    %s", clean(d.Workflow))
	s.print("status      %s %s", d.Status, notes(d.Notes))
	s.print("commit      %s %q by %s, %s", d.Commit.Short(), clean(d.Commit.Subject()), clean(d.Commit.Author), stamp(d.Commit.Time))
	s.print("path        %s", clean(d.Path))
	s.print("sync        %d %s", d.Sequence, d.Sync)
	if d.Digest != "" {
		s.print("bundle      %s, %d bytes", d.Digest, d.Size)
		s.print("settings    trigger %s, failure policy %s, bindings %s", clean(d.Settings.Trigger), d.Settings.FailurePolicy, clean(strings.Join(d.Settings.Bindings, " ")))
	}
	for _, name := range slices.Sorted(maps.Keys(d.Packages)) {
		s.print("built with  %s %s", clean(name), clean(d.Packages[name]))
	}
	if r := d.Rejection; r != nil {
		s.print("rejected    by %s at %s%s", clean(r.Actor.String()), stamp(r.At), because(r.Reason))
	}
	s.diagnostics(d.Diagnostics)
	return nil
}

func showSync(s *session, ops operations, env, id string) error {
	d, err := ops.SyncByID(s.ctx, env, id)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(d)
		return nil
	}
	if d.Commit != nil {
		s.print("%s %q by %s, %s", d.Commit.Short(), clean(d.Commit.Subject()), clean(d.Commit.Author), stamp(d.Commit.Time))
	}
	s.printSyncEnd(d.Sync)
	for _, step := range d.Steps {
		s.print("  %-9s %.1f s", step.Step, step.Took.Seconds())
	}
	var rows [][]string
	for _, dep := range d.Deployments {
		rows = append(rows, []string{dep.ID, dep.Workflow, string(dep.Status), notes(dep.Notes), dep.Path})
	}
	if len(rows) > 0 {
		s.table("DEPLOYMENT WORKFLOW STATUS NOTES PATH", rows)
	}
	s.diagnostics(d.Diagnostics)
	return nil
}

type logCmd struct {
	Env        string `arg:""`
	Name       string `arg:"" help:"A deployment's id (dep_…), or a workflow's."`
	Deployment string `arg:"" optional:"" help:"Of a workflow: id, commit or previous. Default: its newest."`
}

func (c *logCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	id := c.Name
	if !strings.HasPrefix(id, "dep_") {
		if id, err = ops.Find(s.ctx, c.Env, c.Name, c.Deployment); err != nil {
			return err
		}
	}
	d, err := ops.Deployment(s.ctx, c.Env, id)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"deployment": d.ID, "status": d.Status, "diagnostics": d.Diagnostics})
		return nil
	}
	s.print("%s of %s: %s, %s", d.ID, d.Commit.Short(), d.Status, clean(d.Path))
	s.diagnostics(d.Diagnostics)
	if len(d.Diagnostics) == 0 {
		s.print("nothing to report")
	}
	return nil
}

type whyCmd struct {
	Env      string `arg:""`
	Workflow string `arg:""`
}

func (c *whyCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	w, err := ops.Workflow(s.ctx, c.Env, c.Workflow)
	if err != nil {
		return err
	}
	if s.json {
		commands := []string{}
		for _, fix := range w.Why.Fixes {
			commands = append(commands, s.command(fix))
		}
		s.printJSON(map[string]any{"workflow": w.ID, "status": w.Status, "code": w.Why.Code, "text": w.Why.Text, "commands": commands})
		return nil
	}
	s.printWhy(fmt.Sprintf("%s is %s:", clean(w.ID), w.Status), w.Why)
	return nil
}

// printWhy prints the explanation, and the commands that would change it.
func (s *session) printWhy(label string, why slipway.Why) {
	s.print("%s %s [%s]", label, clean(why.Text), why.Code)
	for _, fix := range why.Fixes {
		s.print("  %s", s.command(fix))
	}
}

type versionCmd struct{}

func (c *versionCmd) Run(s *session) error { //nolint:unparam // the form of every command
	v := version()
	if s.json {
		s.printJSON(v)
		return nil
	}
	s.print("slipway %s (%s), checker %s", v.Version, v.Go, v.Checker)
	return nil
}
