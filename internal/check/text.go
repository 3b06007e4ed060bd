package check

import (
	"strings"
	"unicode/utf8"
)

// text is a source file, for finding places in it without parsing it: masked has
// the same length, with comments and the insides of strings blanked out.
type text struct {
	raw    string
	masked string
}

func newText(data []byte) text {
	return text{raw: string(data), masked: Mask(string(data))}
}

// place returns line and column, from 1 and in characters, of a byte offset.
func (t text) place(offset int) (line, column int) {
	offset = min(max(offset, 0), len(t.raw))
	start := strings.LastIndexByte(t.raw[:offset], '\n') + 1
	return strings.Count(t.raw[:offset], "\n") + 1, utf8.RuneCountInString(t.raw[start:offset]) + 1
}

// line returns the text of a line without its end; "" if there is none.
func (t text) line(n int) string {
	rest := t.raw
	for ; n > 1; n-- {
		_, after, ok := strings.Cut(rest, "\n")
		if !ok {
			return ""
		}
		rest = after
	}
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSuffix(line, "\r")
}

// Mask blanks comments and the insides of strings and templates, byte for byte.
// It knows no regular expressions: a quote in one blanks at most its line.
func Mask(s string) string {
	out := []byte(s)
	for i := 0; i < len(s); {
		var end int
		from := i
		switch {
		case strings.HasPrefix(s[i:], "//"):
			end = until(s, i, "\n")
		case strings.HasPrefix(s[i:], "/*"):
			end = min(until(s, i+2, "*/")+2, len(s))
		case s[i] == '"' || s[i] == '\'' || s[i] == '`':
			end, from = quoted(s, i), i+1
		default:
			i++
			continue
		}
		blank(out, from, end)
		i = end
	}
	return string(out)
}

// blank keeps line ends, so that lines stay, and a closing quote.
func blank(out []byte, from, end int) {
	for j := from; j < end; j++ {
		if out[j] != '\n' && (j < end-1 || from == end || out[j] != '"' && out[j] != '\'' && out[j] != '`') {
			out[j] = ' '
		}
	}
}

func until(s string, from int, mark string) int {
	if i := strings.Index(s[from:], mark); i >= 0 {
		return from + i
	}
	return len(s)
}

// quoted returns the offset after the string that starts at i. One that is not
// closed ends with its line; a template ends with the file.
func quoted(s string, i int) int {
	quote := s[i]
	for j := i + 1; j < len(s); j++ {
		switch {
		case s[j] == '\\':
			j++
		case s[j] == quote:
			return j + 1
		case s[j] == '\n' && quote != '`':
			return j
		}
	}
	return len(s)
}

// closing returns the offset after the bracket that closes the one at open, or
// the end of the text.
func (t text) closing(open int) int {
	depth := 0
	for i := open; i < len(t.masked); i++ {
		switch t.masked[i] {
		case '{', '[', '(':
			depth++
		case '}', ']', ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return len(t.masked)
}
