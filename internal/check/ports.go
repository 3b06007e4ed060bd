package check

import (
	"context"

	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// Place is a place in one of the user's files; Line and Column count from 1.
type Place struct {
	Path   string `json:"path,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// Bundler makes one program of each entry file and what it imports.
type Bundler interface {
	// Bundle returns one result per entry, in order. The result of an entry does
	// not depend on the other entries. Diagnostics of the user's files are in the
	// results; the error is the context's cause or an Internal fault.
	Bundle(ctx context.Context, src Source, entries []string, l Limits) ([]Bundled, error)
}

// Bundled is one program. Code is nil if a diagnostic is an error.
type Bundled struct {
	Path         string
	Code         []byte                       // a script that sets the global name GlobalName to the exports
	Inputs       []string                     // the user's files that went in, sorted
	LookedAt     []string                     // every path whose content, kind or absence decided the result, sorted
	SourceDigest string                       // "sha256:…" over the inputs' names and bytes
	Packages     map[string]string            // versions of packages and tools
	Globals      []Global                     // names that the code uses and nothing in it declares
	Locate       func(line, column int) Place // from a place in Code to the user's file; zero if it has none
	Diagnostics  []diagnostic.Diagnostic
}

// GlobalName is the variable that a bundle sets to its exports.
const GlobalName = "workflow"

// Global is a free name in a program: "console", or "kinde.env" for a member of
// kinde. A bare "kinde" means that its members cannot be told.
type Global struct {
	Name  string
	Place Place // of the first use in a user's file; zero if only a package uses it
}

// Evaluator runs a program's top-level code, apart from everything, and reads
// what it exports.
type Evaluator interface {
	// Evaluate returns within the limits whatever the program does. The error is
	// the context's cause or an Internal fault.
	Evaluate(ctx context.Context, code []byte, l Limits) (Evaluation, error)
}

// Evaluation is what a program exports, as plain data.
type Evaluation struct {
	Failure  *Failure // what stopped the code or the reading of its settings
	Settings RawSettings
	Default  DefaultKind
	Stubs    []Stub // bindings that the top-level code used
}

// FailureKind says what stopped a program.
type FailureKind string

// The kinds of failure.
const (
	Threw      FailureKind = "threw"
	TimedOut   FailureKind = "timed-out"
	OutOfSpace FailureKind = "out-of-memory"
	TooDeep    FailureKind = "too-deep"
	Unreadable FailureKind = "unreadable" // the code ran; its settings could not be read
)

// Failure is what stopped a program. Line and Column are places in its code,
// from 1; 0 if not known.
type Failure struct {
	Kind    FailureKind
	Message string
	Line    int
	Column  int
}

// Stub is a binding that top-level code used, and where.
type Stub struct {
	Name   string // "console", "kinde.env"
	Line   int
	Column int
}

// DefaultKind says what the default export is.
type DefaultKind string

// The kinds of default export.
const (
	DefaultNone      DefaultKind = "none"
	DefaultAsync     DefaultKind = "async"
	DefaultSync      DefaultKind = "sync"
	DefaultClass     DefaultKind = "class"
	DefaultGenerator DefaultKind = "generator"
	DefaultHandler   DefaultKind = "handler" // an object with a handle method
	DefaultOther     DefaultKind = "other"
)

// RawSettings are workflowSettings as evaluated, not yet judged. Of bindings it
// holds the names and the types of the options, never an option.
type RawSettings struct {
	Type          string     `json:"type"` // "missing", "object", or what it is instead
	ID            RawValue   `json:"id"`
	Name          RawValue   `json:"name"`
	Trigger       RawValue   `json:"trigger"`
	FailurePolicy RawValue   `json:"failurePolicy"`
	Action        RawValue   `json:"action"` // of the failure policy
	Bindings      RawValue   `json:"bindings"`
	Options       []RawValue `json:"options"` // of bindings: Value is the name, Type the option's
	Keys          []string   `json:"keys"`    // all other keys
}

// RawValue is one value: its type as typeof says, "null", "array", "missing" or
// "binding"; and its text if it is a string.
type RawValue struct {
	Type  string `json:"type"`
	Value string `json:"value,omitempty"`
}
