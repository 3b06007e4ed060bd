package slipway

import (
	"slices"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// Commit is one commit, as the repository has it.
type Commit struct {
	SHA     string    `json:"sha"`
	Author  string    `json:"author"`
	Email   string    `json:"email,omitempty"`
	Message string    `json:"message"`
	Time    time.Time `json:"time"` // when it was committed, UTC
}

// Short is the first seven characters of the commit's sha.
func (c Commit) Short() string { return ShortSHA(c.SHA) }

// ShortSHA is the first seven characters of sha.
func ShortSHA(sha string) string { return sha[:min(7, len(sha))] }

// Subject is the first line of the commit's message.
func (c Commit) Subject() string {
	line, _, _ := strings.Cut(strings.TrimSpace(c.Message), "\n")
	return strings.TrimSpace(line)
}

// SyncStatus is where a sync stands.
type SyncStatus string

// The statuses of a sync; all but queued and running are ends.
const (
	SyncQueued     SyncStatus = "queued"
	SyncRunning    SyncStatus = "running"
	SyncSucceeded  SyncStatus = "succeeded"  // every workflow valid
	SyncIncomplete SyncStatus = "incomplete" // some valid
	SyncFailed     SyncStatus = "failed"     // none valid, none found, or it could not run
	SyncUnchanged  SyncStatus = "unchanged"  // the same commit was checked before, and nothing asks for more
	SyncSuperseded SyncStatus = "superseded" // merged into a newer request
	SyncCancelled  SyncStatus = "cancelled"
)

// Ended reports whether s is an end: a sync that has ended never changes again.
func (s SyncStatus) Ended() bool { return s != SyncQueued && s != SyncRunning }

// Sync is one attempt to bring one branch to one commit. Sequence is given at
// request, 1, 2, 3 … per environment; Generation rises when the sync is taken
// from a worker, whose later writes are then refused.
type Sync struct {
	ID          string                  `json:"id"`
	Environment string                  `json:"environment"`
	Sequence    int64                   `json:"sequence"`
	Generation  int64                   `json:"generation"`
	Status      SyncStatus              `json:"status"`
	StartedBy   Actor                   `json:"startedBy"`
	Requesters  []Actor                 `json:"requesters,omitempty"` // everybody whose requests were merged into this one
	MergedInto  string                  `json:"mergedInto,omitempty"` // of a superseded one: the sync that does its work
	Lease       *Lease                  `json:"lease,omitempty"`      // of a running one
	IfChanged   bool                    `json:"ifChanged,omitempty"`
	Repository  Repository              `json:"repository"` // as configured when it was asked for
	Triggers    []string                `json:"triggers,omitempty"`
	Commit      *Commit                 `json:"commit"`
	Snapshot    string                  `json:"snapshot,omitempty"` // digest of the packed files
	SameAs      string                  `json:"sameAs,omitempty"`   // of an unchanged one: the sync that checked the commit
	Batches     int                     `json:"batches,omitempty"`  // of its check
	Versions    Versions                `json:"versions"`
	Counts      Counts                  `json:"counts"`
	Diagnostics []diagnostic.Diagnostic `json:"diagnostics"`
	LeftOut     int                     `json:"diagnosticsLeftOut,omitempty"` // diagnostics over MaxSyncDiagnostics
	Problem     *Problem                `json:"problem,omitempty"`
	RequestedAt time.Time               `json:"requestedAt"`
	EndedAt     *time.Time              `json:"endedAt,omitempty"`
	Steps       []StepTime              `json:"steps,omitempty"`
}

// MaxSyncDiagnostics bounds the diagnostics kept on a sync; each deployment
// keeps its own.
const MaxSyncDiagnostics = 200

// Versions are, with the repository and the triggers, what beside the commit a
// check's outcome depends on.
type Versions struct {
	Configuration int64  `json:"configuration"`
	Checker       string `json:"checker"`
}

// Counts says how many workflows a sync found, and what became of them. Kept
// counts valid workflows by the note that says why they did not go live.
type Counts struct {
	Found int          `json:"found"`
	Valid int          `json:"valid"`
	Fail  int          `json:"failed"`
	Live  int          `json:"live"`
	Kept  map[Note]int `json:"kept,omitempty"`
}

// Problem is why a sync ended as it did, for a person: a fault's outer text.
type Problem struct {
	Code      string `json:"code"`
	Detail    string `json:"detail"`
	Hint      string `json:"hint,omitempty"`
	Transient bool   `json:"transient,omitempty"` // a passing fault: the same commit is worth another sync
}

// StepTime is how long a step of a sync took.
type StepTime struct {
	Step  string        `json:"step"`
	Start time.Time     `json:"start"`
	Took  time.Duration `json:"tookNanoseconds"`
}

// EndStatus is how a sync ends that found, and found valid, this many.
func (c Counts) EndStatus() SyncStatus {
	switch {
	case c.Found == 0 || c.Valid == 0:
		return SyncFailed
	case c.Valid < c.Found:
		return SyncIncomplete
	}
	return SyncSucceeded
}

// Finds reports whether a sync like next of commit sha would find what s found:
// s has ended with that commit, alike, and nothing passing stood in its way.
func (s Sync) Finds(sha string, next Sync) bool {
	return s.Status.Ended() && s.Status != SyncCancelled && s.Status != SyncSuperseded &&
		s.Commit != nil && s.Commit.SHA == sha && s.Alike(next) && (s.Problem == nil || !s.Problem.Transient)
}

// Alike reports whether s and t look at the same place in the same way: of one
// commit they would find the same. The number of the configuration does not
// matter, for it also rises with settings that no sync looks at.
func (s Sync) Alike(t Sync) bool {
	return s.Repository == t.Repository && slices.Equal(s.Triggers, t.Triggers) && s.Versions.Checker == t.Versions.Checker
}

// Fence is what a worker holds of a running sync. A store refuses what is
// written under a fence when the sync has ended, or runs under a higher
// generation, with a LeaseLost fault.
type Fence struct {
	Environment string
	Sync        string
	Generation  int64
}

// Fence returns the fence of s's present generation.
func (s Sync) Fence() Fence {
	return Fence{Environment: s.Environment, Sync: s.ID, Generation: s.Generation}
}

// Keep counts one more workflow that did not go live because of note.
func (c *Counts) Keep(note Note) {
	if c.Kept == nil {
		c.Kept = map[Note]int{}
	}
	c.Kept[note]++
}
