package control

import (
	"context"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Settings is the port for changing and removing environments.
type Settings interface {
	// UpdateEnvironment replaces the environment of e's id; its slug stays.
	// Conflict ("environment-changed") when e.Version is not the stored one plus
	// one, NotFound ("unknown-environment").
	UpdateEnvironment(ctx context.Context, e slipway.Environment) error
	// RemoveEnvironment writes r and, in the same transaction, takes the
	// environment from those that are read and frees its slug, for every sync of
	// it that has not ended writes what r.End gives. Its records stay and its id
	// is never free: after it a row without a fence is NotFound
	// ("unknown-environment"). A second one changes nothing; NotFound
	// ("unknown-environment") for an id that never was.
	RemoveEnvironment(ctx context.Context, r slipway.Removal) error
	// Removals reads all environments that were removed, by slug, then by id.
	Removals(ctx context.Context) ([]slipway.Removal, error)
}
