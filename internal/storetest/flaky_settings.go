package storetest

import (
	"context"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// The writes of settings.
const (
	OpUpdateEnvironment Op = "update-environment"
	OpRemoveEnvironment Op = "remove-environment"
)

func (f *flaky) UpdateEnvironment(ctx context.Context, e slipway.Environment) error {
	return f.befall(OpUpdateEnvironment, func() error { return f.Store.UpdateEnvironment(ctx, e) }, nil)
}

func (f *flaky) RemoveEnvironment(ctx context.Context, r slipway.Removal) error {
	return f.befall(OpRemoveEnvironment, func() error { return f.Store.RemoveEnvironment(ctx, r) }, nil)
}
