package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

type syncCmd struct {
	Env       string `arg:""`
	IfChanged bool   `help:"End as unchanged when the last sync would find the same."`
	Wait      bool   `help:"Wait for its end. With --no-wait it is left waiting for the sync that runs, or for the tick." default:"true" negatable:""`
}

// syncResult is a sync with the workflows that a hold keeps back.
type syncResult struct {
	slipway.Sync
	Held []held `json:"held"`
}

func (c *syncCmd) Run(s *session) error {
	defer s.workHard()()
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	o := control.SyncOptions{Actor: s.actor, IfChanged: c.IfChanged}
	if !c.Wait {
		return c.request(s, ops, o)
	}
	sync, err := ops.Sync(s.ctx, c.Env, o)
	if err != nil {
		return err
	}
	if err := c.printEnd(s, ops, sync); err != nil {
		return err
	}
	if err := s.handOver(ops, sync.Environment); err != nil {
		return err
	}
	if sync.Status != slipway.SyncSucceeded && sync.Status != slipway.SyncUnchanged {
		return exitStatus(exitRefused)
	}
	return nil
}

// handsOver are operations whose own process runs syncs: after its own it sees
// to the one that waits.
type handsOver interface {
	HandOver(ctx context.Context, env string) ([]slipway.Sync, error)
}

var _ handsOver = local{}

func (s *session) handOver(ops operations, env string) error {
	h, ok := ops.(handsOver)
	if !ok {
		return nil // a server sees to it
	}
	ran, err := h.HandOver(s.ctx, env)
	for _, other := range ran {
		s.say("ran the sync that waited: %d %s %s", other.Sequence, other.ID, other.Status)
	}
	if err != nil && s.ctx.Err() == nil {
		return err
	}
	return nil
}

// request leaves a sync waiting.
func (c *syncCmd) request(s *session, ops operations, o control.SyncOptions) error {
	sync, err := ops.RequestSync(s.ctx, c.Env, o)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(sync)
	} else {
		s.print("sync %d %s waits; it runs when its turn comes, at the latest with the next tick", sync.Sequence, sync.ID)
	}
	s.hint("  %s", s.command([]string{"show", c.Env, sync.ID}))
	return nil
}

// printEnd prints how a sync ended, and what holds keep back.
func (c *syncCmd) printEnd(s *session, ops operations, sync slipway.Sync) error {
	// The end of a sync that was interrupted is told all the same.
	ws, err := ops.Workflows(context.WithoutCancel(s.ctx), c.Env)
	if err != nil {
		return err
	}
	r := syncResult{sync, s.heldBack(ws)}
	if s.json {
		s.printJSON(r)
	} else {
		s.diagnostics(sync.Diagnostics)
		if sync.LeftOut > 0 {
			s.print("%d more diagnostics are in the deployments' build logs", sync.LeftOut)
		}
		s.printSyncEnd(sync)
	}
	s.printHeld(r.Held)
	return nil
}

// printSyncEnd prints how a sync ended, in one line and the reason.
func (s *session) printSyncEnd(sync slipway.Sync) {
	took := ""
	if sync.EndedAt != nil {
		took = fmt.Sprintf(" in %.1f s", sync.EndedAt.Sub(sync.RequestedAt).Seconds())
	}
	if sync.SameAs != "" {
		s.print("sync %d %s%s: %s has checked this commit", sync.Sequence, sync.Status, took, sync.SameAs)
		s.print("  %s", s.command([]string{"show", s.env, sync.SameAs}))
		return
	}
	s.print("sync %d %s%s: %s", sync.Sequence, sync.Status, took, counts(sync.Counts))
	if p := sync.Problem; p != nil {
		s.print("  %s [%s]", clean(p.Detail), p.Code)
		if p.Hint != "" {
			s.print("  %s", clean(p.Hint))
		}
	}
}

func counts(c slipway.Counts) string {
	if c.Found == 0 {
		return "no workflow was checked"
	}
	parts := []string{fmt.Sprintf("%d found", c.Found), fmt.Sprintf("%d valid", c.Valid), fmt.Sprintf("%d live", c.Live)}
	if c.Fail > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", c.Fail))
	}
	for _, note := range slices.Sorted(maps.Keys(c.Kept)) {
		parts = append(parts, fmt.Sprintf("%d %s", c.Kept[note], note))
	}
	return strings.Join(parts, ", ")
}
