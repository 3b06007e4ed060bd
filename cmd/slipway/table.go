package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// table prints rows in columns; cells are cleaned.
func (s *session) table(header string, rows [][]string) {
	w := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, strings.ReplaceAll(header, " ", "\t"))
	for _, row := range rows {
		for i, cell := range row {
			if row[i] = clean(cell); cell == "" {
				row[i] = "-"
			}
		}
		_, _ = fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	_ = w.Flush()
}

// diagnostics prints each with its place, its line and its hint.
func (s *session) diagnostics(ds []diagnostic.Diagnostic) {
	for _, d := range ds {
		s.print("%s%s: %s [%s]", place(d), d.Severity, clean(d.Message), d.Code)
		if d.LineText != "" {
			number := fmt.Sprintf("%5d", d.Line)
			s.print("%s | %s", number, clean(d.LineText))
			if d.Column > 0 {
				s.print("%s | %s^", strings.Repeat(" ", len(number)), strings.Repeat(" ", d.Column-1))
			}
		}
		if d.Hint != "" {
			for line := range strings.Lines(d.Hint) {
				s.print("      %s", clean(strings.TrimRight(line, "\n")))
			}
		}
	}
}

func place(d diagnostic.Diagnostic) string {
	switch {
	case d.Path == "":
		return ""
	case d.Line == 0:
		return clean(d.Path) + ": "
	case d.Column == 0:
		return fmt.Sprintf("%s:%d: ", clean(d.Path), d.Line)
	}
	return fmt.Sprintf("%s:%d:%d: ", clean(d.Path), d.Line, d.Column)
}

// held is a workflow that a hold keeps back, and what lets it go on.
type held struct {
	Workflow   string       `json:"workflow"`
	Deployment string       `json:"deployment"`
	Hold       slipway.Hold `json:"hold"`
	Lift       string       `json:"lift"`
}

// heldBack are the workflows that a hold keeps back.
func (s *session) heldBack(ws []control.WorkflowView) []held {
	hs := []held{}
	for _, w := range ws {
		if w.Hold != nil && w.KeptBack != "" {
			hs = append(hs, held{w.ID, w.KeptBack, *w.Hold, s.command([]string{"lift", s.env, w.ID})})
		}
	}
	return hs
}

func (s *session) printHeld(hs []held) {
	if len(hs) > 0 {
		s.hint("")
		s.hint("kept back by a hold:")
	}
	for _, h := range hs {
		s.hint("  %s: %s waits; held by %s since %s%s", clean(h.Workflow), h.Deployment, clean(h.Hold.Actor.String()),
			stamp(h.Hold.At), because(h.Hold.Reason))
		s.hint("    %s", h.Lift)
	}
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return ` ("` + clean(reason) + `")`
}

func notes(ns []slipway.Note) string {
	texts := make([]string, 0, len(ns))
	for _, n := range ns {
		texts = append(texts, string(n))
	}
	return strings.Join(texts, ", ")
}
