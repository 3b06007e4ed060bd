package check

import (
	"context"
	"errors"
	"io/fs"
	"time"

	"github.com/slipway-dev/slipway/internal/catalog"
	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// Source is what is checked: the files of one commit.
type Source struct {
	FS            fs.FS
	Root          string   // the sub-directory that is the project root; "" is the top
	ExtraTriggers []string // of the environment's own, beside the catalogue
}

// Limits bound a check. Each has its diagnostic.
type Limits struct {
	Workflows    int           // files that are workflows
	SourceBytes  int64         // one source file
	BundleBytes  int           // one bundle
	Memory       int           // bytes of one evaluation
	Evaluation   time.Duration // of one workflow's top-level code
	Check        time.Duration // of one call of Files or Check
	SettingBytes int           // one workflow's settings, as text
}

// DefaultLimits returns the limits of the documentation.
func DefaultLimits() Limits {
	return Limits{
		Workflows: 1000, SourceBytes: 1 << 20, BundleBytes: 2 << 20,
		Memory: 64 << 20, Evaluation: time.Second, Check: time.Minute, SettingBytes: 64 << 10,
	}
}

// Checker checks snapshots. It holds no state: any number of checks may run at once.
type Checker struct {
	bundler   Bundler
	evaluator Evaluator
	limits    Limits
	catalog   catalog.Catalog
}

// New returns a checker within limits.
func New(b Bundler, e Evaluator, l Limits) *Checker {
	return &Checker{bundler: b, evaluator: e, limits: l, catalog: catalog.Default()}
}

// Report is the result of a whole check.
type Report struct {
	Workflows   []File                  `json:"workflows"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"` // all of them, sorted
}

// OK reports whether there are workflows and nothing in the repository is an error.
func (r Report) OK() bool {
	return len(r.Workflows) > 0 && !diagnostic.HasError(r.Diagnostics)
}

// Check does all of it: Discover, Files, Across. Its faults are theirs.
func (c *Checker) Check(ctx context.Context, src Source, stored []Stored) (Report, error) {
	found, err := c.Discover(ctx, src)
	if err != nil {
		return Report{}, err
	}
	files, err := c.Files(ctx, src, found.Files)
	if err != nil {
		return Report{}, err
	}
	r := Report{Workflows: Across(files, stored), Diagnostics: found.Diagnostics}
	for i, f := range r.Workflows {
		r.Workflows[i].LookedAt, r.Workflows[i].Basis = nil, "" // a report is for people
		r.Diagnostics = append(r.Diagnostics, f.Diagnostics...)
	}
	diagnostic.Sort(r.Diagnostics)
	return r, nil
}

// errCheckTimeout is the cause of a context that ran into Limits.Check, and so
// tells the user's slow files from a caller that gave up.
var errCheckTimeout = errors.New("the check ran into its time limit")

func (c *Checker) within(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, c.limits.Check, errCheckTimeout)
}
