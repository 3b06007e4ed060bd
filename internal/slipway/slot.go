package slipway

import (
	"slices"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// Slot says which sync of an environment runs and which one waits: at most one
// each. It also counts the syncs, so that every one gets a sequence of its own.
// It moves by one conditional write from a version to the next, together with
// the records of the syncs that the move is about.
type Slot struct {
	Version  int64  `json:"version"`  // of the slot, 0 before the first move
	Sequence int64  `json:"sequence"` // of the newest sync
	Running  string `json:"running"`  // id, "" for none
	Waiting  string `json:"waiting"`
}

// Lease is who runs a sync, and until when nobody else may think it dead.
type Lease struct {
	Owner   string    `json:"owner"`
	Expires time.Time `json:"expires"`
}

// SlotMove is what a decision about the slot gives: the slot as it will be, and
// the syncs' records to write with it. Sync is the one that was asked about.
type SlotMove struct {
	Slot  Slot
	Syncs []Sync
	Sync  Sync
}

// Moves reports whether there is anything to write.
func (m SlotMove) Moves() bool { return len(m.Syncs) > 0 }

func (s Slot) next() Slot {
	s.Version++
	return s
}

// Ask gives a new sync its sequence and its place. Where nothing runs or waits it
// runs at once under the lease, if there is one; else it waits, and what waited
// until now is merged into it: the newer one keeps force and every requester,
// the older ends as superseded and points to it. A poll replaces nothing: where
// something waits, that is what it gets.
func (s Slot) Ask(sync Sync, waiting *Sync, lease *Lease) SlotMove {
	if waiting != nil && sync.Poll() {
		return SlotMove{Slot: s, Sync: *waiting}
	}
	next := s.next()
	next.Sequence++
	sync.Sequence, sync.Generation, sync.Status = next.Sequence, 1, SyncQueued
	sync.Requesters = []Actor{sync.StartedBy}
	m := SlotMove{}
	switch {
	case waiting != nil:
		old := *waiting
		sync.IfChanged = sync.IfChanged && old.IfChanged
		sync.Requesters = append(slices.Clone(old.Requesters), sync.StartedBy)
		at := sync.RequestedAt
		old.Status, old.MergedInto, old.EndedAt = SyncSuperseded, sync.ID, &at
		m.Syncs = append(m.Syncs, old)
		next.Waiting = sync.ID
	case s.Running == "" && lease != nil:
		sync.Status, sync.Lease = SyncRunning, lease
		next.Running = sync.ID
	default:
		next.Waiting = sync.ID
	}
	m.Slot, m.Sync, m.Syncs = next, sync, append(m.Syncs, sync)
	return m
}

// Start makes the waiting sync run under the lease. It gives no move where
// something else runs or sync is not what waits.
func (s Slot) Start(sync Sync, lease Lease) SlotMove {
	if s.Running != "" || s.Waiting != sync.ID || sync.Status != SyncQueued {
		return SlotMove{Slot: s, Sync: sync}
	}
	next := s.next()
	next.Running, next.Waiting = sync.ID, ""
	sync.Status, sync.Lease = SyncRunning, &lease
	return SlotMove{Slot: next, Sync: sync, Syncs: []Sync{sync}}
}

// TakeOver takes a running sync from its worker, whose later writes are refused:
// the generation rises, and the lease is another's. Only the end is left to
// write.
func (s Slot) TakeOver(sync Sync, lease Lease) SlotMove {
	next := s.next()
	sync.Generation++
	sync.Lease = &lease
	return SlotMove{Slot: next, Sync: sync, Syncs: []Sync{sync}}
}

// End writes the end of a sync and frees its place. The fence must be that of
// the sync as it is stored: LeaseLost otherwise.
func (s Slot) End(stored, ended Sync, f Fence) (SlotMove, error) {
	if stored.Status.Ended() || stored.Generation != f.Generation {
		return SlotMove{}, fault.New(fault.LeaseLost, "lease-lost", "sync %s has ended or belongs to another worker", f.Sync).
			WithHint("its record says how it ended").WithFix("show", fault.EnvArg, f.Sync)
	}
	next := s.next()
	if next.Running == ended.ID {
		next.Running = ""
	}
	if next.Waiting == ended.ID {
		next.Waiting = ""
	}
	ended.Lease = nil
	return SlotMove{Slot: next, Sync: ended, Syncs: []Sync{ended}}, nil
}

// Dead reports whether a running sync's lease has run out at this time.
func (s Sync) Dead(at time.Time) bool {
	return s.Status == SyncRunning && s.Lease != nil && at.After(s.Lease.Expires)
}

// Poll reports whether nobody asked for s but the clock.
func (s Sync) Poll() bool { return s.StartedBy == ClockActor() }

// ClockActor is who starts a sync that nobody asked for.
func ClockActor() Actor { return Actor{Issuer: OwnIssuer, Subject: "clock"} }
