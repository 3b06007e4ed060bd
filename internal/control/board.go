package control

import (
	"context"
	"fmt"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Board is an environment as a person sees it at one look: everything in it is
// of one head.
type Board struct {
	Environment EnvironmentView
	Workflows   []BoardEntry // by id, without deleted ones
	// Running and Waiting are the syncs that have not ended, nil for none.
	Running *slipway.Sync
	Waiting *slipway.Sync
}

// BoardEntry is a workflow with the commits that a person knows its code by.
type BoardEntry struct {
	WorkflowView
	LatestCommit slipway.Commit
	LiveCommit   *slipway.Commit // nil where nothing is live, or Commits was not asked yet
}

// Board reads an environment with its workflows.
func (p *Plane) Board(ctx context.Context, slug string) (Board, error) {
	env, err := p.environment(ctx, slug)
	if err != nil {
		return Board{}, err
	}
	v, err := p.lookAt(ctx, env)
	if err != nil {
		return Board{}, err
	}
	b := Board{Environment: v.view(p.now()), Workflows: make([]BoardEntry, 0, len(v.workflows))}
	for _, w := range v.workflows {
		b.Workflows = append(b.Workflows, entryOf(w, viewWorkflow(w, v.head, p.now())))
	}
	slot, err := p.store.Slot(ctx, env.ID)
	if err != nil {
		return Board{}, fmt.Errorf("read slot: %w", err)
	}
	if b.Running, err = p.underWay(ctx, env.ID, slot.Running); err != nil {
		return Board{}, err
	}
	b.Waiting, err = p.underWay(ctx, env.ID, slot.Waiting)
	return b, err
}

// underWay reads a sync that the slot names, nil if it names none or that one
// has ended meanwhile.
func (p *Plane) underWay(ctx context.Context, env, id string) (*slipway.Sync, error) {
	if id == "" {
		return nil, nil //nolint:nilnil // nobody is at work: that is an answer
	}
	s, err := p.store.Sync(ctx, env, id)
	if err != nil {
		return nil, fmt.Errorf("read sync: %w", err)
	}
	if s.Status.Ended() {
		return nil, nil //nolint:nilnil // as above
	}
	return &s, nil
}

// entryOf takes the commit of what is live from what the workflow remembers of
// its newest deployments, if it is one of them.
func entryOf(w slipway.Workflow, v WorkflowView) BoardEntry {
	e := BoardEntry{WorkflowView: v, LatestCommit: w.Latest.Commit}
	for _, ref := range []*slipway.DeploymentRef{&w.Latest, w.LatestValid} {
		if v.Live != nil && ref != nil && ref.ID == v.Live.Deployment {
			e.LiveCommit = &ref.Commit
		}
	}
	return e
}

// Commits reads the commits of what is live where entries lack them, one
// deployment each: it is asked for the entries that are shown.
func (p *Plane) Commits(ctx context.Context, env slipway.Environment, entries []BoardEntry) error {
	for i, e := range entries {
		if e.Live == nil || e.LiveCommit != nil {
			continue
		}
		d, err := p.store.Deployment(ctx, env.ID, e.Live.Deployment)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return fmt.Errorf("read deployment: %w", err)
		}
		if err == nil {
			entries[i].LiveCommit = &d.Commit
		}
	}
	return nil
}
