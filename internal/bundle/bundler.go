package bundle

import (
	"context"
	"fmt"
	"slices"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// Bundler is a check.Bundler. It holds no state.
type Bundler struct{}

var _ check.Bundler = (*Bundler)(nil)

// New returns a bundler.
func New() *Bundler { return &Bundler{} }

// together is how many entries go into one pass of esbuild at most. It bounds
// what a pass holds in memory, and what is made again when one is left behind.
const together = 128

// Bundle bundles many entries in one pass: a module that several workflows
// import is parsed once, and each entry is linked apart from the others. An entry
// about which there is anything to say, or whose pass did not end, is bundled
// again by itself, so that no workflow sees another. If ctx ends, the results so
// far come with its cause.
func (b *Bundler) Bundle(ctx context.Context, src check.Source, entries []string, l check.Limits) ([]check.Bundled, error) {
	results := make([]check.Bundled, 0, len(entries))
	for chunk := range slices.Chunk(entries, together) {
		bundled, err := bundleChunk(ctx, src, chunk, l)
		results = append(results, bundled...)
		if err != nil {
			return results, err
		}
	}
	return results, nil
}

// bundleChunk makes one pass over all entries, and one over each that is left.
func bundleChunk(ctx context.Context, src check.Source, entries []string, l check.Limits) ([]check.Bundled, error) {
	results := make([]check.Bundled, 0, len(entries))
	made, err := passOverAll(ctx, src, entries, l)
	if err != nil {
		return nil, err
	}
	var w *worker
	defer func() { w.close() }()
	for i, entry := range entries {
		if i < len(made) && made[i].Path != "" {
			results = append(results, made[i])
			continue
		}
		if w == nil {
			if w, err = newWorker(src, l, 1); err != nil {
				return nil, err
			}
		}
		one, done := within(ctx, w, func() check.Bundled { return w.project.alone(w.build, entry) })
		if ctx.Err() != nil {
			return results, context.Cause(ctx)
		}
		if !done {
			w, one = nil, tooSlow(entry)
		}
		results = append(results, one)
	}
	return results, nil
}

// passOverAll bundles what needs no pass of its own; the others have no Path. It
// returns nil if nothing came of it.
func passOverAll(ctx context.Context, src check.Source, entries []string, l check.Limits) ([]check.Bundled, error) {
	if len(entries) < 2 {
		return nil, nil
	}
	w, err := newWorker(src, l, len(entries))
	if err != nil {
		return nil, err
	}
	made, done := within(ctx, w, func() []check.Bundled { return w.project.many(w.build, entries) })
	if done {
		w.close()
	}
	return made, ctxCause(ctx)
}

// ctxCause is why ctx has ended, nil if it has not.
func ctxCause(ctx context.Context) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func tooSlow(entry string) check.Bundled {
	d := diagnostic.New(diagnostic.NestingTooDeep, entry, "the file with its imports takes too long to bundle", "simplify deeply nested code")
	return check.Bundled{Path: entry, Diagnostics: []diagnostic.Diagnostic{d}}
}

// entryPrefix begins the name of every slot for an entry.
const entryPrefix = "entry"

// entryPoints names n entries. What esbuild knows them as says nothing of where
// the files are, so that the output does not depend on it.
func entryPoints(n int) []api.EntryPoint {
	points := make([]api.EntryPoint, n)
	for i := range points {
		points[i] = api.EntryPoint{InputPath: entryPrefix + fmt.Sprint(i), OutputPath: fmt.Sprint(i)}
	}
	return points
}

func options(p *project, n int) api.BuildOptions {
	return api.BuildOptions{
		EntryPointsAdvanced: entryPoints(n),
		Bundle:              true,
		// A script and not a module: QuickJS then throws what the top-level code
		// throws, at once, and a top-level await is refused, as it is in Kinde.
		Format:     api.FormatIIFE,
		GlobalName: check.GlobalName,
		// ES2020 is the newest language of which every runtime in question runs
		// all that esbuild can lower to: QuickJS has ES2023, and Kinde's open
		// runtime lacks logical assignment (ES2021), decorators and later syntax.
		Target:   api.ES2020,
		Platform: api.PlatformNeutral,
		// The map places messages and is not part of the bundle: a comment that
		// changes makes no new code.
		Sourcemap:      api.SourceMapExternal,
		SourcesContent: api.SourcesContentExclude,
		LegalComments:  api.LegalCommentsNone,
		Charset:        api.CharsetUTF8,
		TsconfigRaw:    p.tsconfig.raw(),
		Outdir:         "/out",
		AbsWorkingDir:  "/",
		LogLevel:       api.LogLevelSilent,
		LogOverride:    map[string]api.LogLevel{"unsupported-regexp": api.LogLevelWarning},
		Plugins:        []api.Plugin{{Name: "snapshot", Setup: p.setup}},
	}
}
