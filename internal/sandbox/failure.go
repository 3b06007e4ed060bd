package sandbox

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-dev/slipway/internal/check"
)

// kindOf reads the engine's own messages.
func kindOf(message string) check.FailureKind {
	switch message {
	case "interrupted":
		return check.TimedOut
	case "out of memory", "string too long":
		return check.OutOfSpace
	case "stack overflow":
		return check.TooDeep
	}
	return check.Threw
}

var framePattern = regexp.MustCompile(`<eval>:(\d+):(\d+)`)

// frame returns the place of the innermost frame that is the workflow's own;
// zeros if there is none.
func frame(stack string) (line, column int) {
	for text := range strings.SplitSeq(stack, "\n") {
		if strings.Contains(text, "slipway") {
			continue
		}
		if m := framePattern.FindStringSubmatch(text); m != nil {
			line, _ = strconv.Atoi(m[1])
			column, _ = strconv.Atoi(m[2])
			return line, column
		}
	}
	return 0, 0
}

// cut keeps the first line of a message, at most 300 characters of it.
func cut(message string) string {
	message, _, _ = strings.Cut(message, "\n")
	if runes := []rune(message); len(runes) > 300 {
		return string(runes[:300]) + "…"
	}
	return message
}
