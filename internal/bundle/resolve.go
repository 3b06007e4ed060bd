package bundle

import (
	"errors"
	"io/fs"
	"path"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/slipway-dev/slipway/internal/catalog"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// repoSpace is esbuild's namespace for files of the snapshot. It is not "file",
// for which esbuild would go to the disk.
const repoSpace = "repo"

// emptySpace is the namespace of slots that no entry stands in.
const emptySpace = "empty"

func (p *project) setup(build api.PluginBuild) {
	build.OnResolve(api.OnResolveOptions{Filter: ".*"}, p.onResolve)
	build.OnLoad(api.OnLoadOptions{Filter: ".*"}, p.onLoad)
}

func (p *project) onResolve(args api.OnResolveArgs) (api.OnResolveResult, error) {
	if args.Kind == api.ResolveEntryPoint {
		return p.resolveEntry(args.Path), nil
	}
	if args.Path == infrastructureName {
		p.imported(args.Importer, edge{to: infrastructureName})
		return api.OnResolveResult{Path: infrastructureName, Namespace: builtinSpace, SideEffects: api.SideEffectsFalse}, nil
	}
	var looked []string
	target, trouble := p.target(args.Importer, args.Path, &looked)
	if trouble != nil {
		return api.OnResolveResult{Errors: trouble.messages()}, nil
	}
	p.imported(args.Importer, edge{target, looked})
	return api.OnResolveResult{Path: target, Namespace: repoSpace}, nil
}

func (p *project) imported(by string, e edge) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.imports[by] = append(p.imports[by], e)
}

// resolveEntry finds the file that stands in an entry's slot.
func (p *project) resolveEntry(slot string) api.OnResolveResult {
	i, err := strconv.Atoi(strings.TrimPrefix(slot, entryPrefix))
	p.mu.Lock()
	entry := ""
	if err == nil && i < len(p.entries) {
		entry = p.entries[i]
	}
	p.mu.Unlock()
	if entry == "" {
		return api.OnResolveResult{Path: slot, Namespace: emptySpace}
	}
	real, err := p.tree.Real(entry)
	if err != nil {
		return api.OnResolveResult{Errors: p.unreadable(entry, err).messages()}
	}
	return api.OnResolveResult{Path: real, Namespace: repoSpace}
}

// messages is the problem for esbuild, which adds the place of the import and
// gives the problem back.
func (t *problem) messages() []api.Message {
	return []api.Message{{Text: t.message, Detail: t}}
}

