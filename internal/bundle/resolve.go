package bundle

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/slipway-dev/slipway/internal/catalog"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// repoSpace is esbuild's namespace for files of the snapshot. It is not "file",
// for which esbuild would go to the disk.
const repoSpace = "repo"

func (p *project) setup(build api.PluginBuild) {
	build.OnResolve(api.OnResolveOptions{Filter: ".*"}, p.onResolve)
	build.OnLoad(api.OnLoadOptions{Filter: ".*"}, p.onLoad)
}

func (p *project) onResolve(args api.OnResolveArgs) (api.OnResolveResult, error) {
	if args.Kind == api.ResolveEntryPoint {
		p.mu.Lock()
		entry := p.entry
		p.mu.Unlock()
		return p.found(p.tree.Real(entry))
	}
	if args.Path == infrastructureName {
		p.mu.Lock()
		p.infra = true
		p.mu.Unlock()
		return api.OnResolveResult{Path: infrastructureName, Namespace: builtinSpace, SideEffects: api.SideEffectsFalse}, nil
	}
	target, trouble := p.target(args.Importer, args.Path)
	if trouble != nil {
		return api.OnResolveResult{Errors: trouble.messages()}, nil
	}
	return p.found(target, nil)
}

func (p *project) found(name string, err error) (api.OnResolveResult, error) {
	if err != nil {
		return api.OnResolveResult{Errors: p.unreadable(p.entry, err).messages()}, nil
	}
	return api.OnResolveResult{Path: name, Namespace: repoSpace}, nil
}

// messages is the problem for esbuild, which adds the place of the import and
// gives the problem back.
func (t *problem) messages() []api.Message {
	return []api.Message{{Text: t.message, Detail: t}}
}

// target returns the real path of the file that an import means.
func (p *project) target(importer, spec string) (string, *problem) {
	switch {
	case spec == "." || spec == ".." || strings.HasPrefix(spec, "./") || strings.HasPrefix(spec, "../"):
		return p.file(path.Dir(importer), spec, spec)
	case strings.HasPrefix(spec, "/") || strings.HasPrefix(spec, `\`) || len(spec) > 2 && spec[1] == ':':
		return "", &problem{diagnostic.ImportOutside, quote(spec) + " is an absolute path", "import by a path relative to this file"}
	}
	for _, mapped := range p.tsconfig.candidates(spec) {
		if target, trouble := p.file(".", mapped, spec); trouble == nil || trouble.code != diagnostic.ImportNotFound {
			return target, trouble
		}
	}
	return "", p.notOffered(importer, spec)
}

// file resolves a path against a folder, with the endings that may be left out.
func (p *project) file(folder, name, spec string) (string, *problem) {
	full := path.Join(folder, name)
	if full == ".." || strings.HasPrefix(full, "../") {
		return "", &problem{diagnostic.ImportOutside, quote(spec) + " leads out of the repository", "copy what is needed into the repository"}
	}
	for _, candidate := range candidates(full) {
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
	if _, trouble := p.file(path.Dir(importer), spec, spec); trouble == nil {
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
	loader, ok := loaderOf(args.Path)
	if !ok {
		trouble := &problem{diagnostic.ImportUnsupported, quote(args.Path) + " is of a kind that cannot be imported", "import code or JSON"}
		return api.OnLoadResult{Errors: trouble.messages()}, nil
	}
	data, trouble := p.read(args.Path)
	p.mu.Lock()
	p.used[args.Path] = true
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
