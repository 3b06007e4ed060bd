package control

import (
	"context"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// WorkflowView is a workflow with what the ledger says of it.
type WorkflowView struct {
	ID           string         `json:"id"`
	Name         string         `json:"name"`
	Trigger      string         `json:"trigger"`
	Path         string         `json:"path"`
	Status       slipway.Status `json:"status"`
	Live         *LiveView      `json:"live"`
	Latest       LatestView     `json:"latest"`
	Hold         *slipway.Hold  `json:"hold"`
	KeptBack     string         `json:"keptBack,omitempty"` // the deployment that the hold keeps from going live
	MissingSince *time.Time     `json:"missingSince"`
	Why          slipway.Why    `json:"why"`
}

// LiveView is what is live of a workflow.
type LiveView struct {
	Deployment string        `json:"deployment"`
	Commit     string        `json:"commit"`
	Since      time.Time     `json:"since"`
	Actor      slipway.Actor `json:"actor"`
	Digest     string        `json:"digest"`
	Release    int64         `json:"release"`
}

// LatestView is a workflow's newest deployment.
type LatestView struct {
	Deployment string         `json:"deployment"`
	Status     slipway.Status `json:"status"`
	Commit     string         `json:"commit"`
	CreatedAt  time.Time      `json:"createdAt"`
}

// Workflows lists an environment's workflows by id, without deleted ones.
func (p *Plane) Workflows(ctx context.Context, slug string) ([]WorkflowView, error) {
	l, err := p.Look(ctx, slug)
	if err != nil {
		return nil, err
	}
	head, err := l.readHead(ctx)
	if err != nil {
		return nil, err
	}
	ws, err := l.listed(ctx, head)
	if err != nil {
		return nil, err
	}
	views := make([]WorkflowView, 0, len(ws))
	for _, w := range ws {
		views = append(views, viewWorkflow(w, head, p.now()))
	}
	return views, nil
}

// Workflow reads one, deleted or not.
func (l *Look) Workflow(ctx context.Context, id string) (WorkflowView, error) {
	head, err := l.readHead(ctx)
	if err != nil {
		return WorkflowView{}, err
	}
	w, err := l.workflow(ctx, id)
	if err != nil {
		return WorkflowView{}, err
	}
	return viewWorkflow(w, head, l.p.now()), nil
}

func viewWorkflow(w slipway.Workflow, head slipway.Row, at time.Time) WorkflowView {
	s := head.State.Workflows[w.ID]
	v := WorkflowView{
		ID: w.ID, Name: w.Name, Trigger: w.Trigger, Path: w.Path, Status: slipway.WorkflowStatus(w, head),
		Latest: LatestView{
			Deployment: w.Latest.ID, Status: slipway.RefStatus(w, w.Latest, head),
			Commit: w.Latest.Commit.SHA, CreatedAt: w.Latest.CreatedAt,
		},
		Hold: s.Hold, MissingSince: w.MissingSince, Why: slipway.Explain(w, head, at),
	}
	if s.Live != nil {
		v.Trigger = s.Live.Trigger
		v.Live = viewLive(s.Live)
	}
	if lv := w.LatestValid; s.Hold != nil && lv != nil && (s.Live == nil || lv.Sequence > s.Live.Sequence) {
		v.KeptBack = lv.ID
	}
	return v
}

func viewLive(l *slipway.Live) *LiveView {
	return &LiveView{Deployment: l.Deployment, Commit: l.Commit, Since: l.Since, Actor: l.Actor, Digest: l.Digest, Release: l.Release}
}
