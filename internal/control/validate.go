package control

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/fault"
)

// BatchOutput is what Validate leaves: where the results of a batch are.
type BatchOutput struct {
	Index int    `json:"index"`
	Key   string `json:"key"`
}

// results is what a BatchOutput's key holds.
type results struct {
	Files []check.File `json:"files"`
}

// Validate checks one batch: it runs the foreign code, and it reads and writes
// blobs only. Bundles are stored by digest; the verdicts under the sync's
// generation and the batch's number.
func (p *Plane) Validate(ctx context.Context, in BatchInput) (BatchOutput, error) {
	data, err := p.blobs.Get(ctx, in.Key)
	if err != nil {
		return BatchOutput{}, fmt.Errorf("read batch: %w", err)
	}
	var b batch
	if err := json.Unmarshal(data, &b); err != nil {
		return BatchOutput{}, fault.Wrap(err, fault.Internal, "bad-batch", "the list of batch %d cannot be read", in.Index)
	}
	snap, err := p.snapshot(ctx, b.Snapshot)
	if err != nil {
		return BatchOutput{}, err
	}
	files, err := p.checker.Files(ctx, source(snap, b.Root, b.Triggers), b.Paths)
	if err != nil {
		return BatchOutput{}, fmt.Errorf("check batch: %w", err)
	}
	for _, f := range files {
		if !f.Valid() {
			continue
		}
		if _, err := p.blobs.PutContent(ctx, bundleBlobs, f.Bundle); err != nil {
			return BatchOutput{}, fmt.Errorf("write bundle: %w", err)
		}
	}
	if data, err = json.Marshal(results{Files: files}); err != nil {
		return BatchOutput{}, fmt.Errorf("encode results: %w", err)
	}
	out := BatchOutput{Index: in.Index, Key: fmt.Sprintf("results/%s/%d/%d.json", in.Sync, in.Generation, in.Index)}
	if err := p.blobs.Put(ctx, out.Key, data); err != nil {
		return BatchOutput{}, fmt.Errorf("write results: %w", err)
	}
	return out, nil
}
