package bundle

import (
	"encoding/json"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/slipway-dev/slipway/internal/check"
)

// positions is a decoded source map: per line of the output, in order of column.
type positions struct {
	sources []string
	lines   [][]segment
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
	p := positions{sources: m.Sources}
	var source, line, column int
	for text := range strings.SplitSeq(m.Mappings, ";") {
		var segments []segment
		at := 0
		for part := range strings.SplitSeq(text, ",") {
			fields := decodeVLQ(part)
			if len(fields) < 4 {
				if len(fields) > 0 {
					at += fields[0]
				}
				continue
			}
			at, source, line, column = at+fields[0], source+fields[1], line+fields[2], column+fields[3]
			segments = append(segments, segment{at, source, line, column})
		}
		p.lines = append(p.lines, segments)
	}
	return p
}

// find returns the segment that covers a place of the output, from 0.
func (p positions) find(line, column int) (segment, bool) {
	if line < 0 || line >= len(p.lines) {
		return segment{}, false
	}
	segments := p.lines[line]
	i := sort.Search(len(segments), func(i int) bool { return segments[i].at > column })
	if i == 0 {
		return segment{}, false
	}
	return segments[i-1], true
}

// decodeVLQ reads the base-64 variable-length numbers of one segment.
func decodeVLQ(text string) []int {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	var fields []int
	value, shift := 0, 0
	for _, c := range []byte(text) {
		digit := strings.IndexByte(digits, c)
		if digit < 0 || shift > 40 {
			return fields
		}
		value |= digit & 31 << shift
		shift += 5
		if digit&32 != 0 {
			continue
		}
		number := value >> 1
		if value&1 != 0 {
			number = -number
		}
		fields = append(fields, number)
		value, shift = 0, 0
	}
	return fields
}

// locate maps a place of the bundle, from 1, to the user's file; zero if it is in
// no file of the user's.
func (p *project) locate(m positions, line, column int) check.Place {
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
