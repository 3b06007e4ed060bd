package check

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/slipway-dev/slipway/internal/catalog"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// File is what a check says of one workflow file.
type File struct {
	Path         string                  `json:"path"` // from the snapshot root
	Settings     slipway.Settings        `json:"settings"`
	Bundle       []byte                  `json:"-"`
	Digest       string                  `json:"digest,omitempty"`       // "sha256:…" of Bundle
	Size         int                     `json:"size,omitempty"`         // bytes of Bundle
	SourceDigest string                  `json:"sourceDigest,omitempty"` // over all that went into the bundle
	Packages     map[string]string       `json:"packages,omitempty"`     // versions of packages and tools
	Places       Places                  `json:"places"`
	Diagnostics  []diagnostic.Diagnostic `json:"diagnostics,omitempty"`
	LookedAt     []string                `json:"lookedAt,omitempty"` // of a valid file: the paths that its Basis covers
	Basis        string                  `json:"basis,omitempty"`    // of a valid file: "sha256:…" of all that the verdict rests on
}

// Places are where a file's settings are written, as far as that can be told.
type Places struct {
	ID      Place `json:"id"`
	Trigger Place `json:"trigger"`
}

// Valid reports whether the file can be deployed.
func (f File) Valid() bool { return f.Digest != "" && !diagnostic.HasError(f.Diagnostics) }

// Files bundles and evaluates a batch of workflow files and applies the rules of
// one file: one result per path, in order, none of which depends on the others.
// Its error is the context's cause or an Internal fault. Files whose turn did not
// come within Limits.Check have the diagnostic check-timeout.
func (c *Checker) Files(ctx context.Context, src Source, paths []string) ([]File, error) {
	bounded, cancel := c.within(ctx)
	defer cancel()
	bundles, err := c.bundler.Bundle(bounded, src, paths, c.limits)
	if err != nil && !late(ctx, err) {
		return nil, err
	}
	files, err := c.judge(bounded, src, bundles)
	if err != nil && !late(ctx, err) {
		return nil, err
	}
	for i, path := range paths {
		if i == len(files) {
			files = append(files, File{})
		}
		if files[i].Path == "" {
			files[i] = File{Path: path, Diagnostics: []diagnostic.Diagnostic{
				diagnostic.New(diagnostic.CheckTimeout, path, "the check ran out of time before it came to this file", ""),
			}}
		}
	}
	return files, nil
}

// maxSideBySide bounds the engines that run at a time, each with its own memory.
// A second one is for batches of four files or more.
const maxSideBySide = 8

// judge evaluates and judges what was bundled, several files side by side. What
// it did not come to has no Path.
func (c *Checker) judge(ctx context.Context, src Source, bundles []Bundled) ([]File, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	known := c.catalog.WithTriggers(src.ExtraTriggers)
	files := make([]File, len(bundles))
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), maxSideBySide, max(len(bundles)/2, 1)) {
		group.Go(func() {
			sources, seen := newSources(Tree{src.FS}, c.limits.SourceBytes), newWitness(src, c.limits)
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(bundles) {
					return
				}
				f, err := c.file(ctx, bundles[i], known, sources)
				if err != nil {
					cancel(err)
					return
				}
				if f.Valid() {
					f.LookedAt = bundles[i].LookedAt
					f.Basis = seen.basis(f)
				}
				files[i] = f
			}
		})
	}
	group.Wait()
	if ctx.Err() != nil {
		return files, context.Cause(ctx)
	}
	return files, nil
}

// late reports whether err means that our own limit ended the check.
func late(ctx context.Context, err error) bool {
	return ctx.Err() == nil && (errors.Is(err, errCheckTimeout) || errors.Is(err, context.DeadlineExceeded))
}

func (c *Checker) file(ctx context.Context, b Bundled, known catalog.Catalog, sources *sources) (File, error) {
	f := File{Path: b.Path, SourceDigest: b.SourceDigest, Packages: maps.Clone(b.Packages), Diagnostics: slices.Clone(b.Diagnostics)}
	if b.Code != nil {
		f.Bundle, f.Size, f.Digest = b.Code, len(b.Code), digest(b.Code)
		f.Packages["quickjs"] = QuickJSVersion
		evaluation, err := c.evaluator.Evaluate(ctx, b.Code, c.limits)
		if err != nil {
			return File{}, err
		}
		r := rules{file: &f, bundled: b, evaluation: evaluation, catalog: known, source: sources.of(b.Path), sources: sources}
		r.apply()
	}
	f.Diagnostics = sources.redact(f.Diagnostics, append(b.Inputs, b.Path))
	diagnostic.Sort(f.Diagnostics)
	return f, nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}
