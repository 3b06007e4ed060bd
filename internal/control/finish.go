package control

import (
	"context"
	"fmt"
	"slices"

	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// FinishInput is how the steps before went.
type FinishInput struct {
	SyncRef
	Unchanged bool             `json:"unchanged,omitempty"`
	Refused   []string         `json:"refused,omitempty"`
	Problem   *slipway.Problem `json:"problem,omitempty"` // what ended them early

	Steps []slipway.StepTime `json:"steps,omitempty"`
}

// Finish ends the sync, on every path: deployments that nobody has checked have
// failed, and the sync gets its status, counts and diagnostics from the records.
// A sync that has ended stays as it is.
func (p *Plane) Finish(ctx context.Context, in FinishInput) (slipway.Sync, error) {
	s, err := p.store.Sync(ctx, in.Environment, in.Sync)
	if err != nil {
		return slipway.Sync{}, fmt.Errorf("read sync: %w", err)
	}
	if s.Status.Ended() {
		return s, nil
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
	s.EndedAt, s.Steps = &now, in.Steps
	p.count(&s, ds, head, in)
	s.Status, s.Problem = endOf(s, in)
	if err := p.store.UpdateSync(ctx, in.fence(), s); err != nil {
		return slipway.Sync{}, fmt.Errorf("write sync: %w", err)
	}
	return s, nil
}

// endOf is the status a sync ends with, and the problem that explains it.
func endOf(s slipway.Sync, in FinishInput) (slipway.SyncStatus, *slipway.Problem) {
	switch {
	case in.Problem != nil && in.Problem.Code == CodeInterrupted:
		return slipway.SyncCancelled, in.Problem
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
func (p *Plane) count(s *slipway.Sync, ds []slipway.Deployment, head slipway.Row, in FinishInput) {
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
}
