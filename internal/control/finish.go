package control

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// FinishInput is how the steps before went.
type FinishInput struct {
	SyncRef
	Unchanged bool             `json:"unchanged,omitempty"`
	Refused   []string         `json:"refused,omitempty"`
	Problem   *slipway.Problem `json:"problem,omitempty"` // what ended them early
}

// Finish ends the sync, on every path: deployments that nobody has checked have
// failed, and the sync gets its status, counts and diagnostics from the records.
// A sync that has ended stays as it is. Where somebody starts work, the sync that
// waited for it is next.
func (p *Plane) Finish(ctx context.Context, in FinishInput) (slipway.Sync, error) {
	s, err := p.store.Sync(ctx, in.Environment, in.Sync)
	if err != nil {
		return slipway.Sync{}, fmt.Errorf("read sync: %w", err)
	}
	if s.Status.Ended() {
		return s, nil
	}
	if s.Generation != in.Generation {
		return slipway.Sync{}, leaseLost(s.ID)
	}
	ds, err := p.settleOutcomes(ctx, s, in.Problem)
	if err != nil {
		return slipway.Sync{}, err
	}
	head, err := p.store.Head(ctx, s.Environment)
	if err != nil {
		return slipway.Sync{}, fmt.Errorf("read head: %w", err)
	}
	now := p.now().UTC()
	s.EndedAt, s.Steps = &now, stepped(s.Steps, "", now)
	rest := p.count(&s, ds, head, in)
	unchecked := slices.ContainsFunc(ds, isUnchecked)
	s.Status, s.Problem = endOf(s, in, rest, unchecked)
	m, err := p.moveSlot(ctx, s.Environment, s.ID, func(slot slipway.Slot, stored slipway.Sync) (slipway.SlotMove, error) {
		if stored.Status.Ended() && stored.EndedAt != nil && stored.EndedAt.Equal(now) {
			return slipway.SlotMove{Sync: stored}, nil // an answer was lost
		}
		return slot.End(stored, s, in.fence())
	})
	if err != nil {
		return m.Sync, err
	}
	if p.locks != nil {
		p.locks.Forget(s.ID) // whoever finds no lock finds that the sync has ended
	}
	p.observe(Event{Environment: s.Environment, Sync: &m.Sync})
	if p.start != nil && m.Slot.Waiting != "" && m.Slot.Running == "" {
		p.start(Work{Environment: s.Environment})
	}
	return m.Sync, nil
}

func leaseLost(id string) error {
	return fault.New(fault.LeaseLost, "lease-lost", "sync %s has ended or belongs to another worker", id).
		WithHint("its record says how it ended").WithFix("show", fault.EnvArg, id)
}

// endOf is the status a sync ends with, and the problem that explains it. rest
// names the workflows with a valid deployment that it did not come to bring.
func endOf(s slipway.Sync, in FinishInput, rest []string, unchecked bool) (slipway.SyncStatus, *slipway.Problem) {
	if in.Problem != nil && len(rest) > 0 {
		in.Problem.Detail += "; checked and not brought: " + named(rest)
	}
	switch {
	case in.Problem != nil && (in.Problem.Code == CodeInterrupted || in.Problem.Code == CodeCancelled):
		return slipway.SyncCancelled, in.Problem
	case in.Problem != nil && s.Counts.Found > 0 && len(rest) == 0 && !unchecked:
		return s.Counts.EndStatus(), in.Problem // it had done everything but say so
	case in.Problem != nil && s.Counts.Live > 0:
		return slipway.SyncIncomplete, in.Problem
	case in.Problem != nil:
		return slipway.SyncFailed, in.Problem
	case in.Unchanged:
		return slipway.SyncUnchanged, nil
	case len(in.Refused) > 0:
		return slipway.SyncIncomplete, &slipway.Problem{
			Code: "too-many-workflows",
			Detail: fmt.Sprintf("the environment has room for %d workflows; %s new ones did not go live, from %q on",
				slipway.MaxWorkflows, fmt.Sprint(len(in.Refused)), in.Refused[0]),
			Hint: "divide the repository over several environments, by sub-directory or by branch",
		}
	}
	return s.Counts.EndStatus(), nil
}

// isUnchecked reports whether d failed because nobody came to check it.
func isUnchecked(d slipway.Deployment) bool {
	return slices.ContainsFunc(d.Diagnostics, func(x diagnostic.Diagnostic) bool { return x.Code == diagnostic.NotChecked })
}

// settleOutcomes fails what was never checked and returns all of the sync.
func (p *Plane) settleOutcomes(ctx context.Context, s slipway.Sync, problem *slipway.Problem) ([]slipway.Deployment, error) {
	ds, err := p.ofSync(ctx, s)
	if err != nil {
		return nil, err
	}
	ws, err := p.store.Workflows(ctx, s.Environment)
	if err != nil {
		return nil, fmt.Errorf("read workflows: %w", err)
	}
	why := "the sync ended before this file was checked"
	if problem != nil {
		why += ": " + problem.Detail
	}
	b := newBook(s, ws, ds)
	for i, d := range ds {
		if d.Outcome == slipway.Processing {
			b.record(notChecked(d.Path, why), p.now().UTC())
			ds[i] = b.deployments[len(b.deployments)-1]
		}
	}
	if len(b.deployments) == 0 {
		return ds, nil
	}
	if err := p.store.PutDeployments(ctx, s.Fence(), b.deployments, b.changed()); err != nil {
		return nil, fmt.Errorf("write deployments: %w", err)
	}
	return ds, nil
}

// count gives s its counts and diagnostics. Where a problem ended it early, that
// is not said again for every file that was left.
func (p *Plane) count(s *slipway.Sync, ds []slipway.Deployment, head slipway.Row, in FinishInput) (rest []string) {
	s.Counts = slipway.Counts{Found: len(ds)}
	all := append([]diagnostic.Diagnostic{}, s.Diagnostics...)
	for _, d := range ds {
		for _, diag := range d.Diagnostics {
			if in.Problem == nil || diag.Code != diagnostic.NotChecked {
				all = append(all, diag)
			}
		}
		if d.Outcome != slipway.Valid {
			s.Counts.Fail++
			continue
		}
		s.Counts.Valid++
		if o := head.State.Workflows[d.Workflow].Offered; (o == nil || o.Sequence < d.Sequence) && !slices.Contains(in.Refused, d.Workflow) {
			rest = append(rest, d.Workflow)
			continue
		}
		if slices.Contains(in.Refused, d.Workflow) {
			s.Counts.Keep(slipway.NoteRefused)
			continue
		}
		if note := slipway.KeptBackBy(head.State, d, p.now()); note == slipway.NoteLive {
			s.Counts.Live++
		} else if note != "" {
			s.Counts.Keep(note)
		}
	}
	s.Diagnostics, s.LeftOut = diagnostic.Cut(all, slipway.MaxSyncDiagnostics)
	return rest
}

// named lists workflows, the first ten by name.
func named(ids []string) string {
	const most = 10
	text := strings.Join(ids[:min(len(ids), most)], ", ")
	if len(ids) > most {
		text += fmt.Sprintf(" and %d more", len(ids)-most)
	}
	return text
}
