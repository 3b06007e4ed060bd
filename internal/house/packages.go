package house

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// findPackageNames is the rule that no package is a drawer.
func findPackageNames(t *Tree) []Finding {
	drawers := strings.Fields("util utils common types models helpers misc shared base")
	var out []Finding
	for _, s := range t.sources {
		name := strings.TrimSuffix(s.ast.Name.Name, "_test")
		if slices.Contains(drawers, name) || slices.Contains(drawers, path.Base(s.dir)) {
			out = append(out, Finding{Path: s.path, Text: "name the package after what it holds, not " + name})
		}
	}
	return out
}

// findDocs is the rule that each package explains itself in doc.go. Outside
// internal, a package that is one file explains itself there.
func findDocs(t *Tree) []Finding {
	byFolder := map[string][]*source{}
	for _, s := range t.sources {
		byFolder[s.dir] = append(byFolder[s.dir], s)
	}
	var out []Finding
	for dir, sources := range byFolder {
		doc := docFile(dir, sources)
		if doc == nil {
			out = append(out, Finding{Path: path.Join(dir, "doc.go"), Text: "is missing"})
			continue
		}
		if n := countLines([]byte(doc.ast.Doc.Text())); n < 3 || n > 10 {
			out = append(out, Finding{Path: doc.path, Text: fmt.Sprintf("its package comment has %d lines, not 3 to 10", n)})
		}
	}
	return out
}

// docFile is the file that should hold the package's comment, nil if it is missing.
func docFile(dir string, sources []*source) *source {
	var code []*source
	for _, s := range sources {
		if path.Base(s.path) == "doc.go" {
			return s
		}
		if !s.test {
			code = append(code, s)
		}
	}
	if len(code) == 1 && !strings.HasPrefix(dir, "internal/") {
		return code[0]
	}
	return nil
}

// maxMainLines is how long a function's main may be.
const maxMainLines = 45

// findFunctions is the rule for functions/<action>.
func findFunctions(t *Tree) []Finding {
	var out []Finding
	for dir := range t.folders {
		if path.Dir(dir) != "functions" {
			continue
		}
		for _, name := range []string{"main.go", "event.json"} {
			if !t.has(path.Join(dir, name)) {
				out = append(out, Finding{Path: dir, Text: "has no " + name})
			}
		}
		if n := countLines(t.files[path.Join(dir, "main.go")]); n > maxMainLines {
			out = append(out, Finding{Path: path.Join(dir, "main.go"), Text: fmt.Sprintf("has %d lines, over %d", n, maxMainLines)})
		}
	}
	return out
}
