package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// lateWriters lets a person, one whose rows take for granted that no sync was asked
// for, and a sync write on in an environment that is removed and added anew under
// its slug. From then on the slug is the new one's, whichever store the writers
// have, and what it has read before.
func lateWriters(t *testing.T, stores ...control.Store) {
	s, late := stores[0], stores[len(stores)-1]
	for range 5 {
		e, anew := newEnvironment(t, s), anEnvironment()
		anew.Slug = e.Slug
		f := begin(t, s, e.ID, "sync_a").Fence()
		person := func() error { return writeOn(t.Context(), late, e.ID, slipway.Row{ID: "row_person"}, nil) }
		maker := func() error { return writeOn(t.Context(), late, e.ID, slipway.Row{ID: "row_maker", LastSync: 1}, nil) }
		sync := func() error { return writeOn(t.Context(), late, e.ID, slipway.Row{ID: "row_sync"}, &f) }
		errs := together(4, func(i int) error {
			return []func() error{person, maker, sync, func() error {
				return errors.Join(s.RemoveEnvironment(t.Context(), aRemoval(e)), s.CreateEnvironment(t.Context(), anew, nil))
			}}[i]()
		})
		ok(t, errs[3])
		for i, err := range append(errs[:3], person(), maker(), sync()) {
			switch {
			case err == nil && i < 3: // it was done before the removal
			case i%3 == 2:
				refused(t, err, fault.LeaseLost, "lease-lost")
			default:
				refused(t, err, fault.NotFound, "unknown-environment")
			}
		}
		for _, reader := range stores {
			same(t, "what the new one resolves to", resolvedOf(t, reader, anew), slipway.Resolved{})
		}
	}
}

// writeOn appends rows like this, some or until it is refused for more than a lost
// race.
func writeOn(ctx context.Context, s control.Store, env string, like slipway.Row, f *slipway.Fence) error {
	for i := range rounds {
		head, err := s.Head(ctx, env)
		if err != nil {
			return err
		}
		row := after(head, fmt.Sprintf("%s_%d", like.ID, i))
		row.LastSync = like.LastSync
		if _, err = s.Append(ctx, env, row, f); err != nil && !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return nil
}
