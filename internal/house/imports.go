package house

import (
	"go/ast"
	"strconv"
	"strings"
)

// eachImport calls f with every import of s: one of the module's own packages
// by its folder, any other as it is written.
func (t *Tree) eachImport(s *source, f func(spec *ast.ImportSpec, name string, own bool)) {
	for _, spec := range s.ast.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue // the parser takes no such file
		}
		dir, own := strings.CutPrefix(name, t.Module+"/")
		f(spec, dir, own && t.Module != "")
	}
}

// findDirections is the rule of the layers. Test files may import upwards: a
// test of a use case runs it on a real store.
func findDirections(t *Tree) []Finding {
	var out []Finding
	for _, s := range t.code() {
		t.eachImport(s, func(spec *ast.ImportSpec, name string, own bool) {
			if !own {
				return
			}
			if why := forbidden(place(s.dir), place(name)); why != "" {
				out = append(out, s.at(spec, "imports %s, but %s", name, why))
			}
		})
	}
	return out
}

// forbidden says why from may not import to; "" if it may.
func forbidden(from, to string) string {
	if from == to {
		return ""
	}
	if testSupport(to) && !testSupport(from) {
		return "that is for tests, and only tests import it"
	}
	above, why, placed := rank(from)
	below, _, known := rank(to)
	if !placed || !known || below < above {
		return ""
	}
	return why
}
