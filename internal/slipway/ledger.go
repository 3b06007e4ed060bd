package slipway

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Cause says what kind of thing moved the ledger.
type Cause string

// The causes of a row.
const (
	CauseSync        Cause = "sync"
	CauseMakeLive    Cause = "make-live"
	CauseRollBack    Cause = "roll-back"
	CauseDeactivate  Cause = "deactivate"
	CauseHold        Cause = "hold"
	CauseLift        Cause = "lift"
	CauseReject      Cause = "reject"
	CauseAccept      Cause = "accept"
	CauseFreeze      Cause = "freeze"
	CauseThaw        Cause = "thaw"
	CauseAutoLiveOn  Cause = "auto-live-on"
	CauseAutoLiveOff Cause = "auto-live-off"
	CauseDelete      Cause = "delete"
	CauseRestore     Cause = "restore"
)

// Row is one entry of an environment's ledger. Rows are numbered 1, 2, 3 …
// without gaps and never change; the newest is the head. The zero Row is the
// head of an empty ledger.
type Row struct {
	Number  int64     `json:"number"`
	ID      string    `json:"id"`
	At      time.Time `json:"at"` // UTC, never before the row before it
	Actor   Actor     `json:"actor"`
	Cause   Cause     `json:"cause"`
	Reason  string    `json:"reason,omitempty"`
	About   *About    `json:"about,omitempty"` // nil unless a person's command was about one workflow
	Changes []Change  `json:"changes"`
	Notes   []string  `json:"notes,omitempty"` // what a person overrode, or what was left as it was
	Sync    string    `json:"sync,omitempty"`  // for cause sync
	Part    int       `json:"part,omitempty"`  // from 1, when one command needed several rows
	Of      int       `json:"of,omitempty"`
	State   State     `json:"-"` // everything, after this row

	// LastSync is what the decision took for granted, and is not stored: no sync
	// was asked for after the one with this sequence. 0 is nothing.
	LastSync int64 `json:"-"`
}

// About is what a person's command about one workflow named, and what it did to
// the workflow's hold: a row that moves nothing says by it what it was for. Rows
// of versions before it have none.
type About struct {
	Workflow   string    `json:"workflow"`
	Deployment string    `json:"deployment,omitempty"` // whose code was rejected or accepted, or which was made live
	Commit     string    `json:"commit,omitempty"`     // its sha
	Hold       HoldMoved `json:"hold,omitempty"`
}

// HoldMoved is what became of a hold, "" for nothing.
type HoldMoved string

// What a row does to a hold.
const (
	HoldSet   HoldMoved = "set" // in the row's name, in place of any there was
	HoldEnded HoldMoved = "ended"
)

// Change is one workflow's move from one deployment to another, with copies of
// their commits' shas; "" for nothing live.
type Change struct {
	Workflow   string `json:"workflow"`
	From       string `json:"from"`
	To         string `json:"to"`
	FromCommit string `json:"fromCommit"`
	ToCommit   string `json:"toCommit"`
	ToCode     Code   `json:"toCode,omitempty"` // of To; not in rows of versions before it
	First      bool   `json:"first,omitempty"`  // the first time that To goes live: the row writes its mark
}

// State is what is true after a row. The zero State is an empty environment
// with auto-live on.
type State struct {
	Workflows   map[string]WorkflowState `json:"workflows,omitempty"` // by workflow id
	AutoLiveOff bool                     `json:"autoLiveOff,omitempty"`
	Freeze      *Freeze                  `json:"freeze,omitempty"`
	Rejected    map[Code]Rejection       `json:"rejected,omitempty"`

	packed *packing // the parts of its stored form, or of the state that it was made from
}

// WorkflowState is what the ledger says of one workflow.
type WorkflowState struct {
	Live     *Live    `json:"live,omitempty"`
	Hold     *Hold    `json:"hold,omitempty"`
	Offered  *Offered `json:"offered,omitempty"`
	EverLive bool     `json:"everLive,omitempty"`
	Deleted  bool     `json:"deleted,omitempty"`
}

// Live is the deployment that runs when its trigger fires, with copies of what
// a reader needs to run it and to know why it is there.
type Live struct {
	Deployment string    `json:"deployment"`
	Sequence   int64     `json:"sequence"`
	Digest     string    `json:"digest"`
	Trigger    string    `json:"trigger"`
	Code       Code      `json:"code"`
	Commit     string    `json:"commit"` // sha
	Since      time.Time `json:"since"`
	Actor      Actor     `json:"actor"`
	Release    int64     `json:"release"` // the row that made it live
}

// Hold keeps automation away from a workflow until it is lifted.
type Hold struct {
	Actor  Actor     `json:"actor"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
	Cause  Cause     `json:"cause"` // hold, or the command that set it on its way
}

// Offered is the newest valid deployment that automation brought. It is never
// lowered.
type Offered struct {
	Deployment string `json:"deployment"`
	Sequence   int64  `json:"sequence"`
	Digest     string `json:"digest"`
	Trigger    string `json:"trigger"`
	Code       Code   `json:"code"`
	Commit     string `json:"commit"` // sha
	WasLive    bool   `json:"wasLive,omitempty"`
}

// Freeze keeps automation away from the whole environment, until Until or, when
// that is nil, until it is thawed.
type Freeze struct {
	Actor  Actor      `json:"actor"`
	At     time.Time  `json:"at"`
	Until  *time.Time `json:"until,omitempty"`
	Reason string     `json:"reason,omitempty"`
}

// Rejection keeps a workflow's code from going live until it is accepted.
type Rejection struct {
	Workflow   string    `json:"workflow"`
	Deployment string    `json:"deployment"` // the one a person pointed at
	Actor      Actor     `json:"actor"`
	At         time.Time `json:"at"`
	Reason     string    `json:"reason,omitempty"`
}

// IsRejected reports whether code may not go live.
func (s State) IsRejected(code Code) bool {
	_, ok := s.Rejected[code]
	return ok
}

// IsFrozen reports whether automation stands still at t.
func (s State) IsFrozen(t time.Time) bool {
	return s.Freeze != nil && (s.Freeze.Until == nil || t.Before(*s.Freeze.Until))
}

// LiveOn returns the id of the workflow that is live on trigger, or "".
func (s State) LiveOn(trigger string) string {
	for id, w := range s.Workflows {
		if w.Live != nil && w.Live.Trigger == trigger {
			return id
		}
	}
	return ""
}

// WorkflowIDs returns the ids of the state's workflows in order.
func (s State) WorkflowIDs() []string { return slices.Sorted(maps.Keys(s.Workflows)) }

// clone returns a state that shares no map with s. What the maps hold is
// replaced, never changed in place, so it may be shared.
func (s State) clone() State {
	s.Workflows = maps.Clone(s.Workflows)
	if s.Workflows == nil {
		s.Workflows = map[string]WorkflowState{}
	}
	s.Rejected = maps.Clone(s.Rejected)
	if s.Rejected == nil {
		s.Rejected = map[Code]Rejection{}
	}
	return s
}

// Entry is the row's head line for a person: its number is a release number.
type Entry struct {
	ID     string    // of the row, decided before the write
	At     time.Time // when it was asked for
	Actor  Actor
	Reason string // the person's words, "" for none
}

// RowID derives a row's id from what makes it one and the same command:
// (environment, actor, idempotency key), or (sync, generation, the changes).
func RowID(parts ...string) string {
	text, err := json.Marshal(parts)
	if err != nil { // a slice of strings always encodes
		panic(err)
	}
	sum := sha256.Sum256(text)
	return "row_" + hex.EncodeToString(sum[:16])
}
