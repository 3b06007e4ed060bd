package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	readSlot = `SELECT document FROM slots WHERE environment = ?`
	putSlot  = `INSERT INTO slots (environment, version, document) VALUES (?, ?, ?)
		ON CONFLICT (environment) DO UPDATE SET version = excluded.version, document = excluded.document`
)

// Slot implements control.Slots.
func (s *Store) Slot(ctx context.Context, env string) (slipway.Slot, error) {
	defer s.timed("read slot")()
	slot, err := one[slipway.Slot](ctx, s, s.readers, sql.ErrNoRows, readSlot, env)
	if errors.Is(err, sql.ErrNoRows) {
		return slipway.Slot{}, nil
	}
	return slot, s.translate(ctx, "read slot", err)
}

// MoveSlot implements control.Slots.
func (s *Store) MoveSlot(ctx context.Context, env string, m slipway.SlotMove) error {
	return s.write(ctx, "move slot", func(tx *sql.Tx) error {
		if err := refuseRemoved(ctx, tx, env); err != nil {
			return err
		}
		stored, err := one[slipway.Slot](ctx, s, tx, sql.ErrNoRows, readSlot, env)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		if m.Slot.Version != stored.Version+1 {
			return control.SlotMoved()
		}
		document, err := encode(m.Slot)
		if err != nil {
			return err
		}
		if err := exec(ctx, tx, putSlot, env, m.Slot.Version, document); err != nil {
			return err
		}
		for _, sync := range m.Syncs {
			if err := s.moveSync(ctx, tx, env, sync); err != nil {
				return err
			}
		}
		return nil
	})
}

// moveSync writes a sync that has not ended.
func (s *Store) moveSync(ctx context.Context, tx *sql.Tx, env string, sync slipway.Sync) error {
	stored, err := one[slipway.Sync](ctx, s, tx, sql.ErrNoRows, readSync, env, sync.ID)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err == nil && stored.Status.Ended() {
		return control.SlotMoved()
	}
	document, err := encode(sync)
	if err != nil {
		return err
	}
	if err := exec(ctx, tx, putSync, env, sync.ID, sync.Sequence, sync.Generation, sync.Status.Ended(), document); err != nil {
		return fmt.Errorf("put sync: %w", err)
	}
	return nil
}
