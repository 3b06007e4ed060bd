package house

import (
	"go/ast"
	"go/token"
	"strings"
)

// findInits is the rule against init functions.
func findInits(t *Tree) []Finding {
	var out []Finding
	for _, s := range t.sources {
		for _, d := range s.ast.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				out = append(out, s.at(f, "do it in main, or in a constructor"))
			}
		}
	}
	return out
}

// variables are the package variables that are let through.
func variables() []exception { return nil }

// findVariables is the rule against package variables. What the language cannot
// make a constant and nobody changes is let through: patterns, sentinel errors
// and embedded files. Tests may have their own.
func findVariables(t *Tree) []Finding {
	found := map[string]Finding{}
	for _, s := range t.code() {
		for _, d := range s.ast.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.VAR {
				continue
			}
			for _, spec := range g.Specs {
				s.variable(g, spec.(*ast.ValueSpec), found)
			}
		}
	}
	return except(t, found, variables())
}

// variable adds the names of one declaration that may change.
func (s *source) variable(g *ast.GenDecl, spec *ast.ValueSpec, found map[string]Finding) {
	if embeds(g.Doc) || embeds(spec.Doc) {
		return
	}
	for i, name := range spec.Names {
		if name.Name == "_" || len(spec.Values) == len(spec.Names) && s.constantCall(spec.Values[i]) {
			continue
		}
		found[s.path+":"+name.Name] = s.at(name, "%s can change: make it a constant, a function's answer or a field", name.Name)
	}
}

// embeds reports whether a declaration is filled by the compiler.
func embeds(doc *ast.CommentGroup) bool {
	if doc == nil {
		return false
	}
	for _, c := range doc.List {
		if strings.HasPrefix(c.Text, "//go:embed ") {
			return true
		}
	}
	return false
}

// constantCall reports whether e makes a value that nobody changes.
func (s *source) constantCall(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	return s.selected(call.Fun, "errors") == "New" || s.selected(call.Fun, "regexp") == "MustCompile"
}
