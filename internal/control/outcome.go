package control

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// maxDiagnostics bounds the build log of one deployment.
const maxDiagnostics = 50

// results reads what the batches left and gives one verdict per deployment of
// the sync, in their order.
func (p *Plane) results(ctx context.Context, in GoLiveInput, mine []slipway.Deployment) ([]check.File, error) {
	batches := make([][]check.File, in.Batches)
	err := p.each(in.Batches, func(i int) (err error) {
		batches[i], err = p.resultsOf(ctx, in.SyncRef, i)
		return err
	})
	if err != nil {
		return nil, err
	}
	byPath := map[string]check.File{}
	for _, f := range slices.Concat(batches...) {
		byPath[f.Path] = f
	}
	files := make([]check.File, len(mine))
	return files, p.each(len(mine), func(i int) (err error) {
		f, ok := byPath[mine[i].Path]
		if !ok {
			f = notChecked(mine[i].Path, "its check crashed or left no result")
		}
		files[i], err = p.verify(ctx, f)
		return err
	})
}

// resultsOf reads the results of a batch on the files that it was for.
func (p *Plane) resultsOf(ctx context.Context, in SyncRef, index int) ([]check.File, error) {
	b, err := p.readBatch(ctx, BatchInput{SyncRef: in, Index: index, Key: batchKey(in, index)})
	if err != nil {
		return nil, err
	}
	files, err := p.batchResults(ctx, in, index, len(b.Paths))
	return slices.DeleteFunc(files, func(f check.File) bool { return !slices.Contains(b.Paths, f.Path) }), err
}

// batchResults reads the results of a batch or, where it crashed as a whole, of
// its n files one by one.
func (p *Plane) batchResults(ctx context.Context, in SyncRef, index, n int) ([]check.File, error) {
	files, err := p.readResults(ctx, resultsKey(in, index, 0))
	if !fault.Is(err, fault.NotFound) {
		return files, err
	}
	files = nil
	for only := range n {
		one, err := p.readResults(ctx, resultsKey(in, index, only+1))
		if err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
		files = append(files, one...)
	}
	return files, nil
}

func (p *Plane) readResults(ctx context.Context, key string) ([]check.File, error) {
	data, err := p.reads.Get(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("read results: %w", err)
	}
	var res results
	if err := json.Unmarshal(data, &res); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "bad-results", "the results in %s cannot be read", key)
	}
	return res.Files, nil
}

// verify fails a file that claims to be valid without a bundle that is stored
// under its digest, or with settings that no check gives.
func (p *Plane) verify(ctx context.Context, f check.File) (check.File, error) {
	if !f.Valid() {
		return f, nil
	}
	if err := f.Settings.Validate(); err != nil {
		return notChecked(f.Path, "its recorded result is not one of a check"), nil //nolint:nilerr // the verdict says it
	}
	bundle, err := p.reads.Content(ctx, bundleBlobs, f.Digest)
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Invalid):
		return notChecked(f.Path, "its bundle is not stored under its digest"), nil
	case err != nil:
		return f, fmt.Errorf("read bundle: %w", err)
	}
	f.Bundle = bundle
	return f, nil
}

// notChecked is the verdict for a file of which there is no usable result.
func notChecked(path, why string) check.File {
	return check.File{Path: path, Diagnostics: []diagnostic.Diagnostic{{
		Code: diagnostic.NotChecked, Severity: diagnostic.Error, Path: path,
		Message: why, Hint: "sync again; the file itself may be good",
	}}}
}

// record turns a verdict into its deployment and what its workflow is by it.
func (b *book) record(f check.File, at time.Time) {
	d := b.paths[f.Path]
	if d.Outcome != slipway.Processing { // an earlier try of the step recorded it: that stands
		b.add(d)
		return
	}
	d.Outcome, d.CheckedAt = slipway.Failed, &at
	d.Diagnostics, _ = diagnostic.Cut(append([]diagnostic.Diagnostic{}, f.Diagnostics...), maxDiagnostics)
	d.Settings, d.Packages, d.SourceDigest = f.Settings, f.Packages, f.SourceDigest
	if id := f.Settings.ID; id != "" && len(id) <= slipway.MaxID {
		d.Workflow = id
	}
	if f.Valid() {
		d.Outcome, d.Digest, d.Size = slipway.Valid, f.Digest, int64(len(f.Bundle))
		d.Code = slipway.CodeOf(d.Workflow, d.Digest, d.Settings)
		if last := b.workflows[d.Workflow].LatestValid; last != nil {
			d.Unchanged = last.Code == d.Code
		}
	}
	b.add(d)
}

func (b *book) add(d slipway.Deployment) {
	b.deployments = append(b.deployments, d)
	if d.Workflow != "" {
		b.seen[d.Workflow] = true
		b.touch(b.workflows[d.Workflow].Saw(d))
	}
}
