package bundle

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/slipway-dev/slipway/internal/check"
)

// The parser calls itself for every level of nesting, and a stack that
// overflows ends the process, not the parse. These limits are far above what
// people or tools write and far below what the stack holds.
const (
	maxBrackets  = 1000
	maxOperators = 20_000 // in one expression or chain of statements
	arrowWeight  = 200    // of a function in a function: their cost grows with the square
	maxTemplates = 2000   // templates inside templates, at most
)

// tooDeep reports whether code might be nested more deeply than the parser can
// follow. It overestimates: it counts, and does not parse.
func tooDeep(data []byte) bool {
	if bytes.Count(data, []byte("${")) > maxTemplates && len(templateInside.FindAllIndex(data, maxTemplates+1)) > maxTemplates {
		return true
	}
	code := check.Mask(string(data))
	counts := make([]int, 1, maxBrackets+2) // operators so far, per open bracket
	for i := 0; i < len(code); i++ {
		last := len(counts) - 1
		switch c := code[i]; {
		case c == '\\':
			i++
		case strings.IndexByte("([{", c) >= 0:
			counts = append(counts, 0)
		case strings.IndexByte(")]}", c) >= 0 && last > 0:
			counts = counts[:last]
			if c != '}' { // a call or an index nests what stands before it
				counts[last-1]++
			}
		case c == ';' || c == ',':
			counts[last] = 0
		case strings.IndexByte("!~+-*/=?<>:&|^%.`", c) >= 0:
			counts[last]++
			if c == '>' && i > 0 && code[i-1] == '=' {
				counts[last] += arrowWeight
			}
		case letter(c):
			word := wordAt(code, i)
			i += len(word) - 1
			switch {
			case startsStatement(word):
				counts[last] = 0
			case nests(word):
				counts[last]++
			}
		}
		if len(counts) > maxBrackets || counts[len(counts)-1] > maxOperators {
			return true
		}
	}
	return false
}

var templateInside = regexp.MustCompile("\\$\\{[^}`]*`")

func wordAt(code string, i int) string {
	end := i
	for end < len(code) && (letter(code[end]) || code[end] >= '0' && code[end] <= '9') {
		end++
	}
	return code[i:end]
}

func letter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '$' || c >= 0x80
}

func startsStatement(word string) bool {
	switch word {
	case "const", "var", "function", "class", "return":
		return true
	}
	return false
}

func nests(word string) bool {
	switch word {
	case "typeof", "void", "delete", "new", "await", "yield", "if", "else", "while", "do", "for", "with",
		"in", "of", "instanceof", "as", "keyof", "throw", "extends", "infer", "satisfies", "async", "readonly", "unique", "asserts", "is":
		return true
	}
	return false
}

// isBlank reports whether there is nothing but space and comments.
func isBlank(data []byte) bool {
	code := strings.TrimPrefix(check.Mask(string(data)), "\ufeff")
	return strings.TrimSpace(code) == ""
}
