package bundle

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sync"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// project is one snapshot while its workflows are bundled. esbuild calls the
// plugin from several goroutines, so mu guards what changes.
type project struct {
	tree     check.Tree
	root     string
	limits   check.Limits
	tsconfig tsconfig

	configuration []string // the paths that the tsconfig was read from, or was not found at

	mu      sync.Mutex
	files   map[string]file   // every file read so far, by path
	entries []string          // what is being bundled; "" is nothing
	loaded  map[string]bool   // the files that went in
	imports map[string][]edge // by real path of the importer
}

type file struct {
	data    []byte
	problem *problem
}

// problem is a diagnostic without its place, which esbuild knows.
type problem struct {
	code    diagnostic.Code
	message string
	hint    string
}

func newProject(src check.Source, l check.Limits) *project {
	p := &project{tree: check.Tree{FS: src.FS}, root: path.Clean("./" + src.Root), limits: l, files: map[string]file{}}
	p.tsconfig = readTSConfig(p)
	p.configuration = append(slices.Collect(maps.Keys(p.files)), path.Join(p.root, "tsconfig.json"))
	return p
}

func (p *project) begin(entries []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.entries, p.loaded, p.imports = entries, map[string]bool{}, map[string][]edge{}
}

// inputs returns the files that went into a bundle and a digest over their names
// and bytes.
func (p *project) inputs(r reach) ([]string, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var names []string
	sum := sha256.New()
	for _, name := range r.files {
		if !p.loaded[name] {
			continue
		}
		names = append(names, name)
		fmt.Fprintf(sum, "%d %s %d\n", len(name), name, len(p.files[name].data))
		sum.Write(p.files[name].data)
	}
	fmt.Fprintf(sum, "%s", p.tsconfig.raw())
	return names, "sha256:" + hex.EncodeToString(sum.Sum(nil))
}

// read returns a file of the snapshot, from the cache after the first time.
func (p *project) read(name string) ([]byte, *problem) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if f, ok := p.files[name]; ok {
		return f.data, f.problem
	}
	var f file
	data, err := p.tree.Read(name, p.limits.SourceBytes)
	switch {
	case err != nil:
		f.problem = p.unreadable(name, err)
	case tooDeep(data):
		f.problem = &problem{diagnostic.NestingTooDeep, name + " is nested too deeply", "break the expression up"}
	default:
		f.data = data
	}
	p.files[name] = f
	return f.data, f.problem
}

func (p *project) unreadable(name string, err error) *problem {
	switch {
	case errors.Is(err, check.ErrOutside):
		return &problem{diagnostic.ImportOutside, name + " leads out of the repository", "copy what is needed into the repository"}
	case errors.Is(err, check.ErrExcluded):
		return &problem{diagnostic.ImportExcluded, name + " leads into .git or node_modules, which are no part of a snapshot", "copy the code into the repository"}
	case errors.Is(err, check.ErrTooLarge):
		return &problem{diagnostic.FileTooLarge, fmt.Sprintf("%s is larger than %d bytes", name, p.limits.SourceBytes), ""}
	case errors.Is(err, fs.ErrNotExist):
		return &problem{diagnostic.FileUnreadable, name + " does not exist, or is a symbolic link to nothing", ""}
	}
	return &problem{diagnostic.FileUnreadable, name + " " + err.Error(), ""}
}

func sizes(what string, have, limit int) string {
	return fmt.Sprintf("%s %d bytes; at most %d are allowed", what, have, limit)
}
