package diagnostic

import (
	"cmp"
	"slices"
)

// Severity says what a diagnostic does to its file.
type Severity string

// The severities: an error fails the workflow, a warning does not, a note only
// tells.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// Diagnostic is one located message about the user's files.
type Diagnostic struct {
	Code     Code     `json:"code"`
	Severity Severity `json:"severity"`
	Path     string   `json:"path,omitempty"`     // slash-separated, from the root that was checked
	Line     int      `json:"line,omitempty"`     // from 1; 0 is the whole file
	Column   int      `json:"column,omitempty"`   // from 1, in characters; 0 is the whole line
	LineText string   `json:"lineText,omitempty"` // the line as written, cut to 200 characters
	Message  string   `json:"message"`
	Hint     string   `json:"hint,omitempty"`
}

// HasError reports whether any of ds is an error.
func HasError(ds []Diagnostic) bool {
	return slices.ContainsFunc(ds, func(d Diagnostic) bool { return d.Severity == Error })
}

// Cut returns the n most telling of ds, errors before all else, in the order of
// Sort, and how many it left out.
func Cut(ds []Diagnostic, n int) (kept []Diagnostic, left int) {
	kept = slices.Clone(ds)
	Sort(kept)
	if len(kept) <= n {
		return kept, 0
	}
	rank := map[Severity]int{Error: 0, Warning: 1, Note: 2}
	slices.SortStableFunc(kept, func(a, b Diagnostic) int { return cmp.Compare(rank[a.Severity], rank[b.Severity]) })
	kept = kept[:n]
	Sort(kept)
	return kept, len(ds) - n
}

// Sort orders ds by path, line, column, code and message, in place.
func Sort(ds []Diagnostic) {
	slices.SortStableFunc(ds, func(a, b Diagnostic) int {
		return cmp.Or(
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Code, b.Code), cmp.Compare(a.Message, b.Message))
	})
}
