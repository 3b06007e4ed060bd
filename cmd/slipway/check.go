package main

import (
	"fmt"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

type checkCmd struct {
	Dir     string   `arg:"" help:"Folder that has the kinde.json, or whose --root has it." type:"path"`
	Root    string   `help:"Sub-directory that has the kinde.json." placeholder:"SUBDIR"`
	Trigger []string `help:"A trigger beyond the built-in ones. May be repeated." placeholder:"NAME"`
}

// checkResult is what check prints with --json.
type checkResult struct {
	Workflows   []checkedFile           `json:"workflows"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
}

type checkedFile struct {
	Path    string `json:"path"`
	ID      string `json:"id"`
	Trigger string `json:"trigger"`
	Valid   bool   `json:"valid"`
}

func (c *checkCmd) Run(s *session) error {
	defer s.workHard()()
	snap, err := snapshot.FromDir(s.ctx, c.Dir, snapshot.DefaultLimits())
	if err != nil {
		return err
	}
	report, err := newChecker().Check(s.ctx, check.Source{FS: snap, Root: c.Root, ExtraTriggers: c.Trigger}, nil)
	if err != nil {
		return fmt.Errorf("check folder: %w", err)
	}
	r := checkResult{Workflows: []checkedFile{}, Diagnostics: report.Diagnostics}
	if r.Diagnostics == nil {
		r.Diagnostics = []diagnostic.Diagnostic{}
	}
	for _, f := range report.Workflows {
		r.Workflows = append(r.Workflows, checkedFile{f.Path, f.Settings.ID, f.Settings.Trigger, f.Valid()})
	}
	if s.json {
		s.printJSON(r)
	} else {
		s.printCheck(r)
	}
	if !report.OK() {
		return exitStatus(exitRefused)
	}
	return nil
}

func (s *session) printCheck(r checkResult) {
	s.diagnostics(r.Diagnostics)
	if len(r.Workflows) == 0 {
		return
	}
	var rows [][]string
	valid := 0
	for _, f := range r.Workflows {
		verdict := "failed"
		if f.Valid {
			verdict = "valid"
			valid++
		}
		rows = append(rows, []string{verdict, f.ID, f.Trigger, f.Path})
	}
	s.table("VERDICT WORKFLOW TRIGGER PATH", rows)
	s.print("%d of %d valid", valid, len(r.Workflows))
}
