package control

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// verdictsBefore are the verdicts of the last sync that checked, by path. They
// save work and decide nothing: each holds only while its basis is the same, and
// where one cannot be read its file is checked again.
func (p *Plane) verdictsBefore(ctx context.Context, s slipway.Sync) map[string]check.File {
	last, ok, err := p.lastEnded(ctx, s.Environment)
	if err == nil && ok && last.SameAs != "" {
		last, err = p.store.Sync(ctx, s.Environment, last.SameAs)
	}
	if err != nil || !ok || last.Versions.Checker != s.Versions.Checker {
		return nil
	}
	batches := make([][]check.File, last.Batches)
	_ = p.each(last.Batches, func(i int) error {
		batches[i], _ = p.readResults(ctx, resultsKey(refOf(last), i, 0))
		return nil
	})
	before := map[string]check.File{}
	for _, f := range slices.Concat(batches...) {
		if f.Basis != "" {
			before[f.Path] = f
		}
	}
	return before
}

// pick gives the verdicts on these paths.
func pick(before map[string]check.File, paths []string) []check.File {
	var files []check.File
	for _, path := range paths {
		if f, ok := before[path]; ok {
			files = append(files, f)
		}
	}
	return files
}

// writersAtOnce is how many bundles are read or written at the same time: each
// write waits for the disk, which makes several last by one journal entry.
const writersAtOnce = 16

// stillStored gives those of files whose bundles are stored under their digests:
// the others are made again.
func (p *Plane) stillStored(ctx context.Context, files []check.File) ([]check.File, error) {
	there := make([]bool, len(files))
	err := p.each(len(files), func(i int) error {
		_, err := p.reads.Content(ctx, bundleBlobs, files[i].Digest)
		there[i] = err == nil
		if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Invalid) {
			return nil
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read bundle: %w", err)
	}
	var kept []check.File
	for i, f := range files {
		if there[i] {
			kept = append(kept, f)
		}
	}
	return kept, nil
}

// writeBundles stores the bundles of valid files that were made now.
func (p *Plane) writeBundles(ctx context.Context, files []check.File) error {
	err := p.each(len(files), func(i int) error {
		if f := files[i]; f.Valid() && f.Bundle != nil {
			_, err := p.blobs.PutContent(ctx, bundleBlobs, f.Bundle)
			return err
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write bundle: %w", err)
	}
	return nil
}

// each calls do for 0 to n-1, some at the same time, and gives the first error.
func (p *Plane) each(n int, do func(i int) error) error {
	var wg sync.WaitGroup
	errs := make([]error, n)
	at := make(chan struct{}, writersAtOnce)
	for i := range n {
		at <- struct{}{}
		wg.Go(func() {
			defer func() { <-at }()
			errs[i] = do(i)
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
