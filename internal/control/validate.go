package control

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/fault"
)

// BatchOutput says that a batch was checked.
type BatchOutput struct {
	Index int `json:"index"`
	Only  int `json:"only,omitempty"`
}

// results is what a checked batch leaves.
type results struct {
	Files []check.File `json:"files"`
}

// resultsKey names the results of a batch, or of one of its files alone.
func resultsKey(in SyncRef, index, only int) string {
	key := fmt.Sprintf("results/%s/%d/%d", in.Sync, in.Generation, index)
	if only > 0 {
		key += fmt.Sprintf("-%d", only)
	}
	return key + ".json"
}

// Validate checks one batch: it runs the foreign code, and it reads and writes
// blobs only. Bundles are stored by digest; the verdicts under the sync's
// generation and the batch's number.
func (p *Plane) Validate(ctx context.Context, in BatchInput) (BatchOutput, error) {
	out := BatchOutput{Index: in.Index, Only: in.Only}
	b, err := p.readBatch(ctx, in)
	if err != nil {
		return out, err
	}
	snap, err := p.snapshot(ctx, b.Snapshot)
	if err != nil {
		return out, err
	}
	before, err := p.stillStored(ctx, b.Before)
	if err != nil {
		return out, err
	}
	files, err := p.check(ctx, source(snap, b.Root, b.Triggers), b.Paths, before)
	if err != nil {
		return out, fmt.Errorf("check batch: %w", err)
	}
	if err := p.writeBundles(ctx, files); err != nil {
		return out, err
	}
	data, err := json.Marshal(results{Files: files})
	if err != nil {
		return out, fmt.Errorf("encode results: %w", err)
	}
	if err := p.blobs.Put(ctx, resultsKey(in.SyncRef, in.Index, in.Only), data); err != nil {
		return out, fmt.Errorf("write results: %w", err)
	}
	p.checked.add(in, len(files), p.progress)
	return out, nil
}

// checksAtOnce is how many batches are checked at the same time. A check uses
// every core for most of its time, and a second one fills the rest. Reading and
// writing, which wait for the disk, go on beside them.
const checksAtOnce = 2

// check checks files when its turn comes.
func (p *Plane) check(ctx context.Context, src check.Source, paths []string, before []check.File) ([]check.File, error) {
	select {
	case p.checks <- struct{}{}:
		defer func() { <-p.checks }()
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	return p.checker.Recheck(ctx, src, paths, before)
}

// readBatch reads a batch's list, or the one file of it that is asked for.
func (p *Plane) readBatch(ctx context.Context, in BatchInput) (batch, error) {
	data, err := p.reads.Get(ctx, in.Key)
	if err != nil {
		return batch{}, fmt.Errorf("read batch: %w", err)
	}
	var b batch
	if err := json.Unmarshal(data, &b); err != nil || in.Only < 0 || in.Only > len(b.Paths) {
		return batch{}, fault.Wrap(err, fault.Internal, "bad-batch", "the list of batch %d cannot be read", in.Index)
	}
	if in.Only > 0 {
		b.Paths = b.Paths[in.Only-1 : in.Only]
	}
	return b, nil
}

// Split divides a batch whose check has crashed into its files, so that only the
// poisonous one fails.
func (p *Plane) Split(ctx context.Context, in BatchInput) ([]BatchInput, error) {
	b, err := p.readBatch(ctx, in)
	if err != nil {
		return nil, err
	}
	singles := make([]BatchInput, len(b.Paths))
	for i := range b.Paths {
		singles[i] = in
		singles[i].Only = i + 1
	}
	return singles, nil
}

// checkedCount counts the files of one sync that were checked, for its progress.
type checkedCount struct {
	mu   sync.Mutex
	of   SyncRef
	done int
}

func (c *checkedCount) add(in BatchInput, n int, tell func(Progress)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.of != in.SyncRef {
		c.of, c.done = in.SyncRef, 0
	}
	c.done = min(c.done+n, in.Files)
	tell(Progress{Step: "validate", Done: c.done, Of: in.Files})
}
