package control_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// counting counts the verdicts that are offered to a check and taken over by it.
type counting struct {
	control.Checker
	offered, taken int
}

func (c *counting) Recheck(ctx context.Context, src check.Source, paths []string, before []check.File) ([]check.File, error) {
	files, err := c.Checker.Recheck(ctx, src, paths, before)
	c.offered += len(before)
	for _, f := range files {
		if f.Valid() && f.Bundle == nil {
			c.taken++
		}
	}
	return files, err
}

func TestVerdictsAreTakenOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	c := &counting{Checker: w.options.Checker}
	w.options.Checker = c
	w.Plane = control.New(w.options)
	w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "1"), "bWorkflow.ts", file("b", tokens, "1"), "cWorkflow.ts", "not a workflow(")
	w.add()
	w.sync(slipway.SyncIncomplete)
	if c.offered != 0 {
		t.Errorf("the first check was offered %d verdicts", c.offered)
	}
	second := w.commit(gittest.Options{}, "aWorkflow.ts", file("a", auth, "2"))
	w.sync(slipway.SyncIncomplete)
	w.wantLive("a", second)
	w.wantLive("b", second)
	if c.offered != 2 || c.taken != 1 {
		t.Errorf("offered %d verdicts, took %d over, want 2 and 1", c.offered, c.taken)
	}

	// A bundle that is gone is made again, whatever the verdict says.
	if err := os.RemoveAll(filepath.Join(w.dir, "blobs", "bundles")); err != nil {
		t.Fatal(err)
	}
	*c = counting{Checker: c.Checker}
	s := w.sync(slipway.SyncIncomplete)
	if c.offered != 0 || c.taken != 0 || s.Counts.Live != 2 {
		t.Errorf("offered %d verdicts without bundles, took %d over: %+v", c.offered, c.taken, s.Counts)
	}
	w.sync(slipway.SyncIncomplete)
	if c.taken != 2 {
		t.Errorf("took %d over, want 2", c.taken)
	}
}
