package slipway

import "time"

// PrunePolicy says what is old enough and deep enough to go.
type PrunePolicy struct {
	Keep int           // distinct codes of a workflow, and failed deployments, that stay whatever their age
	Age  time.Duration // what is younger stays
}

// DefaultPrunePolicy keeps the last hundred codes and the last thirty days.
func DefaultPrunePolicy() PrunePolicy { return PrunePolicy{Keep: 100, Age: 30 * 24 * time.Hour} }

// PruneWhy is the reason why a deployment goes, or why it stays.
type PruneWhy string

// Why a deployment goes.
const (
	GoesOldCode    PruneWhy = "old-code"            // valid, of a code below the newest ones
	GoesFailed     PruneWhy = "failed"              // failed, below the newest deployments
	GoesNoWorkflow PruneWhy = "no-workflow"         // nobody could tell whose file it was
	GoesRemoved    PruneWhy = "environment-removed" // with its whole environment
)

// Why a deployment stays.
const (
	StaysYoung      PruneWhy = "young"
	StaysProcessing PruneWhy = "processing"
	StaysSync       PruneWhy = "sync-not-ended"
	StaysHeld       PruneWhy = "held"     // its workflow is: somebody is at work on it
	StaysLive       PruneWhy = "live"     // it, or another of its code
	StaysOffered    PruneWhy = "offered"  // it, or another of its code
	StaysRejected   PruneWhy = "rejected" // a rejection points at it
	StaysRollBack   PruneWhy = "roll-back"
	StaysNewest     PruneWhy = "newest"
	StaysOrder      PruneWhy = "out-of-order" // it was not looked at in its order, so nothing is known
)

// Pruning decides which deployments of one environment may go, at one head. It
// is shown every deployment of the environment, newest first, whatever workflow
// they are of.
//
// Invariant 6 is kept here: what is live, what is held, and what shares one of
// the newest Keep distinct codes of its workflow stays, and nothing goes for a
// count alone: it must be old too. All deployments of a code that stays do so,
// because a roll back looks for one of them that was live once.
type Pruning struct {
	Policy PrunePolicy
	Head   Row
	At     time.Time
	// Unended has the ids of the syncs that still write.
	Unended map[string]bool
	// Removed is set for an environment that was removed longer than Age ago:
	// nothing of it is live or held for anybody any more.
	Removed bool

	workflows map[string]*prunedWorkflow
	rejected  map[string]bool // deployments that a rejection points at
	last      int64           // sequence of the deployment that was looked at last
	started   bool
}

// prunedWorkflow is what was seen of one workflow so far.
type prunedWorkflow struct {
	seen     int           // deployments
	codes    map[Code]bool // the newest distinct valid ones, at most Keep
	previous Code          // of the deployment that a roll back goes to, "" until it is found
}

// Look decides about the next deployment, which must not be newer than the one
// before. goes false comes with the reason why it stays.
func (p *Pruning) Look(d Deployment) (goes bool, why PruneWhy) {
	p.start()
	if d.Sequence > p.last {
		return false, StaysOrder
	}
	p.last = d.Sequence
	w := p.note(d)
	switch {
	case d.Outcome != Valid && d.Outcome != Failed:
		return false, StaysProcessing
	case p.Unended[d.Sync]:
		return false, StaysSync
	case p.Removed:
		return true, GoesRemoved
	case !d.CreatedAt.Before(p.At.Add(-p.Policy.Age)):
		return false, StaysYoung
	case d.Workflow == "":
		return true, GoesNoWorkflow
	}
	if why := p.ledgerKeeps(d); why != "" {
		return false, why
	}
	return p.depth(d, w)
}

// start reads the head once.
func (p *Pruning) start() {
	if p.started {
		return
	}
	p.started, p.last = true, 1<<62
	p.workflows, p.rejected = map[string]*prunedWorkflow{}, map[string]bool{}
	for _, r := range p.Head.State.Rejected {
		p.rejected[r.Deployment] = true
	}
}

// note counts d among what was seen of its workflow.
func (p *Pruning) note(d Deployment) *prunedWorkflow {
	w := p.workflows[d.Workflow]
	if w == nil {
		w = &prunedWorkflow{codes: map[Code]bool{}}
		p.workflows[d.Workflow] = w
	}
	w.seen++
	if d.Outcome == Valid && len(w.codes) < p.Policy.Keep {
		w.codes[d.Code] = true
	}
	if _, is := Previous(p.Head, d.Workflow, []Deployment{d}); is && w.previous == "" {
		w.previous = d.Code
	}
	return w
}

// ledgerKeeps says what the head has that keeps d, "" for nothing.
func (p *Pruning) ledgerKeeps(d Deployment) PruneWhy {
	w := p.Head.State.Workflows[d.Workflow]
	same := func(deployment string, code Code) bool {
		return deployment == d.ID || d.Outcome == Valid && code == d.Code
	}
	switch {
	case w.Live != nil && same(w.Live.Deployment, w.Live.Code):
		return StaysLive
	case w.Hold != nil:
		return StaysHeld
	case w.Offered != nil && same(w.Offered.Deployment, w.Offered.Code):
		return StaysOffered
	case p.rejected[d.ID]:
		return StaysRejected
	}
	return ""
}

// depth decides about an old deployment that the ledger does not keep.
func (p *Pruning) depth(d Deployment, w *prunedWorkflow) (bool, PruneWhy) {
	switch {
	case d.Outcome == Failed && w.seen <= p.Policy.Keep, d.Outcome == Valid && w.codes[d.Code]:
		return false, StaysNewest
	case d.Outcome == Failed:
		return true, GoesFailed
	case w.previous == d.Code:
		return false, StaysRollBack
	}
	return true, GoesOldCode
}

// Prunable reports whether the record of an ended sync is old enough to go, if
// nothing refers to it.
func (p PrunePolicy) Prunable(s Sync, at time.Time) bool {
	return s.Status.Ended() && s.RequestedAt.Before(at.Add(-p.Age)) && (s.EndedAt == nil || s.EndedAt.Before(at.Add(-p.Age)))
}
