package sqlite

import (
	"context"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	readWorkflow  = `SELECT document FROM workflows WHERE environment = ? AND id = ?`
	listWorkflows = `SELECT document FROM workflows WHERE environment = ? ORDER BY id`
	putWorkflow   = `INSERT INTO workflows (environment, id, seen, document) VALUES (?, ?, ?, ?)
		ON CONFLICT (environment, id) DO UPDATE SET seen = excluded.seen, document = excluded.document
		WHERE excluded.seen >= workflows.seen`
)

// Workflow implements control.Workflows.
func (s *Store) Workflow(ctx context.Context, env, id string) (slipway.Workflow, error) {
	defer s.timed("read workflow")()
	w, err := one[slipway.Workflow](ctx, s, s.readers, control.UnknownWorkflow(id), readWorkflow, env, id)
	return w, s.translate(ctx, "read workflow", err)
}

// Workflows implements control.Workflows.
func (s *Store) Workflows(ctx context.Context, env string) ([]slipway.Workflow, error) {
	defer s.timed("list workflows")()
	list, err := all(ctx, s.readers, document[slipway.Workflow](s), listWorkflows, env)
	return list, s.translate(ctx, "list workflows", err)
}
