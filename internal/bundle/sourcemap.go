package bundle

import (
	"encoding/json"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/slipway-dev/slipway/internal/check"
)

// positions is a decoded source map: the segments of all lines of the output, in
// order, and where each line's begin.
type positions struct {
	sources  []string
	lines    []int
	segments []segment
}

// segment maps a column of the output; all numbers count from 0, columns in
// UTF-16 units.
type segment struct {
	at           int
	source       int
	line, column int
}

// decodeMap reads a source map; of one that is malformed it keeps what it read.
func decodeMap(raw []byte) positions {
	var m struct {
		Sources  []string `json:"sources"`
		Mappings string   `json:"mappings"`
	}
	if json.Unmarshal(raw, &m) != nil {
		return positions{}
	}
	p := positions{
		sources: m.Sources, lines: make([]int, 1, strings.Count(m.Mappings, ";")+1),
		segments: make([]segment, 0, len(m.Mappings)/5),
	}
	var s segment
	for text := m.Mappings; text != ""; {
		switch text[0] {
		case ';':
			p.lines = append(p.lines, len(p.segments))
			s.at, text = 0, text[1:]
			continue
		case ',':
			text = text[1:]
			continue
		}
		var fields [5]int
		n, rest := decodeVLQ(text, &fields)
		if s.at += fields[0]; n >= 4 {
			s.source, s.line, s.column = s.source+fields[1], s.line+fields[2], s.column+fields[3]
			p.segments = append(p.segments, s)
		}
		text = rest
	}
	return p
}

// find returns the segment that covers a place of the output, from 0.
func (p positions) find(line, column int) (segment, bool) {
	if line < 0 || line >= len(p.lines) {
		return segment{}, false
	}
	segments := p.segments[p.lines[line]:]
	if line+1 < len(p.lines) {
		segments = p.segments[p.lines[line]:p.lines[line+1]]
	}
	i := sort.Search(len(segments), func(i int) bool { return segments[i].at > column })
	if i == 0 {
		return segment{}, false
	}
	return segments[i-1], true
}

// decodeVLQ reads the base-64 variable-length numbers of the segment that text
// begins with, and returns how many there are and what follows the segment.
func decodeVLQ(text string, fields *[5]int) (n int, rest string) {
	value, shift := 0, 0
	for i := range len(text) {
		c := text[i]
		if c == ',' || c == ';' {
			return n, text[i:]
		}
		digit := digitOf(c)
		if digit < 0 || shift > 40 || n == len(fields) {
			return n, afterSegment(text[i:])
		}
		value |= digit & 31 << shift
		shift += 5
		if digit&32 != 0 {
			continue
		}
		fields[n] = value >> 1
		if value&1 != 0 {
			fields[n] = -fields[n]
		}
		n++
		value, shift = 0, 0
	}
	return n, ""
}

func afterSegment(text string) string {
	if i := strings.IndexAny(text, ",;"); i >= 0 {
		return text[i:]
	}
	return ""
}

// digitOf is the value of a base-64 digit, -1 if it is none.
func digitOf(c byte) int {
	switch {
	case c >= 'A' && c <= 'Z':
		return int(c - 'A')
	case c >= 'a' && c <= 'z':
		return int(c-'a') + 26
	case c >= '0' && c <= '9':
		return int(c-'0') + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return -1
}

// locate maps a place of the bundle, from 1, to the user's file; zero if it is in
// no file of the user's.
func locate(m positions, line, column int) check.Place {
	s, ok := m.find(line-1, column-1)
	if !ok || s.source < 0 || s.source >= len(m.sources) {
		return check.Place{}
	}
	name, ours := strings.CutPrefix(m.sources[s.source], repoSpace+":")
	if !ours {
		return check.Place{}
	}
	return check.Place{Path: name, Line: s.line + 1, Column: s.column + 1}
}

func utf16Length(text []byte) int {
	n := 0
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if n++; r > 0xffff {
			n++
		}
		text = text[size:]
	}
	return n
}
