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
func (l *Look) Board(ctx context.Context) (Board, error) {
	head, err := l.readHead(ctx)
	if err != nil {
		return Board{}, err
	}
	workflows, err := l.listed(ctx, head)
	if err != nil {
		return Board{}, err
	}
	b := Board{Workflows: make([]BoardEntry, 0, len(workflows))}
	for _, w := range workflows {
		b.Workflows = append(b.Workflows, entryOf(w, viewWorkflow(w, head, l.p.now())))
	}
	if b.Environment, err = l.Environment(ctx); err != nil {
		return Board{}, err
	}
	slot, err := l.p.store.Slot(ctx, l.env.ID)
	if err != nil {
		return Board{}, fmt.Errorf("read slot: %w", err)
	}
	if b.Running, err = l.underWay(ctx, slot.Running, b.Environment.LastSync); err != nil {
		return Board{}, err
	}
	b.Waiting, err = l.underWay(ctx, slot.Waiting, b.Environment.LastSync)
	return b, err
}

// underWay gives a sync that the slot names, nil if it names none or that one has
// ended meanwhile. It nearly always is the last one, which is read already.
func (l *Look) underWay(ctx context.Context, id string, last *slipway.Sync) (*slipway.Sync, error) {
	if id == "" {
		return nil, nil //nolint:nilnil // nobody is at work: that is an answer
	}
	if last == nil || last.ID != id {
		s, err := l.p.store.Sync(ctx, l.env.ID, id)
		if err != nil {
			return nil, fmt.Errorf("read sync: %w", err)
		}
		last = &s
	}
	if last.Status.Ended() {
		return nil, nil //nolint:nilnil // as above
	}
	return last, nil
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
func (l *Look) Commits(ctx context.Context, entries []BoardEntry) error {
	for i, e := range entries {
		if e.Live == nil || e.LiveCommit != nil {
			continue
		}
		d, err := l.deployment(ctx, e.Live.Deployment)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return fmt.Errorf("read deployment: %w", err)
		}
		if err == nil {
			entries[i].LiveCommit = &d.Commit
		}
	}
	return nil
}
