package bundle

import (
	"bytes"
	"sort"
	"strconv"

	"github.com/evanw/esbuild/pkg/api"

	"github.com/slipway-dev/slipway/internal/check"
)

// marker begins what a free name is replaced by; its number and "_" follow.
const marker = "__slipway_free_"

// mark is a use of a free name in a program.
type mark struct {
	name         int  // its index
	guarded      bool // it is asked for with typeof
	line, column int  // in the program's code, from 0
}

// joinedBytes bounds what is marked in one build: what is parsed, printed and
// held at a time.
const joinedBytes = 1 << 20

// How a bundle begins. The directive counts for all that follows it in a text.
const (
	bundleStart = "var " + check.GlobalName + " = "
	strictStart = "\"use strict\";\n" + bundleStart
)

// joinable divides programs into groups that can stand one after the other in one
// text and mean what they mean alone. Each is a statement of its own, in a
// function of its own. One of another form, or with a line break that not
// everybody counts as one, is a group by itself.
func joinable(programs []program) [][]program {
	var groups [][]program
	for _, start := range []string{bundleStart, strictStart} {
		size := joinedBytes
		for _, p := range programs {
			if !bytes.HasPrefix(p.bundled.Code, []byte(start)) || oddLines(p.bundled.Code) {
				continue
			}
			if size += len(p.bundled.Code); size > joinedBytes {
				groups, size = append(groups, nil), len(p.bundled.Code)
			}
			groups[len(groups)-1] = append(groups[len(groups)-1], p)
		}
	}
	for _, p := range programs {
		c := p.bundled.Code
		if oddLines(c) || !bytes.HasPrefix(c, []byte(bundleStart)) && !bytes.HasPrefix(c, []byte(strictStart)) {
			groups = append(groups, []program{p})
		}
	}
	return groups
}

// oddLines reports whether code has a line break of JavaScript's beside "\n".
func oddLines(code []byte) bool {
	return bytes.IndexByte(code, '\r') >= 0 || bytes.Contains(code, []byte("\u2028")) || bytes.Contains(code, []byte("\u2029"))
}

// markFree finds the free ones among names in each program of a group. It is not
// ok if that cannot be told.
func markFree(group []program, names []string) (marks [][]mark, ok bool) {
	define := make(map[string]string, len(names))
	for i, name := range names {
		define[name] = marker + strconv.Itoa(i) + "_"
	}
	text, starts := join(group)
	built := api.Transform(text, api.TransformOptions{
		Define: define, Loader: api.LoaderJS, Target: api.ES2020, TsconfigRaw: "{}", LogLevel: api.LogLevelSilent,
		Charset: api.CharsetUTF8, Sourcemap: api.SourceMapExternal, SourcesContent: api.SourcesContentExclude,
	})
	if len(built.Errors) > 0 || len(group) > 1 && oddLines(built.Code) {
		return nil, false
	}
	return readMarks(built.Code, decodeMap(built.Map), starts, len(names))
}

// join writes the programs one after the other, and says where each begins.
func join(group []program) (text string, starts []int) {
	var all bytes.Buffer
	line := 0
	for _, p := range group {
		starts = append(starts, line)
		line += bytes.Count(p.bundled.Code, []byte("\n")) + 1
		all.Write(p.bundled.Code)
		all.WriteByte('\n')
	}
	return all.String(), starts
}

// readMarks reads the marks of a text of programs that begin at the lines in
// starts. The map says which program a mark is of.
func readMarks(code []byte, from positions, starts []int, names int) (marks [][]mark, ok bool) {
	marks = make([][]mark, len(starts))
	line := 0
	for start, at := 0, 0; ; {
		next := bytes.Index(code[at:], []byte(marker))
		if next < 0 {
			return marks, true
		}
		line += bytes.Count(code[at:at+next], []byte("\n"))
		if n := bytes.LastIndexByte(code[at:at+next], '\n'); n >= 0 {
			start = at + n + 1
		}
		here := at + next
		at = here + len(marker)
		i, isMark := number(code[at:])
		if !isMark || i >= names {
			continue
		}
		m := mark{name: i, guarded: bytes.HasSuffix(code[start:here], []byte("typeof ")), line: -1}
		of := 0
		if s, known := from.find(line, utf16Length(code[start:here])); known {
			of = sort.Search(len(starts), func(i int) bool { return starts[i] > s.line }) - 1
			m.line, m.column = s.line-starts[of], s.column
		} else if len(starts) > 1 {
			return nil, false
		}
		marks[of] = append(marks[of], m)
	}
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
