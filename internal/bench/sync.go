package main

import (
	"context"
	"fmt"
	"path/filepath"
)

// rounds are the costs of all repetitions.
type rounds struct {
	full, peer       []cost // a first sync; a clone and esbuild's command
	changed, fetched []cost // one file later; a fetch and a checkout
}

// syncs measures syncs of the large repository, and returns the last store.
func (b *bench) syncs(ctx context.Context) (command, error) {
	r, err := newRepository(ctx, filepath.Join(b.dir, "repository"), b.workflows)
	if err != nil {
		return command{}, err
	}
	peer, noPeer := findESBuild(ctx, b.tools)
	var all rounds
	var store command
	for i := range b.runs {
		clone := filepath.Join(b.dir, fmt.Sprint("clone", i))
		if noPeer == nil {
			c, err := peer.cloneAndBundle(ctx, r, clone)
			if err != nil {
				return command{}, err
			}
			all.peer = append(all.peer, c)
		} else if _, err := run(ctx, ".", "git", "clone", "--quiet", "--depth", "1", r.url(), clone); err != nil {
			return command{}, err
		}
		if store, err = newStore(ctx, b.slipway, filepath.Join(b.dir, "store"), r); err != nil {
			return command{}, err
		}
		if err := all.round(ctx, store, r, clone); err != nil {
			return command{}, err
		}
	}
	b.report(all, noPeer)
	return store, nil
}

// round syncs a new store, changes one file, and syncs again.
func (all *rounds) round(ctx context.Context, store command, r *repository, clone string) error {
	full, err := store.sync(ctx)
	if err != nil {
		return err
	}
	if err := r.change(ctx); err != nil {
		return err
	}
	changed, err := store.sync(ctx)
	if err != nil {
		return err
	}
	fetched, err := fetchAndCheckOut(ctx, clone)
	if err != nil {
		return err
	}
	all.full, all.changed, all.fetched = append(all.full, full), append(all.changed, changed), append(all.fetched, fetched)
	return nil
}

func (b *bench) report(all rounds, noPeer error) {
	if noPeer != nil {
		b.table.skip("full sync beside clone and esbuild", noPeer)
	} else {
		b.table.durations("full sync, beside clone and esbuild", walls(all.full), walls(all.peer))
		b.table.durations("the same, CPU time", cpus(all.full), cpus(all.peer))
	}
	b.table.durations("one file changed, beside the full sync", walls(all.changed), walls(all.full))
	b.table.durations("the same, CPU time", cpus(all.changed), cpus(all.full))
	b.table.durations("one file changed, beside fetch and checkout", walls(all.changed), walls(all.fetched))
	b.table.row("peak memory of the full sync, beside 600 MB", megabytes(median(peaks(all.full))), "600 MB",
		fmt.Sprintf("%.2f", float64(median(peaks(all.full)))/600e6))
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }
