package bundle

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/slipway-dev/slipway/internal/catalog"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

var noMatchingExport = regexp.MustCompile(`^No matching export in "([^"]*)" for import "([^"]*)"`)

// translate makes diagnostics of what esbuild says of one entry.
func (p *project) translate(built api.BuildResult) []diagnostic.Diagnostic {
	var ds []diagnostic.Diagnostic
	for _, m := range built.Errors {
		ds = append(ds, p.place(m, p.explain(m)))
	}
	for _, m := range built.Warnings {
		if m.Location == nil || strings.HasPrefix(m.Location.File, builtinSpace+":") {
			continue
		}
		t := &problem{diagnostic.SuspiciousCode, plain(m.Text), notes(m)}
		ds = append(ds, p.place(m, t))
	}
	diagnostic.Sort(ds)
	return ds
}

func (p *project) explain(m api.Message) *problem {
	if t, ok := m.Detail.(*problem); ok {
		return t
	}
	if match := noMatchingExport.FindStringSubmatch(m.Text); match != nil {
		return p.noExport(plain(match[1]), match[2])
	}
	if strings.Contains(strings.ToLower(m.Text), "top-level await") {
		return &problem{diagnostic.TopLevelAwait, "await cannot be used outside a function", "move it into the default function"}
	}
	return &problem{diagnostic.SyntaxError, plain(m.Text), notes(m)}
}

func (p *project) noExport(module, name string) *problem {
	t := &problem{diagnostic.ExportNotFound, quote(module) + " does not export " + quote(name), ""}
	source := infrastructureSource
	if module != infrastructureName {
		data, _ := p.read(module)
		source = string(data)
	}
	if module == infrastructureName {
		for _, typ := range infrastructureTypes() {
			if typ == name {
				t.hint = quote(name) + " is a type: JavaScript files cannot import it, TypeScript files import it with import type"
				return t
			}
		}
	}
	exports := exportsOf(source)
	if near := catalog.Nearest(name, exports); near != "" {
		t.hint = "did you mean " + quote(near) + "?"
	} else if len(exports) > 0 {
		t.hint = "it exports " + strings.Join(exports, ", ")
	}
	return t
}

func (p *project) place(m api.Message, t *problem) diagnostic.Diagnostic {
	if m.Location == nil {
		return diagnostic.New(t.code, p.entries[0], t.message, t.hint)
	}
	l := m.Location
	column := utf8.RuneCountInString(l.LineText[:min(max(l.Column, 0), len(l.LineText))]) + 1
	return diagnostic.New(t.code, plain(l.File), t.message, t.hint).At(l.Line, column, l.LineText)
}

// plain takes esbuild's namespaces out of a text.
func plain(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, repoSpace+":", ""), builtinSpace+":", "")
}

func notes(m api.Message) string {
	var all []string
	for _, n := range m.Notes {
		all = append(all, plain(n.Text))
	}
	return strings.Join(all, " ")
}
