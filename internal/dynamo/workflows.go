package dynamo

import (
	"context"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Workflow implements control.Workflows.
func (s *Store) Workflow(ctx context.Context, env, id string) (slipway.Workflow, error) {
	w, err := one[slipway.Workflow](ctx, s, workflowKey(env, id), control.UnknownWorkflow(id))
	return w, s.translate(ctx, "read workflow", err)
}

// Workflows implements control.Workflows.
func (s *Store) Workflows(ctx context.Context, env string) ([]slipway.Workflow, error) {
	list, err := all[slipway.Workflow](ctx, s, below(workflowKey(env, "").pk, workflowKey(env, "").sk))
	return list, s.translate(ctx, "list workflows", err)
}
