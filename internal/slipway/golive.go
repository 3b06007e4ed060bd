package slipway

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// GoLive is automation's command: bring the valid deployments of one sync. It
// raises offered for each whose sequence is higher, and makes live what no hold,
// freeze, rejection, switched-off auto-live or other workflow's trigger keeps back.
type GoLive struct {
	At         time.Time
	Actor      Actor // who started the sync
	Sync       string
	Generation int64
	Sequence   int64
	Candidates []Deployment // valid ones of this sync, one per workflow
	Done       int          // rows of this command that are written already
}

// GoLivePlan is what a GoLive decided.
type GoLivePlan struct {
	Rows []Row
	// Refused names, in order, workflows that would have been new in an
	// environment that has room for no more.
	Refused []string
}

// Decide returns the rows to append, several if more deployments go live for
// the first time than one row can mark. A candidate that came too late, because
// automation has brought a newer one, is passed over without a row. A state
// that would grow too large even without new workflows is refused.
func (g GoLive) Decide(head Row) (GoLivePlan, error) {
	news := g.news(head)
	plan, err := g.plan(head, news)
	if err == nil && len(head.State.Workflows)+g.firsts(head, news) <= MaxWorkflows {
		return plan, nil
	}
	if err != nil && !fault.Is(err, fault.Invalid) {
		return GoLivePlan{}, err
	}
	return g.withoutFirsts(head, news)
}

// withoutFirsts plans for the workflows that the environment knows and refuses
// as many new ones as do not fit.
func (g GoLive) withoutFirsts(head Row, news []target) (GoLivePlan, error) {
	room := MaxWorkflows - len(head.State.Workflows)
	for {
		kept, refused := []target{}, []string{}
		left := room
		for _, t := range news {
			if _, known := head.State.Workflows[t.workflow]; !known {
				if left <= 0 {
					refused = append(refused, t.workflow)
					continue
				}
				left--
			}
			kept = append(kept, t)
		}
		plan, err := g.plan(head, kept)
		if err == nil || room <= 0 {
			plan.Refused = refused
			return plan, err
		}
		room /= 2
	}
}

func (g GoLive) firsts(head Row, news []target) (n int) {
	for _, t := range news {
		if _, known := head.State.Workflows[t.workflow]; !known {
			n++
		}
	}
	return n
}

// news are the candidates newer than what automation has brought, by workflow.
func (g GoLive) news(head Row) []target {
	var news []target
	for _, c := range g.Candidates {
		o := head.State.Workflows[c.Workflow].Offered
		if c.Outcome == Valid && (o == nil || o.Sequence < c.Sequence) {
			news = append(news, targetOf(c, head.Number))
		}
	}
	slices.SortFunc(news, func(a, b target) int { return cmp.Compare(a.workflow, b.workflow) })
	return news
}

func (g GoLive) plan(head Row, news []target) (GoLivePlan, error) {
	if len(news) == 0 {
		return GoLivePlan{}, nil
	}
	at := newDraft(head, Entry{At: g.At}, CauseSync).row.At
	var moves []target
	for _, t := range news {
		if keptBack(head.State, t, at) == "" {
			moves = append(moves, t)
		}
	}
	moves, _ = settle(head.State, moves)
	parts := batches(head.State, moves)
	if len(parts) == 0 {
		parts = [][]target{nil}
	}
	moving := map[string]bool{}
	for _, part := range parts {
		for _, t := range part {
			moving[t.workflow] = true
		}
	}
	var rows []Row
	for i, part := range parts {
		d := newDraft(head, Entry{At: g.At, Actor: g.Actor}, CauseSync)
		for _, t := range news {
			if i == 0 && !moving[t.workflow] {
				d.offer(t)
			}
		}
		for _, t := range part {
			d.offer(t)
			d.goLive(t)
		}
		head = g.end(d, i, len(parts))
		rows = append(rows, head)
	}
	err := rows[len(rows)-1].State.fits(MaxStateBytes)
	return GoLivePlan{Rows: rows}, err
}

