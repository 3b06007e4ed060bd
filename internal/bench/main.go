package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	b := bench{table: table{os.Stdout}}
	flag.IntVar(&b.workflows, "workflows", 1000, "workflows of the large repository")
	flag.IntVar(&b.runs, "runs", 3, "repetitions of each sync")
	flag.StringVar(&b.tools, "tools", filepath.Join(".bin", "bench"), "folder for esbuild's command")
	flag.StringVar(&b.slipway, "slipway", "", "the command to measure; without it, one is built from the sources")
	flag.BoolVar(&b.startsOnly, "starts", false, "measure the starts of functions alone")
	flag.Parse()
	err := b.run(ctx)
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is one run of all measurements.
type bench struct {
	workflows, runs int
	startsOnly      bool
	tools           string
	slipway         string // the command
	dir             string // for everything that is made on the way
	table           table
}

func (b *bench) run(ctx context.Context) (err error) {
	if _, err := exec.LookPath("git"); err != nil {
		b.table.skip("everything", fmt.Errorf("git: %w", errMissing))
		return nil
	}
	if b.tools, err = filepath.Abs(b.tools); err != nil {
		return fmt.Errorf("find tools: %w", err)
	}
	if b.dir, err = os.MkdirTemp("", "slipway-bench-"); err != nil {
		return fmt.Errorf("make folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(b.dir) }()
	if b.startsOnly {
		b.table.head()
		return b.starts(ctx)
	}
	if b.slipway == "" {
		b.slipway, err = build(ctx, b.dir)
	} else {
		b.slipway, err = filepath.Abs(b.slipway)
	}
	if err != nil {
		return err
	}
	b.table.head()
	store, err := b.syncs(ctx)
	if err != nil {
		return err
	}
	if err := b.store(ctx, store); err != nil {
		return err
	}
	if err := b.resolves(ctx, store); err != nil {
		return err
	}
	if err := b.starts(ctx); err != nil {
		return err
	}
	if err := b.night(ctx); err != nil {
		return err
	}
	return b.growth(ctx)
}

// store measures what a person waits for, on a store of many workflows.
func (b *bench) store(ctx context.Context, c command) error {
	moves, bare, err := measureMoves(ctx, c, 20)
	if err != nil {
		return err
	}
	b.table.durations("make live or roll back, beside the bare transaction", moves, bare)
	lists, query, err := measureLists(ctx, c, listed, 50)
	if err != nil {
		return err
	}
	b.table.durations(fmt.Sprintf("list %d of %d deployments, beside the bare query", perPage, listed), lists, query)
	if err := b.crowded(ctx, c, lists); err != nil {
		return err
	}
	return b.page(ctx, c)
}
