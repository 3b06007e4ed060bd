package slipway

import "time"

// Removal is the tombstone of an environment: its records stay, its slug is
// free for another, and its id is not.
type Removal struct {
	Environment
	RemovedAt time.Time `json:"removedAt"`
	RemovedBy Actor     `json:"removedBy"`
	Reason    string    `json:"reason,omitempty"` // the person's words
}

// Validate refuses words that no record holds.
func (r Removal) Validate() error {
	return Entry{Actor: r.RemovedBy, Reason: r.Reason}.Validate()
}

// CodeRemoved is the problem of a sync whose environment was removed.
const CodeRemoved = "environment-removed"

// End ends a sync that was under way when its environment was removed. The
// generation rises, so that what its worker still writes is refused.
func (r Removal) End(s Sync) Sync {
	at := r.RemovedAt
	s.Generation++
	s.Status, s.EndedAt, s.Lease = SyncCancelled, &at, nil
	s.Problem = &Problem{Code: CodeRemoved, Detail: "the environment was removed by " + r.RemovedBy.String()}
	return s
}
