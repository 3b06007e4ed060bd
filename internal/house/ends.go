package house

import (
	"go/ast"
	"strings"
)

// findPanics is the rule against stopping the process. A panic on what cannot
// happen says why it cannot, beside it or on the line above.
func findPanics(t *Tree) []Finding {
	var out []Finding
	for _, s := range t.code() {
		if s.isMain() {
			continue
		}
		reasons := s.commentLines()
		ast.Inspect(s.ast, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			name := s.stops(call.Fun)
			if line := s.line(call); name != "" && !reasons[line] && !reasons[line-1] {
				out = append(out, s.at(call, "%s: return a fault, or say beside it why this cannot happen", name))
			}
			return true
		})
	}
	return out
}

// stops names what e calls to stop the process, "" for anything else.
func (s *source) stops(e ast.Expr) string {
	if id, ok := e.(*ast.Ident); ok && id.Name == "panic" {
		return "panic"
	}
	name := s.selected(e, "log")
	if strings.HasPrefix(name, "Fatal") || strings.HasPrefix(name, "Panic") {
		return "log." + name
	}
	return ""
}

// commentLines are the lines that hold the end of a comment of two words or
// more that people read.
func (s *source) commentLines() map[int]bool {
	lines := map[int]bool{}
	for _, group := range s.ast.Comments {
		if len(strings.Fields(group.Text())) > 1 {
			lines[s.set.Position(group.End()).Line] = true
		}
	}
	return lines
}

// findExits is the rule that only func main of a command calls os.Exit.
func findExits(t *Tree) []Finding {
	var out []Finding
	for _, s := range t.code() {
		for _, d := range s.ast.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && s.isMain() && f.Recv == nil && f.Name.Name == "main" {
				continue
			}
			ast.Inspect(d, func(n ast.Node) bool {
				if s.selected(n, "os") == "Exit" {
					out = append(out, s.at(n, "os.Exit: return an error, or a code, to func main"))
				}
				return true
			})
		}
	}
	return out
}
