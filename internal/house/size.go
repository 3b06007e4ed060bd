package house

import (
	"fmt"
	"go/ast"
)

// How long a Go file may be, tests included.
const (
	longFile = 400 // needs an exception with its reason
	wallFile = 500 // has none
)

// longFiles are those over longFile.
func longFiles() []exception { return nil }

// findLongFiles is the rule of the two lengths.
func findLongFiles(t *Tree) []Finding {
	var out []Finding
	long := map[string]Finding{}
	for _, s := range t.sources {
		switch n := s.lines(); {
		case n > wallFile:
			out = append(out, Finding{Path: s.path, Text: fmt.Sprintf("has %d lines, over the wall of %d: split it", n, wallFile)})
		case n > longFile:
			long[s.path] = Finding{Path: s.path, Text: fmt.Sprintf("has %d lines, over %d: split it, or give the reason in internal/house/size.go", n, longFile)}
		}
	}
	return append(out, except(t, long, longFiles())...)
}

// maxMethods is how many methods an interface declares itself.
const maxMethods = 4

// findWideInterfaces is the rule of narrow interfaces; what an interface embeds
// is counted where it is declared.
func findWideInterfaces(t *Tree) []Finding {
	var out []Finding
	for _, s := range t.sources {
		ast.Inspect(s.ast, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if it, ok := spec.Type.(*ast.InterfaceType); ok {
				if m := ownMethods(it); m > maxMethods {
					out = append(out, s.at(spec, "%s declares %d methods, over %d: split it by who uses them", spec.Name.Name, m, maxMethods))
				}
			}
			return true
		})
	}
	return out
}

// ownMethods counts those that it does not embed.
func ownMethods(it *ast.InterfaceType) int {
	n := 0
	for _, m := range it.Methods.List {
		n += len(m.Names)
	}
	return n
}
