package place

import (
	"io/fs"
	"regexp"
	"strings"
	"unicode"

	"github.com/slipway-dev/slipway/internal/fault"
)

// DigestPrefix begins every digest.
const DigestPrefix = "sha256:"

const (
	maxName = 900 // bytes; buckets take 1,024
	maxPart = 200 // bytes; disks take 255, and a file being written has a longer name
)

var (
	kindPattern   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?$`)
	digestPattern = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// Key is where the content of kind with this digest is first looked for. A kind is
// one word of a-z, 0-9 and '-'. Faults: Invalid ("bad-blob-name").
func Key(kind, digest string) (string, error) {
	if !kindPattern.MatchString(kind) {
		return "", badName("%q cannot be a kind of content", kind).WithHint("use 1 to 64 of a-z, 0-9 and '-'")
	}
	if !digestPattern.MatchString(digest) {
		return "", badName("%.100q is not a digest", digest).WithHint("a digest is sha256: and 64 of 0-9 and a-f")
	}
	return kind + "/sha256/" + strings.TrimPrefix(digest, DigestPrefix), nil
}

// Again ends the name of the second place.
const Again = "-again"

// Copies are where the content of key may be, in the order they are looked at.
func Copies(key string) []string { return []string{key, key + Again} }

// CheckName refuses a name that some disk or bucket would read as another one,
// or that could be a file being written. Faults: Invalid ("bad-blob-name").
func CheckName(name string) error {
	bad := func(r rune) bool { return unicode.IsControl(r) || r == '\\' || r == unicode.ReplacementChar }
	if !fs.ValidPath(name) || name == "." || len(name) > maxName || strings.ContainsFunc(name, bad) {
		return badName("%.100q cannot name a blob", name).
			WithHint("use a relative path with '/', without '.' and '..', of at most %d bytes", maxName)
	}
	for part := range strings.SplitSeq(name, "/") {
		if len(part) > maxPart || strings.HasSuffix(part, ".") || strings.HasSuffix(part, ".tmp") || strings.HasSuffix(part, ".attrs") {
			return badName("%.100q cannot name a blob", name).
				WithHint("each part has at most %d bytes and does not end in '.', .tmp or .attrs", maxPart)
		}
	}
	return nil
}

func badName(format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, "bad-blob-name", format, args...)
}
