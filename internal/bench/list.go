package main

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/sqlite"
)

// How many deployments the listed workflow has, and how many a list shows.
const (
	listed  = 10_000
	perPage = 50
)

const barePage = `SELECT document, first_live FROM deployments INDEXED BY deployments_by_workflow
	WHERE environment = ? AND workflow = ? ORDER BY sequence DESC, path, id LIMIT ?`

// measureLists gives a workflow n deployments, lists a page of them, and reads
// the whole records of the same rows with a query of its own, in turns.
func measureLists(ctx context.Context, c command, n, times int) (lists, bare []time.Duration, err error) {
	o, shut, err := c.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = shut() }()
	e, err := o.store.Environment(ctx, environment)
	if err != nil {
		return nil, nil, fmt.Errorf("read environment: %w", err)
	}
	if err := multiply(ctx, o.store, e.ID, n); err != nil {
		return nil, nil, err
	}
	db, err := sql.Open("sqlite", c.database())
	if err != nil {
		return nil, nil, fmt.Errorf("open store: %w", err)
	}
	defer func() { _ = db.Close() }()
	for range times {
		start := time.Now()
		page, _, err := o.Deployments(ctx, environment, control.DeploymentFilter{Workflow: "w1"}, control.Page{Limit: perPage})
		if err != nil || len(page) != perPage {
			return nil, nil, fmt.Errorf("list %d deployments: %w", len(page), err)
		}
		lists = append(lists, time.Since(start))
		start = time.Now()
		if err := readPage(ctx, db, e.ID); err != nil {
			return nil, nil, err
		}
		bare = append(bare, time.Since(start))
	}
	return lists, bare, nil
}

// multiply writes copies of the newest deployment of a workflow, in the name of
// a sync that has not ended.
func multiply(ctx context.Context, store *sqlite.Store, env string, n int) error {
	newest, _, err := store.Deployments(ctx, env, control.DeploymentQuery{Workflow: "w1", Whole: true, Page: control.Page{Limit: 1}})
	if err != nil || len(newest) != 1 {
		return fmt.Errorf("read newest deployment: %w", err)
	}
	slot, err := store.Slot(ctx, env)
	if err != nil {
		return fmt.Errorf("read slot: %w", err)
	}
	slot.Version++
	slot.Sequence++
	s := slipway.Sync{ID: "sync_copies", Environment: env, Sequence: slot.Sequence, Generation: 1, Status: slipway.SyncRunning}
	if err := store.MoveSlot(ctx, env, slipway.SlotMove{Slot: slot, Syncs: []slipway.Sync{s}}); err != nil {
		return fmt.Errorf("write sync: %w", err)
	}
	copies := make([]slipway.Deployment, n)
	for i := range copies {
		d := newest[0]
		d.ID, d.Sequence, d.FirstLive = fmt.Sprint(d.ID, i), s.Sequence+int64(i), 0
		copies[i] = d
	}
	if err := store.PutDeployments(ctx, s.Fence(), copies, nil); err != nil {
		return fmt.Errorf("write deployments: %w", err)
	}
	return nil
}

// readPage reads the rows of a page and does nothing with them.
func readPage(ctx context.Context, db *sql.DB, env string) error {
	rows, err := db.QueryContext(ctx, barePage, env, "w1", perPage+1)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var document []byte
		var mark sql.NullInt64
		if err := rows.Scan(&document, &mark); err != nil {
			return fmt.Errorf("read row: %w", err)
		}
	}
	return rows.Err()
}
