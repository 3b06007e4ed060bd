package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of thing went wrong, and so who can do something about it.
type Kind string

// The kinds. A fault whose kind is none of these does not exist.
const (
	Invalid     Kind = "invalid"     // the request or the input is wrong; asking again changes nothing
	NotFound    Kind = "not-found"   // what was named does not exist
	Conflict    Kind = "conflict"    // somebody else was first; read again and decide again
	Superseded  Kind = "superseded"  // something newer has taken the place of what was asked
	Held        Kind = "held"        // a hold, a freeze or a rejection stands in the way
	LeaseLost   Kind = "lease-lost"  // the sync no longer belongs to this worker
	Unavailable Kind = "unavailable" // a passing condition of a store, a host or a limit of time
	Internal    Kind = "internal"    // our own mistake, or data that cannot be
)

// Name is the kind as the name of an error type, such as LeaseLost.
func (k Kind) Name() string {
	name := ""
	for word := range strings.SplitSeq(string(k), "-") {
		if word != "" {
			name += strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return name
}

// EnvArg stands in a Fix for the environment's name, which pure decisions do
// not know; the edge that renders the fix puts the name there.
const EnvArg = "{env}"

// Fix is the command that makes what was refused possible: the words after the
// program's name, such as {"lift", EnvArg, "signin"}.
type Fix []string

// Fault is an error with a kind. Detail and Hint are shown to people and never
// hold a secret; the cause is for logs and stays inside.
type Fault struct {
	Kind   Kind
	Code   string // stable, kebab-case: "trigger-in-use"
	Detail string // what is wrong, and where
	Hint   string // what would have to be true
	Fixes  []Fix  // commands that make it so, best first
	cause  error
}

// New returns a fault with a detail made as fmt.Sprintf does.
func New(kind Kind, code, format string, args ...any) *Fault {
	return &Fault{Kind: kind, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Wrap is New with the error that caused the fault.
func Wrap(cause error, kind Kind, code, format string, args ...any) *Fault {
	f := New(kind, code, format, args...)
	f.cause = cause
	return f
}

// WithHint returns a copy of f with a hint.
func (f *Fault) WithHint(format string, args ...any) *Fault {
	c := *f
	c.Hint = fmt.Sprintf(format, args...)
	return &c
}

// WithFix returns a copy of f with one more command that would help.
func (f *Fault) WithFix(words ...string) *Fault {
	c := *f
	c.Fixes = append(append([]Fix{}, f.Fixes...), Fix(words))
	return &c
}

// Error is the detail alone: the hint is the edge's to print.
func (f *Fault) Error() string { return f.Detail }

// Unwrap returns the cause, or nil.
func (f *Fault) Unwrap() error { return f.cause }

// Of returns the outermost fault in err's chain. An error that is none becomes
// an Internal fault whose detail does not repeat the error's own text. Of(nil)
// is nil.
func Of(err error) *Fault {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return Wrap(err, Internal, "internal", "something went wrong inside Slipway")
}

// KindOf returns the kind of err's fault, Internal for any other error, and ""
// for nil.
func KindOf(err error) Kind {
	if err == nil {
		return ""
	}
	return Of(err).Kind
}

// CodeOf returns the code of err's fault, and "" for nil.
func CodeOf(err error) string {
	if err == nil {
		return ""
	}
	return Of(err).Code
}

// Is reports whether err is a fault of this kind.
func Is(err error, kind Kind) bool { return err != nil && KindOf(err) == kind }
