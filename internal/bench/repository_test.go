package main

import (
	"testing"
	"testing/fstest"

	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/sandbox"
)

// What is measured is the check of good workflows, of which there is nothing to
// say.
func TestGeneratedWorkflowsAreGood(t *testing.T) {
	r := &repository{workflows: 8}
	fsys := fstest.MapFS{"kinde.json": {Data: []byte(configText)}}
	for i := range helpers {
		fsys[helperName(i)] = &fstest.MapFile{Data: []byte(helperText(i))}
	}
	for i, name := range r.entries() {
		fsys[name] = &fstest.MapFile{Data: []byte(workflowText(i, 1))}
	}
	c := check.New(bundle.New(), sandbox.New(), check.DefaultLimits())
	report, err := c.Check(t.Context(), check.Source{FS: fsys, ExtraTriggers: r.triggers()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !report.OK() || len(report.Workflows) != r.workflows || len(report.Diagnostics) > 0 {
		t.Errorf("%d workflows: %+v", len(report.Workflows), report.Diagnostics)
	}
}

func TestMedian(t *testing.T) {
	if median([]int{3, 1, 2}) != 2 || median([]int{4, 1, 2, 3}) != 2 || median([]int{}) != 0 {
		t.Error("the median is not the middle")
	}
}
