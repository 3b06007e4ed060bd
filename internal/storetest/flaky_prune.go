package storetest

import "context"

// The writes of pruning.
const (
	OpDeleteDeployments Op = "delete-deployments"
	OpDeleteSyncs       Op = "delete-syncs"
)

func (f *flaky) DeleteDeployments(ctx context.Context, env string, head int64, ids []string) error {
	return f.befall(OpDeleteDeployments, func() error { return f.Store.DeleteDeployments(ctx, env, head, ids) }, nil)
}

func (f *flaky) DeleteSyncs(ctx context.Context, env string, ids []string) error {
	return f.befall(OpDeleteSyncs, func() error { return f.Store.DeleteSyncs(ctx, env, ids) }, nil)
}
