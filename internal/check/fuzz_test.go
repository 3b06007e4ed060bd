package check

import (
	"path"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/slipway-dev/slipway/internal/catalog"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

func FuzzConfig(f *testing.F) {
	for _, s := range []string{"", "{}", "[", `{"rootDir":"../x"}`, `{"ROOTDIR":"a", // b` + "\n}", "\xef\xbb\xbf{}", `{"rootDir":"a\u0000"}`, `{"integrations":{"npm":{"enabled":1}}}`, "{\"a\":/*", strings.Repeat("[", 2000), `{"rootDir":"\ud800"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, ds := parseConfig("kinde.json", data)
		if clean := path.Clean(c.rootDir); clean != c.rootDir || clean == ".." || strings.HasPrefix(clean, "../") || path.IsAbs(clean) {
			t.Errorf("rootDir %q", c.rootDir)
		}
		for _, d := range ds {
			if d.Path != "kinde.json" || d.Message == "" || d.Line < 0 {
				t.Errorf("%+v", d)
			}
		}
	})
}

func FuzzSettings(f *testing.F) {
	f.Add("a", "user:pre_mfa", "string", "object", "kinde.env", "export const workflowSettings = { id: 'a' }")
	f.Add("", "", "missing", "array", "", "bindings: {")
	f.Add("a/b", "\x00", "null", "binding", "kinde.\xff", "workflowSettings = { trigger: `")
	f.Fuzz(func(t *testing.T, id, trigger, kind, bindings, name, source string) {
		file := File{Path: "a.ts", Digest: "x"}
		e := Evaluation{Default: DefaultAsync, Settings: RawSettings{
			Type: "object", ID: RawValue{kind, id}, Name: RawValue{kind, name}, Trigger: RawValue{kind, trigger},
			FailurePolicy: RawValue{Type: bindings}, Action: RawValue{kind, name}, Bindings: RawValue{Type: bindings}, Options: []RawValue{{kind, name}}, Keys: []string{name},
		}}
		s := newSources(Tree{}, 1)
		s.texts["a.ts"] = newText([]byte(source))
		r := rules{
			file: &file, evaluation: e, catalog: catalog.Default(), source: s.texts["a.ts"], sources: s,
			bundled: Bundled{Path: "a.ts", Globals: []Global{{Name: name}}, Locate: func(int, int) Place { return Place{} }},
		}
		r.apply()
		if len(file.Settings.ID) > maxIDBytes || strings.ContainsAny(file.Settings.ID, "/\\\x00\n") || !utf8.ValidString(file.Settings.ID) {
			t.Errorf("id %q", file.Settings.ID)
		}
		if file.Valid() && (file.Settings.ID == "" || file.Settings.Trigger == "") {
			t.Errorf("valid without id or trigger: %+v", file)
		}
		_ = s.redact(file.Diagnostics, []string{"a.ts"})
	})
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"a", "'b\\", "`x${'", "// a\n/* b", "\"\n'", "/*"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := Mask(s)
		if len(m) != len(s) || strings.Count(m, "\n") != strings.Count(s, "\n") {
			t.Errorf("%q masks to %q", s, m)
		}
		_ = privateParts(newText([]byte(s)))
	})
}

// An option's value is hidden wherever it is written.
func TestRedaction(t *testing.T) {
	for _, source := range []string{
		`bindings: { "kinde.env": { key: "S3CRET" } }`,
		"\"bindings\": { a: `S3CRET` }",
		"const bindings: Record<string, any> = { a: 'S3CRET' };\nx = { bindings }",
		"const env = { a: 'S3CRET' }; const more = { env };\nx = { bindings: { ...more } }",
		"x = { bindings: y ? { a: 1 } : { a: 'S3CRET' } }",
		"x = { bindings: make('S3CRET') }",
		"x = { bindings: { a: 'S3CRET'",
		"x.bindings = { a: 'S3CRET' }",
		"x = { get bindings() { return { a: 'S3CRET' } } }",
	} {
		s := newSources(Tree{}, 1)
		s.texts["a.ts"] = newText([]byte(source))
		var ds []diagnostic.Diagnostic
		for n, line := range strings.Split(source, "\n") {
			ds = append(ds, diagnostic.New(diagnostic.SyntaxError, "a.ts", "found S3CRET", "not S3CRET").At(n+1, 1, line))
		}
		for _, d := range s.redact(ds, []string{"a.ts"}) {
			if strings.Contains(d.LineText+d.Message+d.Hint, "S3CRET") {
				t.Errorf("%s\nshows %+v", source, d)
			}
		}
	}
}
