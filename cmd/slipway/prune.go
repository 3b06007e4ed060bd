package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

type pruneCmd struct {
	DryRun bool `help:"Only say what would go. Writes nothing."`
}

func (c *pruneCmd) Run(s *session) error {
	ops, err := s.open()
	if err != nil {
		return err
	}
	r, err := ops.Prune(s.ctx, control.PruneOptions{DryRun: c.DryRun})
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(r)
		return nil
	}
	for _, e := range r.Environments {
		s.printPruned(e)
	}
	for _, b := range r.Blobs {
		s.print("%s: marked %s; deleted %s; put again %s; kept %s", b.Kind, sized(b.Marked), sized(b.Deleted), sized(b.Again), sized(b.Kept))
	}
	if c.DryRun {
		s.print("nothing was written; to do it:")
		s.print("  %s", s.command([]string{"prune"}))
	}
	return nil
}

func (s *session) printPruned(e control.PrunedEnvironment) {
	name := clean(e.Environment)
	if e.Removed {
		name += " (removed, " + e.ID + ")"
	}
	goes := map[slipway.PruneWhy]int{}
	for _, d := range e.Deployments {
		goes[d.Why]++
	}
	s.print("%s: %s go%s, of bundles of %s; kept %s%s", name, counted(len(e.Deployments), "deployment"), whys(goes), inBytes(e.Size),
		fmt.Sprint(total(e.Kept)), whys(e.Kept))
	s.print("%s: %s go, with nothing that refers to them; kept %d", name, counted(len(e.Syncs), "sync"), e.KeptSyncs)
}

// whys lists why, and how often, in order.
func whys(counts map[slipway.PruneWhy]int) string {
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(counts)) {
		parts = append(parts, fmt.Sprintf("%d %s", counts[why], why))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func total(counts map[slipway.PruneWhy]int) (n int) {
	for _, c := range counts {
		n += c
	}
	return n
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func sized(p control.PrunedSet) string {
	if p.Count == 0 {
		return "none"
	}
	return fmt.Sprintf("%d of %s", p.Count, inBytes(p.Size))
}

// inBytes gives a size as a person reads it.
func inBytes(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}
