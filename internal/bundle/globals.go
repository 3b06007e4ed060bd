package bundle

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/slipway-dev/slipway/internal/check"
)

var (
	wordPattern   = regexp.MustCompile(`[A-Za-z_$][A-Za-z0-9_$]*`)
	memberPattern = regexp.MustCompile(`\bkinde\s*(?:\?\.\s*|\.\s*|\[\s*["'])([A-Za-z_$][A-Za-z0-9_$]*)`)
	markerPattern = regexp.MustCompile(`(typeof )?__slipway_free_(\d+)_`)
)

// freeNames finds the names that code uses and does not declare. esbuild's
// "define" replaces a name only where it is free, so every word of the code is
// defined as a marker of its own, and the markers that come out are the answer.
// A name that is asked for with typeof anywhere is left out: that code knows the
// name may be missing.
func freeNames(code []byte, locate func(line, column int) check.Place) []check.Global {
	names := candidateNames(code)
	define := make(map[string]string, len(names))
	for i, name := range names {
		define[name] = fmt.Sprintf("__slipway_free_%d_", i)
	}
	out := api.Transform(string(code), api.TransformOptions{
		Define: define, Target: api.ES2020, LogLevel: api.LogLevelSilent, Charset: api.CharsetUTF8,
		Sourcemap: api.SourceMapExternal, SourcesContent: api.SourcesContentExclude,
	})
	if len(out.Errors) > 0 {
		return nil
	}
	return readMarkers(out, names, locate)
}

func candidateNames(code []byte) []string {
	seen := map[string]bool{"kinde": true}
	for _, w := range wordPattern.FindAll(code, -1) {
		if !reserved(string(w)) {
			seen[string(w)] = true
		}
	}
	for _, m := range memberPattern.FindAllSubmatch(code, -1) {
		seen["kinde."+string(m[1])] = true
	}
	names := make([]string, 0, len(seen))
	for n := range seen {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

func readMarkers(out api.TransformResult, names []string, locate func(line, column int) check.Place) []check.Global {
	positions := decodeMap(out.Map)
	found, guarded := map[int]check.Place{}, map[int]bool{}
	for n, line := range bytes.Split(out.Code, []byte("\n")) {
		for _, m := range markerPattern.FindAllSubmatchIndex(line, -1) {
			i, err := strconv.Atoi(string(line[m[4]:m[5]]))
			if err != nil || i >= len(names) {
				continue
			}
			if m[2] >= 0 {
				guarded[i] = true
				continue
			}
			if found[i].Path != "" {
				continue
			}
			found[i] = check.Place{}
			if at, ok := positions.find(n, utf16Length(line[:m[0]])); ok {
				found[i] = locate(at.line+1, at.column+1)
			}
		}
	}
	var globals []check.Global
	for i, place := range found {
		if !guarded[i] {
			globals = append(globals, check.Global{Name: names[i], Place: place})
		}
	}
	slices.SortFunc(globals, func(a, b check.Global) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
	return globals
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
