package bundle

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/check"
)

// memberPattern matches what follows kinde, up to the member's name.
var memberPattern = regexp.MustCompile(`^\s*(?:\?\.\s*|\.\s*|\[\s*["'])([A-Za-z_$][A-Za-z0-9_$]*)`)

// program is a bundle whose free names are looked for.
type program struct {
	bundled *check.Bundled
	out     output
	words   map[string]bool // that may be free in it
}

// findGlobals finds the names that programs use and do not declare. esbuild's
// "define" replaces a name only where it is free, so every word of the code is
// defined as a marker of its own, and the markers that come out are the answer.
// A name that is asked for with typeof anywhere is left out: that code knows the
// name may be missing.
//
// Programs are marked together where that can be told apart afterwards, with the
// words of all: a word that is not in a program marks nothing there. One in which
// a neighbour's word marked something all the same goes again, alone.
func findGlobals(bundles []*check.Bundled, outs []output) {
	var programs []program
	for i, b := range bundles {
		if b.Code != nil {
			programs = append(programs, program{b, outs[i], candidateNames(b.Code)})
		}
	}
	for _, group := range joinable(programs) {
		findTogether(group)
	}
}

func findTogether(group []program) {
	all := map[string]bool{}
	for _, p := range group {
		maps.Copy(all, p.words)
	}
	names := slices.Sorted(maps.Keys(all))
	marks, ok := markFree(group, names)
	for i, p := range group {
		if ok {
			if found, own := p.globals(marks[i], names); own {
				p.bundled.Globals = found
				continue
			}
		}
		if len(group) > 1 {
			findTogether(group[i : i+1])
		}
	}
}

// globals gives the names that are marked in p, each with its first use in a
// file of the user's, and whether all of them are p's own words.
func (p program) globals(marks []mark, names []string) (globals []check.Global, own bool) {
	found, guarded := map[int]check.Place{}, map[int]bool{}
	var inCode positions
	for _, m := range marks {
		if !p.words[names[m.name]] {
			return nil, false
		}
		if m.guarded {
			guarded[m.name] = true
			continue
		}
		if found[m.name].Path != "" {
			continue
		}
		if inCode.lines == nil {
			inCode = decodeMap(p.out.sourceMap)
		}
		found[m.name] = locate(inCode, m.line+1, m.column+1)
	}
	for i, place := range found {
		if !guarded[i] {
			globals = append(globals, check.Global{Name: names[i], Place: place})
		}
	}
	slices.SortFunc(globals, func(a, b check.Global) int { return strings.Compare(a.Name, b.Name) })
	return globals, true
}

// candidateNames gives the words that may be free in code: all but those that
// the language keeps and those that only follow a dot.
func candidateNames(code []byte) map[string]bool {
	seen := map[string]bool{"kinde": true}
	for i := 0; i < len(code); i++ {
		if !startsWord(code[i]) {
			continue
		}
		from := i
		for i < len(code) && (startsWord(code[i]) || code[i] >= '0' && code[i] <= '9') {
			i++
		}
		word := code[from:i]
		if string(word) == "kinde" {
			if m := memberPattern.FindSubmatch(code[i:]); m != nil {
				seen["kinde."+string(m[1])] = true
			}
		}
		if isMember := from > 0 && code[from-1] == '.' && (from == 1 || code[from-2] != '.'); isMember || seen[string(word)] || reserved(string(word)) {
			continue
		}
		seen[string(word)] = true
	}
	return seen
}

func startsWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$'
}

func reserved(word string) bool {
	switch word {
	case "arguments", "async", "await", "break", "case", "catch", "class", "const", "continue", "debugger", "default", "delete", "do",
		"else", "enum", "eval", "export", "extends", "false", "finally", "for", "function", "if", "implements", "import", "in",
		"instanceof", "interface", "let", "new", "null", "of", "package", "private", "protected", "public", "return", "static",
		"super", "switch", "this", "throw", "true", "try", "typeof", "var", "void", "while", "with", "yield", "undefined":
		return true
	}
	return false
}
