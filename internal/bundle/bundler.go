package bundle

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// Bundler is a check.Bundler. It holds no state.
type Bundler struct{}

var _ check.Bundler = (*Bundler)(nil)

// New returns a bundler.
func New() *Bundler { return &Bundler{} }

// Bundle bundles the entries one after the other in one esbuild context, whose
// cache keeps what is parsed: a module that several workflows import is parsed
// once, and still no workflow sees another. If ctx ends, the results so far come
// with its cause.
func (b *Bundler) Bundle(ctx context.Context, src check.Source, entries []string, l check.Limits) ([]check.Bundled, error) {
	w, err := newWorker(src, l)
	if err != nil {
		return nil, err
	}
	defer func() { w.close() }()
	results := make([]check.Bundled, 0, len(entries))
	for _, entry := range entries {
		result, done := w.bundle(ctx, entry)
		if ctx.Err() != nil {
			return results, context.Cause(ctx)
		}
		results = append(results, result)
		if done {
			continue
		}
		if w, err = newWorker(src, l); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// entryName is what esbuild knows every entry as, so that the output does not
// depend on where the file is.
const entryName = "entry"

func options(p *project) api.BuildOptions {
	return api.BuildOptions{
		EntryPoints: []string{entryName},
		Bundle:      true,
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

// bundle makes one program.
func (p *project) bundle(build api.BuildContext, entry string) check.Bundled {
	result := check.Bundled{Path: entry, Packages: map[string]string{"esbuild": check.EsbuildVersion}}
	p.begin(entry)
	if d, bad := p.refuse(entry); bad {
		result.Diagnostics = []diagnostic.Diagnostic{d}
		return result
	}
	built := build.Rebuild()
	result.Inputs, result.SourceDigest = p.inputs()
	if p.usesInfrastructure() {
		result.Packages[infrastructureName] = check.InfrastructureVersion
	}
	result.Diagnostics = slices.Concat(p.tsconfig.found, p.translate(built))
	if diagnostic.HasError(result.Diagnostics) {
		return result
	}
	code, rawMap := outputs(built)
	if len(code) > p.limits.BundleBytes {
		result.Diagnostics = append(result.Diagnostics, diagnostic.New(diagnostic.BundleTooLarge, entry,
			sizes("the bundle has", len(code), p.limits.BundleBytes), "import less"))
		return result
	}
	positions := decodeMap(rawMap)
	result.Code = code
	result.Locate = func(line, column int) check.Place { return p.locate(positions, line, column) }
	result.Globals = freeNames(code, result.Locate)
	return result
}

// refuse finds what keeps an entry from being bundled at all.
func (p *project) refuse(entry string) (diagnostic.Diagnostic, bool) {
	ext := path.Ext(entry)
	if ext != strings.ToLower(ext) {
		return diagnostic.New(diagnostic.UpperCaseExtension, entry, "a file that ends in "+ext+" cannot be loaded",
			"rename it so that it ends in "+strings.ToLower(ext)), true
	}
	data, problem := p.read(entry)
	if problem != nil {
		return diagnostic.New(problem.code, entry, problem.message, problem.hint), true
	}
	if isBlank(data) {
		return diagnostic.New(diagnostic.BundleEmpty, entry, "the file holds no code", ""), true
	}
	return diagnostic.Diagnostic{}, false
}

func outputs(built api.BuildResult) (code, sourceMap []byte) {
	for _, f := range built.OutputFiles {
		if strings.HasSuffix(f.Path, ".map") {
			sourceMap = f.Contents
		} else {
			code = f.Contents
		}
	}
	return code, sourceMap
}