// end numbers the part and names the row after what it does.
func (g GoLive) end(d *draft, i, parts int) Row {
	r := d.row
	r.Sync = g.Sync
	if parts+g.Done > 1 {
		r.Part, r.Of = g.Done+i+1, g.Done+parts
	}
	id := []string{"sync", g.Sync, strconv.FormatInt(g.Generation, 10)}
	for _, w := range r.State.WorkflowIDs() {
		if o := r.State.Workflows[w].Offered; o != nil && o.Sequence == g.Sequence {
			id = append(id, w, o.Deployment)
		}
	}
	for _, c := range r.Changes {
		id = append(id, c.Workflow, c.From, c.To)
	}
	r.ID = RowID(id...)
	return r
}

// offer raises offered to t. A deleted workflow that is offered again is back.
func (d *draft) offer(t target) {
	w := d.workflow(t.workflow)
	o := t.Offered
	if w.Live != nil && w.Live.Deployment == o.Deployment {
		o.WasLive = true
	}
	w.Offered, w.Deleted = &o, false
	d.set(t.workflow, w)
}

// keptBack returns the note that says why automation may not make t live at
// this time, or "". Another workflow's trigger is settle's to see.
func keptBack(s State, t target, at time.Time) Note {
	w := s.Workflows[t.workflow]
	switch {
	case w.Live != nil && w.Live.Deployment == t.Deployment:
		return NoteLive
	case w.Live != nil && w.Live.Sequence > t.Sequence: // a person was faster with a newer one
		return NoteSuperseded
	case w.Hold != nil:
		return NoteHeld
	case s.IsRejected(t.Code):
		return NoteRejected
	case s.IsFrozen(at):
		return NoteFrozen
	case s.AutoLiveOff:
		return NoteAutoLiveOff
	}
	return ""
}

// settle divides moves into those that can be made together, so that every
// trigger has at most one live workflow, and those that cannot, each with the
// workflow that has its trigger. Of two that want one trigger the newer gets it.
func settle(s State, moves []target) (ok []target, blocked map[string]string) {
	ok = slices.Clone(moves)
	slices.SortFunc(ok, func(a, b target) int {
		return cmp.Or(-cmp.Compare(a.Sequence, b.Sequence), cmp.Compare(a.workflow, b.workflow))
	})
	blocked = map[string]string{}
	owners := map[string]string{}
	for id, w := range s.Workflows {
		if w.Live != nil {
			owners[w.Live.Trigger] = id
		}
	}
	for n := -1; n != len(blocked); {
		n = len(blocked)
		owner := maps.Clone(owners)
		for _, t := range ok {
			if w := s.Workflows[t.workflow]; w.Live != nil {
				delete(owner, w.Live.Trigger)
			}
		}
		ok = slices.DeleteFunc(ok, func(t target) bool {
			other, taken := owner[t.Trigger]
			if taken {
				blocked[t.workflow] = other
				return true
			}
			owner[t.Trigger] = t.workflow
			return false
		})
	}
	return ok, blocked
}

// batches divides moves into rows of at most MaxFirstMarks first go-lives, and
// keeps workflows that hand triggers to each other in one row. A ring of them
// too long for one row is left out.
func batches(s State, moves []target) [][]target {
	var parts [][]target
	marks := MaxFirstMarks + 1
	for _, group := range exchanges(s, moves) {
		n := 0
		for _, t := range group {
			if !t.WasLive {
				n++
			}
		}
		switch {
		case n > MaxFirstMarks:
			continue
		case marks+n > MaxFirstMarks:
			parts, marks = append(parts, nil), 0
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], group...)
		marks += n
	}
	return parts
}

// exchanges groups moves in which one takes the trigger that another leaves.
func exchanges(s State, moves []target) [][]target {
	leaves := map[string]int{} // trigger → the move whose workflow leaves it
	for i, t := range moves {
		if w := s.Workflows[t.workflow]; w.Live != nil {
			leaves[w.Live.Trigger] = i
		}
	}
	root := make([]int, len(moves))
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			i = root[i]
		}
		return i
	}
	for i, t := range moves {
		if j, ok := leaves[t.Trigger]; ok {
			root[find(i)] = find(j)
		}
	}
	groups := map[int][]target{}
	for i, t := range moves {
		r := find(i)
		groups[r] = append(groups[r], t)
	}
	var out [][]target
	for _, r := range slices.Sorted(maps.Keys(groups)) {
		out = append(out, groups[r])
	}
	return out
}
