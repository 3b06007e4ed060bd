package slipway

import (
	"time"

	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// Outcome is what a check said of a deployment.
type Outcome string

// The outcomes.
const (
	Processing Outcome = "processing"
	Valid      Outcome = "valid"
	Failed     Outcome = "failed"
)

// Deployment is one bundle of one workflow from one sync. It is immutable: its
// outcome is written once, FirstLive once, and its status is derived.
type Deployment struct {
	ID           string                  `json:"id"`
	Environment  string                  `json:"environment"`
	Workflow     string                  `json:"workflow,omitempty"` // "" when nobody can tell whose file it is
	Sync         string                  `json:"sync"`
	Sequence     int64                   `json:"sequence"` // of its sync
	Commit       Commit                  `json:"commit"`
	Path         string                  `json:"path"` // slash-separated, from the repository's root
	Outcome      Outcome                 `json:"outcome"`
	Digest       string                  `json:"digest,omitempty"`       // of the bundle, "sha256:…"
	SourceDigest string                  `json:"sourceDigest,omitempty"` // of the files that went into it
	Code         Code                    `json:"code,omitempty"`
	Settings     Settings                `json:"settings"`
	Packages     map[string]string       `json:"packages,omitempty"` // package and tool versions
	Diagnostics  []diagnostic.Diagnostic `json:"diagnostics"`        // the build log
	Size         int64                   `json:"size"`               // of the bundle, bytes
	Unchanged    bool                    `json:"unchanged,omitempty"`
	CreatedAt    time.Time               `json:"createdAt"`
	CheckedAt    *time.Time              `json:"checkedAt,omitempty"`

	// FirstLive is the mark of its first go-live: the number of that row, 0 if
	// it never was live. A reader ignores a mark above the head it has read.
	FirstLive int64 `json:"firstLive,omitempty"`
}

// WasLive reports whether d had been live by row number head.
func (d Deployment) WasLive(head int64) bool { return d.FirstLive > 0 && d.FirstLive <= head }

// Listed is d as a list gives it: without its build log, its packages, its source
// digest and the time of its check, and with no more of its settings than name
// and trigger. That is enough for its status, its notes and every decision.
func (d Deployment) Listed() Deployment {
	d.Settings = Settings{Name: d.Settings.Name, Trigger: d.Settings.Trigger}
	d.Packages, d.Diagnostics, d.SourceDigest, d.CheckedAt = nil, nil, "", nil
	return d
}

// Ref is d as a workflow remembers it.
func (d Deployment) Ref() DeploymentRef {
	return DeploymentRef{ID: d.ID, Sequence: d.Sequence, Outcome: d.Outcome, Commit: d.Commit, Code: d.Code, CreatedAt: d.CreatedAt}
}

// Previous is the deployment that a roll back of workflow goes to: the newest
// of candidates that has a lower sequence than the live one, was live once, is
// valid, is not rejected, and whose code differs from the live one's. It wants
// candidates newest first; ok is false when none of them will do.
func Previous(head Row, workflow string, candidates []Deployment) (d Deployment, ok bool) {
	live := head.State.Workflows[workflow].Live
	if live == nil {
		return Deployment{}, false
	}
	for _, c := range candidates {
		if c.Workflow == workflow && c.Sequence < live.Sequence && c.WasLive(head.Number) && c.Outcome == Valid &&
			!head.State.IsRejected(c.Code) && c.Code != live.Code {
			return c, true
		}
	}
	return Deployment{}, false
}
