package bundle

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// alone makes the program of one entry.
func (p *project) alone(build api.BuildContext, entry string) check.Bundled {
	if d, bad := p.refuse(entry); bad {
		return check.Bundled{Path: entry, Packages: tools(), Diagnostics: []diagnostic.Diagnostic{d}}
	}
	p.begin([]string{entry})
	built := build.Rebuild()
	out := outputs(built, 1)[0]
	result := p.result(entry, out, p.translate(built))
	findGlobals([]*check.Bundled{&result}, []output{out})
	return result
}

// many makes the programs of several entries in one build. It leaves out
// (without a Path) those that have to be made alone: what is refused, what is
// the same file as another, and whatever reaches a place that esbuild has
// something to say about.
func (p *project) many(build api.BuildContext, entries []string) []check.Bundled {
	results := make([]check.Bundled, len(entries))
	slots := p.slots(entries)
	p.begin(slots)
	built := build.Rebuild()
	if len(built.Errors) > 0 {
		slots = p.without(slots, p.troubles(built))
		p.begin(slots)
		built = build.Rebuild()
	}
	if len(built.Errors) > 0 {
		return results
	}
	var made []*check.Bundled
	var outs []output
	all := outputs(built, len(entries))
	for i, entry := range p.without(slots, p.troubles(built)) {
		if entry == "" || all[i].code == nil {
			continue
		}
		if results[i] = p.result(entry, all[i], nil); results[i].Code != nil {
			made, outs = append(made, &results[i]), append(outs, all[i])
		}
	}
	findGlobals(made, outs)
	return results
}

func tools() map[string]string { return map[string]string{"esbuild": check.EsbuildVersion} }

// result is what a build has made of an entry, and said about it.
func (p *project) result(entry string, out output, said []diagnostic.Diagnostic) check.Bundled {
	result := check.Bundled{Path: entry, Packages: tools()}
	r := p.reached(entry)
	result.Inputs, result.SourceDigest = p.inputs(r)
	result.LookedAt = p.lookedAt(entry, r)
	if r.infrastructure {
		result.Packages[infrastructureName] = check.InfrastructureVersion
	}
	result.Diagnostics = slices.Concat(p.tsconfig.found, said)
	if diagnostic.HasError(result.Diagnostics) {
		return result
	}
	if len(out.code) > p.limits.BundleBytes {
		result.Diagnostics = append(result.Diagnostics, diagnostic.New(diagnostic.BundleTooLarge, entry,
			sizes("the bundle has", len(out.code), p.limits.BundleBytes), "import less"))
		return result
	}
	decoded := sync.OnceValue(func() positions { return decodeMap(out.sourceMap) })
	result.Code = out.code
	result.Locate = func(line, column int) check.Place { return locate(decoded(), line, column) }
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

// slots gives the entries that one build may take; the others are "".
func (p *project) slots(entries []string) []string {
	slots := slices.Clone(entries)
	files := map[string]bool{}
	for i, entry := range entries {
		real, err := p.tree.Real(entry)
		if _, bad := p.refuse(entry); bad || err != nil || files[real] {
			slots[i] = ""
		}
		files[real] = true
	}
	return slots
}

// without empties the slots of entries that reach one of the files.
func (p *project) without(slots []string, t troubles) []string {
	left := slices.Clone(slots)
	for i, entry := range slots {
		if entry != "" && (t.everywhere || slices.ContainsFunc(p.reached(entry).files, func(f string) bool { return t.files[f] })) {
			left[i] = ""
		}
	}
	return left
}

// troubles are the files that a build said something about.
type troubles struct {
	everywhere bool
	files      map[string]bool
}

func (p *project) troubles(built api.BuildResult) troubles {
	t := troubles{files: map[string]bool{}}
	for _, m := range slices.Concat(built.Errors, built.Warnings) {
		if m.Location != nil {
			t.files[plain(m.Location.File)] = true
		}
	}
	for _, m := range built.Errors {
		t.everywhere = t.everywhere || m.Location == nil
	}
	return t
}

// output is what esbuild wrote for one entry.
type output struct{ code, sourceMap []byte }

func outputs(built api.BuildResult, n int) []output {
	all := make([]output, n)
	for _, f := range built.OutputFiles {
		name, isMap := strings.CutSuffix(path.Base(f.Path), ".map")
		i, err := strconv.Atoi(strings.TrimSuffix(name, ".js"))
		switch {
		case err != nil || i < 0 || i >= n:
		case isMap:
			all[i].sourceMap = f.Contents
		default:
			all[i].code = f.Contents
		}
	}
	return all
}
