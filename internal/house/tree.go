package house

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// Tree is the files of one project, without those that Git ignores.
type Tree struct {
	Module  string
	files   map[string][]byte // by slash path from the root
	folders map[string]bool
	sources []*source
}

// source is one Go file outside testdata.
type source struct {
	path string
	dir  string
	test bool
	text []byte
	set  *token.FileSet
	ast  *ast.File
}

// modulePattern finds the module's name in a go.mod.
var modulePattern = regexp.MustCompile(`(?m)^module (\S+)`)

// Load reads a project from its root. A Go file that does not parse is an error.
func Load(fsys fs.FS) (*Tree, error) {
	t := &Tree{files: map[string][]byte{}, folders: map[string]bool{}}
	if err := t.read(fsys); err != nil {
		return nil, err
	}
	if m := modulePattern.FindSubmatch(t.files["go.mod"]); m != nil {
		t.Module = string(m[1])
	}
	for p, text := range t.files {
		if path.Ext(p) != ".go" || inTestdata(p) {
			continue
		}
		s, err := parse(p, text)
		if err != nil {
			return nil, err
		}
		t.sources = append(t.sources, s)
	}
	return t, nil
}

// read fills files and folders.
func (t *Tree) read(fsys fs.FS) error {
	ignored := ignorePatterns(fsys)
	return fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("read tree: %w", err)
		case p == ".":
			return nil
		case p == ".git" || matchesAny(ignored, p):
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		case d.IsDir():
			t.folders[p] = true
			return nil
		case !d.Type().IsRegular():
			t.files[p] = nil
			return nil
		}
		text, err := fs.ReadFile(fsys, p)
		if err != nil {
			return fmt.Errorf("read tree: %w", err)
		}
		t.files[p] = text
		return nil
	})
}

// ignorePatterns reads the root's .gitignore: names, globs and rooted paths,
// which is all that ours uses.
func ignorePatterns(fsys fs.FS) []string {
	text, err := fs.ReadFile(fsys, ".gitignore")
	if err != nil {
		return nil // a tree without one ignores nothing
	}
	var patterns []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(strings.TrimSpace(line), "/")
		if line != "" && !strings.HasPrefix(line, "#") {
			patterns = append(patterns, line)
		}
	}
	return patterns
}

// matchesAny reports whether a pattern takes p: one that begins with a slash
// the whole path, any other the last name.
func matchesAny(patterns []string, p string) bool {
	for _, pattern := range patterns {
		subject := path.Base(p)
		if rooted, ok := strings.CutPrefix(pattern, "/"); ok {
			pattern, subject = rooted, p
		}
		if ok, err := path.Match(pattern, subject); err == nil && ok {
			return true
		}
	}
	return false
}

// parse reads one Go file.
func parse(p string, text []byte) (*source, error) {
	set := token.NewFileSet()
	f, err := parser.ParseFile(set, p, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, fmt.Errorf("parse: %w", err)
	}
	return &source{p, path.Dir(p), strings.HasSuffix(p, "_test.go"), text, set, f}, nil
}

// inTestdata reports whether p lies in a folder that Go leaves alone.
func inTestdata(p string) bool {
	return strings.HasPrefix(p, "testdata/") || strings.Contains(p, "/testdata/")
}

// has reports whether p is a file or a folder of the tree.
func (t *Tree) has(p string) bool {
	_, file := t.files[p]
	return file || t.folders[p] || p == "."
}

// code is the Go files that are no tests.
func (t *Tree) code() []*source {
	var out []*source
	for _, s := range t.sources {
		if !s.test {
			out = append(out, s)
		}
	}
	return out
}

// isMain reports whether s belongs to a command.
func (s *source) isMain() bool { return s.ast.Name.Name == "main" }

// line is where n begins.
func (s *source) line(n ast.Node) int { return s.set.Position(n.Pos()).Line }

// lines counts the file's lines.
func (s *source) lines() int { return countLines(s.text) }

// countLines counts as wc does, and a last line without an end as one more.
func countLines(text []byte) int {
	n := bytes.Count(text, []byte("\n"))
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return n
}

// at makes a finding of n's place.
func (s *source) at(n ast.Node, format string, args ...any) Finding {
	return Finding{Path: s.path, Line: s.line(n), Text: fmt.Sprintf(format, args...)}
}
