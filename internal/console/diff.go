package console

import (
	"fmt"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// settingDiff is a setting that differs between two deployments.
type settingDiff struct{ Name, From, To string }

func diffSettings(from, to slipway.Settings) []settingDiff {
	all := []settingDiff{
		{"Name", from.Name, to.Name},
		{"Trigger", from.Trigger, to.Trigger},
		{"Failure policy", from.FailurePolicy, to.FailurePolicy},
		{"Bindings", strings.Join(from.Bindings, ", "), strings.Join(to.Bindings, ", ")},
	}
	var out []settingDiff
	for _, d := range all {
		if d.From != d.To {
			out = append(out, d)
		}
	}
	return out
}

// sourceDiff is how one bundle differs from another, by lines.
type sourceDiff struct {
	Same         bool
	Added, Taken int
	Hunks        []hunk
	LeftOut      int    // lines of it that are not shown
	Missing      string // why there is none
}

// hunk is a run of lines that differ, with some around them.
type hunk struct {
	From, To int // numbers of its first lines
	Lines    []diffLine
}

// diffLine is one line; Kind is add, take or same.
type diffLine struct{ Kind, Text string }

// maxDiffLines keeps the page small: who wants more reads the repository.
const maxDiffLines = 300

const maxDiffText = 240 // bytes of a line

func diffSource(v *visit, l *control.Look, from, to control.DeploymentDetail) (*sourceDiff, error) {
	if from.Digest == to.Digest {
		return &sourceDiff{Same: true}, nil
	}
	before, _, err := l.Bundle(v.ctx(), from.ID)
	if err == nil {
		var after []byte
		if after, _, err = l.Bundle(v.ctx(), to.ID); err == nil {
			return diffText(string(before), string(after))
		}
	}
	if fault.Is(err, fault.NotFound) {
		return &sourceDiff{Missing: fault.Of(err).Detail}, nil
	}
	return nil, err
}

func diffText(before, after string) (*sourceDiff, error) {
	d, err := udiff.ToUnifiedDiff("before", "after", before, udiff.Strings(before, after), 3)
	if err != nil {
		return nil, fmt.Errorf("compare bundles: %w", err)
	}
	out := &sourceDiff{Same: len(d.Hunks) == 0}
	shown := 0
	for _, h := range d.Hunks {
		next := hunk{From: h.FromLine, To: h.ToLine}
		for _, l := range h.Lines {
			line := diffLine{"same", strings.TrimRight(l.Content, "\r\n")}
			switch l.Kind {
			case udiff.Insert:
				line.Kind = "add"
				out.Added++
			case udiff.Delete:
				line.Kind = "take"
				out.Taken++
			case udiff.Equal:
			}
			if len(line.Text) > maxDiffText {
				line.Text = strings.ToValidUTF8(line.Text[:maxDiffText], "") + "…"
			}
			if shown++; shown > maxDiffLines {
				out.LeftOut++
				continue
			}
			next.Lines = append(next.Lines, line)
		}
		if len(next.Lines) > 0 {
			out.Hunks = append(out.Hunks, next)
		}
	}
	return out, nil
}