// target returns the real path of the file that an import means, and adds the
// paths that it looks at to looked.
func (p *project) target(importer, spec string, looked *[]string) (string, *problem) {
	switch {
	case spec == "." || spec == ".." || strings.HasPrefix(spec, "./") || strings.HasPrefix(spec, "../"):
		return p.file(path.Dir(importer), spec, spec, looked)
	case strings.HasPrefix(spec, "/") || strings.HasPrefix(spec, `\`) || len(spec) > 2 && spec[1] == ':':
		return "", &problem{diagnostic.ImportOutside, quote(spec) + " is an absolute path", "import by a path relative to this file"}
	}
	for _, mapped := range p.tsconfig.candidates(spec) {
		if target, trouble := p.file(".", mapped, spec, looked); trouble == nil || trouble.code != diagnostic.ImportNotFound {
			return target, trouble
		}
	}
	return "", p.notOffered(importer, spec)
}

// file resolves a path against a folder, with the endings that may be left out.
func (p *project) file(folder, name, spec string, looked *[]string) (string, *problem) {
	full := path.Join(folder, name)
	if full == ".." || strings.HasPrefix(full, "../") {
		return "", &problem{diagnostic.ImportOutside, quote(spec) + " leads out of the repository", "copy what is needed into the repository"}
	}
	for _, candidate := range candidates(full) {
		*looked = append(*looked, candidate)
		real, err := p.tree.Real(candidate)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case errors.Is(err, check.ErrExcluded):
			return "", &problem{
				diagnostic.ImportExcluded, quote(spec) + " leads into .git or node_modules, which are no part of a snapshot",
				"copy the code into the repository, beside the workflow",
			}
		case errors.Is(err, check.ErrOutside):
			return "", &problem{diagnostic.ImportOutside, quote(spec) + " leads out of the repository through a symbolic link", "copy what is needed into the repository"}
		case err != nil:
			return "", &problem{diagnostic.FileUnreadable, quote(spec) + " " + err.Error(), ""}
		}
		if p.tree.IsFile(real) {
			return real, nil
		}
	}
	return "", &problem{diagnostic.ImportNotFound, quote(spec) + " was not found", p.meant(full)}
}

// candidates are the files that a path may mean, best first: itself, with an
// ending, the TypeScript behind a .js, and a folder's index.
func candidates(full string) []string {
	endings := []string{".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"}
	all := []string{full}
	for _, e := range endings {
		all = append(all, full+e)
	}
	ext := path.Ext(full)
	switch stem := strings.TrimSuffix(full, ext); ext {
	case ".js", ".jsx":
		all = append(all, stem+".ts", stem+".tsx")
	case ".mjs":
		all = append(all, stem+".mts")
	case ".cjs":
		all = append(all, stem+".cts")
	}
	for _, e := range endings {
		all = append(all, full+"/index"+e)
	}
	return all
}

// meant is the hint for a path that does not exist.
func (p *project) meant(full string) string {
	names := p.tree.Names(path.Dir(full))
	if near := catalog.Nearest(path.Base(full), names); near != "" {
		return "did you mean " + quote(near) + " in " + path.Dir(full) + "?"
	}
	stems := make([]string, len(names))
	for i, n := range names {
		stems[i] = strings.TrimSuffix(n, path.Ext(n))
	}
	base := strings.TrimSuffix(path.Base(full), path.Ext(full))
	if near := catalog.Nearest(base, stems); near != "" {
		return "did you mean " + quote(near) + " in " + path.Dir(full) + "?"
	}
	return "commit the file, or correct the path; names are case-sensitive"
}

func (p *project) notOffered(importer, spec string) *problem {
	hint := "only " + infrastructureName + " can be imported by name; copy other code into the repository"
	if _, trouble := p.file(path.Dir(importer), spec, spec, new([]string)); trouble == nil {
		hint = "did you mean " + quote("./"+spec) + "?"
	} else if d := catalog.Distance(spec, infrastructureName); d <= 4 {
		hint = "did you mean " + quote(infrastructureName) + "?"
	}
	return &problem{diagnostic.PackageNotOffered, "the package " + quote(spec) + " is not offered", hint}
}

func (p *project) onLoad(args api.OnLoadArgs) (api.OnLoadResult, error) {
	if args.Namespace == builtinSpace {
		source := infrastructureSource
		return api.OnLoadResult{Contents: &source, Loader: api.LoaderTS}, nil
	}
	if args.Namespace == emptySpace {
		return api.OnLoadResult{Contents: new(string), Loader: api.LoaderJS}, nil
	}
	loader, ok := loaderOf(args.Path)
	if !ok {
		trouble := &problem{diagnostic.ImportUnsupported, quote(args.Path) + " is of a kind that cannot be imported", "import code or JSON"}
		return api.OnLoadResult{Errors: trouble.messages()}, nil
	}
	data, trouble := p.read(args.Path)
	p.mu.Lock()
	p.loaded[args.Path] = true
	p.mu.Unlock()
	if trouble != nil {
		return api.OnLoadResult{Errors: trouble.messages()}, nil
	}
	source := string(data)
	return api.OnLoadResult{Contents: &source, Loader: loader}, nil
}

func loaderOf(name string) (api.Loader, bool) {
	switch path.Ext(name) {
	case ".ts", ".mts", ".cts":
		return api.LoaderTS, true
	case ".tsx":
		return api.LoaderTSX, true
	case ".js", ".mjs", ".cjs":
		return api.LoaderJS, true
	case ".jsx":
		return api.LoaderJSX, true
	case ".json":
		return api.LoaderJSON, true
	}
	return api.LoaderNone, false
}

func quote(s string) string { return `"` + s + `"` }
