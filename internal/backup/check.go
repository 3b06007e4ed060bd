package backup

import (
	"context"

	"github.com/slipway-dev/slipway/internal/control"
)

// Check refuses a store whose records need a blob that its manifest does not
// speak of: it was not made by Write. Invalid ("bad-backup").
func (m Manifest) Check(ctx context.Context, s control.Store) error {
	known := map[string]bool{}
	for _, list := range [][]Item{m.Blobs, m.Missing} {
		for _, item := range list {
			known[item.name()] = true
		}
	}
	items, err := needed(ctx, s)
	if err != nil {
		return err
	}
	for _, item := range items {
		if !known[item.name()] {
			return damaged(nil, "it lacks "+item.name()+", which its records need")
		}
	}
	return nil
}
