package house

import (
	"fmt"
	"go/ast"
	"slices"
	"strings"
)

// ban keeps imports out of packages.
type ban struct {
	of      string // packages by place, or by folder
	imports string // paths; "x/..." is x and all below, thirdParty every module but ours
	through bool   // also by way of our other packages
	why     string
}

// thirdParty stands for every import from outside the standard library and us.
const thirdParty = "*"

// Technologies, as bans name them.
const (
	awsAndLambda = "github.com/aws/... github.com/awslabs/..."
	engines      = "github.com/evanw/esbuild/... modernc.org/..."
	outside      = "os os/... net net/http net/http/... database/sql database/sql/... log log/... syscall"
	chance       = "math/rand math/rand/v2 crypto/rand"
	git          = "github.com/go-git/..."
)

// bans lists them.
func bans() []ban {
	return []ban{
		{
			"fault diagnostic catalog slipway", outside + " " + chance + " context " + thirdParty, false,
			"the nouns are pure: no technology, no clock, no chance, no logger, no context; what they need comes in as a value",
		},
		{
			"check", engines + " " + awsAndLambda + " " + git + " net/http database/sql", true,
			"who bundles and evaluates stands behind check's ports, so that what reads reports stays small",
		},
		{
			"control", engines + " " + awsAndLambda + " " + git + " net/http database/sql", true,
			"the use cases run on two stores and two engines, so they know neither",
		},
		{
			"api task console", "internal/bundle internal/sandbox internal/sqlite internal/dynamo internal/blob internal/gitremote internal/awswire", false,
			"an edge calls control; a main decides which adapters stand behind it",
		},
		{
			"awswire", "internal/check", false,
			"list and make-live stay small: they check nothing",
		},
		{
			"awswire functions/list functions/make-live",
			"internal/bundle/... internal/sandbox/... internal/gitremote/... internal/sqlite/... gocloud.dev/... google.golang.org/... " + engines + " " + git, true,
			"list and make-live stay small and fast to start: no bundler, no sandbox, no Git, no embedded store, no gRPC",
		},
	}
}

// findTechnology is the rule of the bans, for files that are no tests.
func findTechnology(t *Tree) []Finding {
	imports := t.importsByFolder()
	var out []Finding
	for _, b := range bans() {
		for dir := range imports {
			if b.holds(dir) {
				out = append(out, b.find(imports, dir)...)
			}
		}
	}
	return out
}

// holds reports whether b is for the package in dir.
func (b ban) holds(dir string) bool {
	names := strings.Fields(b.of)
	return slices.Contains(names, place(dir)) || slices.Contains(names, dir)
}

// edge is one import; dir is "" unless it is of one of our packages.
type edge struct {
	Finding
	name string
	dir  string
}

// importsByFolder gives the imports of each package.
func (t *Tree) importsByFolder() map[string][]edge {
	out := map[string][]edge{}
	for _, s := range t.code() {
		t.eachImport(s, func(spec *ast.ImportSpec, name string, own bool) {
			e := edge{Finding: s.at(spec, "imports %s", name), name: name}
			if own {
				e.dir = name
			}
			out[s.dir] = append(out[s.dir], e)
		})
	}
	return out
}

// find gives the imports that b keeps out of from, and for a ban that goes
// through packages those of everything that from imports.
func (b ban) find(imports map[string][]edge, from string) []Finding {
	var out []Finding
	seen := map[string]bool{from: true}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		dir := queue[0]
		for _, e := range imports[dir] {
			if b.matches(e) {
				out = append(out, b.finding(e, from, dir))
			} else if b.through && e.dir != "" && !seen[e.dir] {
				seen[e.dir] = true
				queue = append(queue, e.dir)
			}
		}
	}
	return out
}

// finding words one.
func (b ban) finding(e edge, from, dir string) Finding {
	f := e.Finding
	if dir != from {
		f.Text += fmt.Sprintf(", and %s reaches it", from)
	}
	f.Text += ", but " + b.why
	return f
}

// matches reports whether b names e.
func (b ban) matches(e edge) bool {
	for pattern := range strings.FieldsSeq(b.imports) {
		base, below := strings.CutSuffix(pattern, "/...")
		switch {
		case pattern == thirdParty:
			if first, _, _ := strings.Cut(e.name, "/"); e.dir == "" && strings.Contains(first, ".") {
				return true
			}
		case e.name == base, below && strings.HasPrefix(e.name, base+"/"):
			return true
		}
	}
	return false
}

// findClocks is the rule that time comes in as a value.
func findClocks(t *Tree) []Finding {
	var out []Finding
	for _, s := range t.code() {
		if !slices.Contains(strings.Fields("fault diagnostic catalog slipway snapshot control"), place(s.dir)) {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			if name := s.selected(n, "time"); slices.Contains(strings.Fields("Now Since Until Tick NewTicker"), name) {
				out = append(out, s.at(n, "uses time.%s: take the time as a value, or a clock as a field", name))
			}
			return true
		})
	}
	return out
}

// selected gives the name that n takes from the standard package pkg, else "".
func (s *source) selected(n ast.Node, pkg string) string {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	if id, ok := sel.X.(*ast.Ident); ok && id.Name == s.importName(pkg) {
		return sel.Sel.Name
	}
	return ""
}

// importName is what s calls the package with this path, "" if it has no import of it.
func (s *source) importName(pkg string) string {
	for _, spec := range s.ast.Imports {
		if spec.Path.Value != `"`+pkg+`"` {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return pkg[strings.LastIndex(pkg, "/")+1:]
	}
	return ""
}
