package bundle

import (
	"bytes"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/slipway-dev/slipway/internal/check"
)

// marker begins what a free name is replaced by; its number and "_" follow.
const marker = "__slipway_free_"

// memberPattern matches what follows kinde, up to the member's name.
var memberPattern = regexp.MustCompile(`^\s*(?:\?\.\s*|\.\s*|\[\s*["'])([A-Za-z_$][A-Za-z0-9_$]*)`)

// findGlobals finds the names that programs use and do not declare. esbuild's
// "define" replaces a name only where it is free, so every word of the code is
// defined as a marker of its own, and the markers that come out are the answer.
// A name that is asked for with typeof anywhere is left out: that code knows the
// name may be missing.
//
// All programs go through one build, with the words of all: a word that is not
// in a program marks nothing there. One in which a neighbour's word marked
// something all the same goes again, alone.
func findGlobals(programs []*check.Bundled, outs []output) {
	if len(programs) == 0 || len(programs) == 1 && programs[0].Code == nil {
		return
	}
	words := make([]map[string]bool, len(programs))
	all := map[string]bool{}
	for i, b := range programs {
		words[i] = candidateNames(b.Code)
		maps.Copy(all, words[i])
	}
	names := slices.Sorted(maps.Keys(all))
	marked := markFree(programs, names)
	for i, b := range programs {
		if marked != nil {
			found, own := readMarkers(marked[i], names, words[i], outs[i])
			if own {
				b.Globals = found
				continue
			}
		}
		if len(programs) > 1 {
			findGlobals([]*check.Bundled{b}, outs[i:i+1])
		}
	}
}

// markFree replaces the names in each program, or returns nil.
func markFree(programs []*check.Bundled, names []string) []output {
	define := make(map[string]string, len(names))
	for i, name := range names {
		define[name] = marker + strconv.Itoa(i) + "_"
	}
	built := api.Build(api.BuildOptions{
		EntryPointsAdvanced: entryPoints(len(programs)), Outdir: "/out", AbsWorkingDir: "/", TsconfigRaw: "{}",
		Define: define, Target: api.ES2020, LogLevel: api.LogLevelSilent, Charset: api.CharsetUTF8,
		Sourcemap: api.SourceMapExternal, SourcesContent: api.SourcesContentExclude,
		Plugins: []api.Plugin{{Name: "programs", Setup: func(build api.PluginBuild) { serve(build, programs) }}},
	})
	if len(built.Errors) > 0 {
		return nil
	}
	return outputs(built, len(programs))
}

// serve gives a build the programs as its entries.
func serve(build api.PluginBuild, programs []*check.Bundled) {
	build.OnResolve(api.OnResolveOptions{Filter: ".*"}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		return api.OnResolveResult{Path: args.Path, Namespace: emptySpace}, nil
	})
	build.OnLoad(api.OnLoadOptions{Filter: ".*"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		code := ""
		if i, err := strconv.Atoi(strings.TrimPrefix(args.Path, entryPrefix)); err == nil && i < len(programs) {
			code = string(programs[i].Code)
		}
		return api.OnLoadResult{Contents: &code, Loader: api.LoaderJS}, nil
	})
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

// readMarkers gives the names that are marked in a program, and whether all of
// them are its own words.
func readMarkers(marked output, names []string, words map[string]bool, out output) (globals []check.Global, own bool) {
	found, guarded := map[int]check.Place{}, map[int]bool{}
	var inMarked, inCode positions
	code, line := marked.code, 0
	for start, at := 0, 0; ; {
		next := bytes.Index(code[at:], []byte(marker))
		if next < 0 {
			break
		}
		line += bytes.Count(code[at:at+next], []byte("\n"))
		if n := bytes.LastIndexByte(code[at:at+next], '\n'); n >= 0 {
			start = at + n + 1
		}
		from := at + next
		at = from + len(marker)
		i, ok := number(code[at:])
		if !ok || i >= len(names) {
			continue
		}
		if !words[names[i]] {
			return nil, false
		}
		if bytes.HasSuffix(code[start:from], []byte("typeof ")) {
			guarded[i] = true
			continue
		}
		if found[i].Path != "" {
			continue
		}
		if inMarked.lines == nil {
			inMarked, inCode = decodeMap(marked.sourceMap), decodeMap(out.sourceMap)
		}
		found[i] = check.Place{}
		if s, ok := inMarked.find(line, utf16Length(code[start:from])); ok {
			found[i] = locate(inCode, s.line+1, s.column+1)
		}
	}
	for i, place := range found {
		if !guarded[i] {
			globals = append(globals, check.Global{Name: names[i], Place: place})
		}
	}
	slices.SortFunc(globals, func(a, b check.Global) int { return strings.Compare(a.Name, b.Name) })
	return globals, true
}

// number reads the digits before a "_".
func number(text []byte) (int, bool) {
	end := bytes.IndexByte(text[:min(len(text), 12)], '_')
	if end < 0 {
		return 0, false
	}
	n, err := strconv.Atoi(string(text[:end]))
	return n, err == nil && n >= 0
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
