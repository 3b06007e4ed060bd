package snapshot

import (
	"strings"
	"unicode/utf8"

	"github.com/slipway-dev/slipway/internal/fault"
)

// What a path may measure, in bytes and elements.
const (
	maxPath     = 4096
	maxName     = 255
	maxElements = 512
)

// LeftOut reports whether an entry of this name (one element of a path) is left
// out of every snapshot, with all that is in it.
func LeftOut(name string) bool { return strings.EqualFold(name, ".git") || name == "node_modules" }

// leftOutPath is LeftOut for a whole path.
func leftOutPath(path string) bool {
	for name := range strings.SplitSeq(path, "/") {
		if LeftOut(name) {
			return true
		}
	}
	return false
}

// A verdict on a path: fine, odd (Git allows it, a snapshot cannot hold it), or
// hostile (Git itself would never record it).
type verdict int

const (
	fine verdict = iota
	odd
	hostile
)

// judge says whether a snapshot can hold a path, and if not, why.
func judge(path string) (verdict, string) {
	switch {
	case path == "":
		return hostile, "is empty"
	case strings.HasPrefix(path, "/"):
		return hostile, "is absolute"
	case strings.ContainsRune(path, 0):
		return hostile, "holds a NUL"
	}
	elements := 0
	for name := range strings.SplitSeq(path, "/") {
		switch name {
		case "":
			return hostile, "has an empty element"
		case ".", "..":
			return hostile, "has an element " + name
		}
		if elements++; len(name) > maxName {
			return odd, "has a name of more than 255 bytes"
		}
	}
	switch {
	case !utf8.ValidString(path):
		return odd, "is not UTF-8"
	case strings.Contains(path, `\`):
		return odd, "holds a backslash"
	case len(path) > maxPath:
		return odd, "is longer than 4096 bytes"
	case elements > maxElements:
		return odd, "is more than 512 folders deep"
	}
	return fine, ""
}

// CheckPath refuses a path that no snapshot holds, with the fault bad-path.
func CheckPath(path string) error {
	if verdict, why := judge(path); verdict != fine {
		return badPath(path, why)
	}
	return nil
}

func badPath(path, why string) *fault.Fault {
	if len(path) > 200 {
		path = path[:200] + "…"
	}
	return fault.New(fault.Invalid, "bad-path", "the path %q %s", path, why).
		WithHint("rename it in the repository and push again")
}
