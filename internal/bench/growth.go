package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

// grown are the times of one size of repository.
type grown struct{ syncs, moves, lists []time.Duration }

// growth measures repositories of three sizes: first syncs, and what a person
// waits for afterwards. Each row stands beside the size before.
func (b *bench) growth(ctx context.Context) error {
	var before grown
	for _, n := range []int{10, 100, 1000} {
		now, err := b.grow(ctx, n)
		if err != nil {
			return err
		}
		b.grew("full sync of %d workflows", n, now.syncs, before.syncs)
		b.grew("make live or roll back among %d workflows", n, now.moves, before.moves)
		b.grew("list 50 of 1000 deployments among %d workflows", n, now.lists, before.lists)
		before = now
	}
	return nil
}

func (b *bench) grew(what string, n int, now, before []time.Duration) {
	what = fmt.Sprintf(what, n)
	if before == nil {
		b.table.row(what, short(median(now)), "-", "-")
		return
	}
	b.table.durations(fmt.Sprintf("%s, beside %d", what, n/10), now, before)
}

func (b *bench) grow(ctx context.Context, n int) (g grown, err error) {
	r, err := newRepository(ctx, filepath.Join(b.dir, fmt.Sprint("grown", n)), n)
	if err != nil {
		return g, err
	}
	var all []cost
	var store command
	for range b.runs {
		if store, err = newStore(ctx, b.slipway, filepath.Join(b.dir, "grown-store"), r); err != nil {
			return g, err
		}
		c, err := store.sync(ctx)
		if err != nil {
			return g, err
		}
		all = append(all, c)
	}
	g.syncs = walls(all)
	if err := r.change(ctx); err != nil {
		return g, err
	}
	if _, err := store.sync(ctx); err != nil {
		return g, err
	}
	if g.moves, _, err = measureMoves(ctx, store, 20); err != nil {
		return g, err
	}
	g.lists, _, err = measureLists(ctx, store, 1000, 50)
	return g, err
}
