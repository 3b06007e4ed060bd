package check

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// sources keeps the texts of a check's files for finding and hiding places.
type sources struct {
	tree  Tree
	limit int64
	texts map[string]text
}

func newSources(t Tree, limit int64) *sources {
	return &sources{tree: t, limit: limit, texts: map[string]text{}}
}

func (s *sources) of(path string) text {
	t, ok := s.texts[path]
	if !ok {
		data, err := s.tree.Read(path, s.limit)
		if err == nil {
			t = newText(data)
		}
		s.texts[path] = t
	}
	return t
}

// redact takes out of diagnostics what may be an option's value: the text of
// every line that belongs to a bindings value, and every string written in one,
// wherever it turns up. Option values may be credentials.
func (s *sources) redact(ds []diagnostic.Diagnostic, inputs []string) []diagnostic.Diagnostic {
	if len(ds) == 0 {
		return ds
	}
	private := map[string]privacy{}
	var secrets []string
	for _, path := range inputs {
		if _, seen := private[path]; !seen {
			p := privateParts(s.of(path))
			private[path] = p
			secrets = append(secrets, p.secrets...)
		}
	}
	// The longest first, so that none is hidden only in part.
	slices.SortFunc(secrets, func(a, b string) int { return len(b) - len(a) })
	ds = slices.Clone(ds)
	for i := range ds {
		d := &ds[i]
		if p, ok := private[d.Path]; ok && p.lines[d.Line] {
			d.LineText = ""
			if d.Code == diagnostic.SyntaxError { // its message quotes the code
				d.Message, d.Hint = "syntax error", ""
			}
		}
		for _, secret := range secrets {
			if strings.Contains(d.LineText, secret) {
				d.LineText = ""
			}
			d.Message = strings.ReplaceAll(d.Message, secret, "…")
			d.Hint = strings.ReplaceAll(d.Hint, secret, "…")
		}
	}
	return ds
}

// privacy is what may not be shown of a file.
type privacy struct {
	lines   map[int]bool
	secrets []string
}

var (
	bindingsPattern = regexp.MustCompile(`\bbindings\b`)
	wordPattern     = regexp.MustCompile(`[A-Za-z_$][\w$]*`)
	stringPattern   = regexp.MustCompile("\"(?:[^\"\\\\\n]|\\\\.)*\"?|'(?:[^'\\\\\n]|\\\\.)*'?|`[^`]*`?")
)

// privateParts finds the values of bindings in a file: what follows the word,
// up to the bracket that closes it, and the declarations of the names in it.
func privateParts(t text) privacy {
	p := privacy{lines: map[int]bool{}}
	names := map[string]bool{}
	for _, m := range bindingsPattern.FindAllStringIndex(t.raw, -1) {
		if quotedKey := m[0] > 0 && strings.IndexByte("\"'", t.raw[m[0]-1]) >= 0; quotedKey || t.masked[m[0]] == t.raw[m[0]] {
			p.hide(t, m[0], valueEnd(t, m[1]), names)
		}
	}
	hidden := map[string]bool{}
	for range 3 { // names in the declarations of names
		for _, name := range slices.Sorted(maps.Keys(names)) {
			if hidden[name] {
				continue
			}
			hidden[name] = true
			declaration := regexp.MustCompile(`\b(?:const|let|var)\s+` + regexp.QuoteMeta(name) + `\b`)
			for _, m := range declaration.FindAllStringIndex(t.masked, -1) {
				p.hide(t, m[0], valueEnd(t, afterType(t, m[1])), names)
			}
		}
	}
	return p
}

// afterType returns the offset after the equals sign of a declaration.
func afterType(t text, from int) int {
	if i := strings.IndexByte(t.masked[from:], '='); i >= 0 {
		return from + i + 1
	}
	return from
}

// valueEnd returns the offset after the value that starts at from: at the end of
// its statement, its element or what encloses it.
func valueEnd(t text, from int) int {
	closed := false
	for i := from; i < len(t.masked); i++ {
		switch t.masked[i] {
		case '{', '[', '(':
			i, closed = t.closing(i)-1, true
		case ';', ',', '}', ')', ']':
			return i
		case '\n':
			next := strings.TrimLeft(t.masked[i:], " \t\r\n")
			if closed && (next == "" || strings.IndexByte("?:+.|&=", next[0]) < 0) {
				return i
			}
		}
	}
	return len(t.masked)
}

func (p *privacy) hide(t text, from, to int, names map[string]bool) {
	first, _ := t.place(from)
	last, _ := t.place(to)
	for line := first; line <= last; line++ {
		p.lines[line] = true
	}
	region := t.raw[from:to]
	for _, m := range stringPattern.FindAllStringIndex(region, -1) {
		after := strings.TrimLeft(region[m[1]:], " \t\r\n")
		if strings.HasPrefix(after, ":") {
			continue // a key
		}
		if value := strings.Trim(region[m[0]:m[1]], "\"'`"); len(value) >= 4 {
			p.secrets = append(p.secrets, value)
		}
	}
	for _, word := range wordPattern.FindAllString(t.masked[from:to], -1) {
		if len(names) < 200 {
			names[word] = true
		}
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
