package main

import (
	"context"
	"database/sql"
	"errors"
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
	return o.timeLists(ctx, c, e.ID, times)
}

// timeLists lists a page and reads its records with a bare query, in turns.
func (o opened) timeLists(ctx context.Context, c command, env string, times int) (lists, bare []time.Duration, err error) {
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
		if err := readPage(ctx, db, env); err != nil {
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

// allRows is how many deployments the crowded store has in all.
const allRows = 1_000_000

// crowd fills a store with copies of the newest deployment of a workflow, in the
// names of a thousand others.
const crowd = `
WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?),
newest AS (SELECT * FROM deployments WHERE workflow = ? ORDER BY sequence DESC LIMIT 1)
INSERT INTO deployments (environment, id, workflow, sync, sequence, path, commit_sha, outcome, first_live, document, listed)
SELECT environment, id || '-' || n, 'crowd' || (n % 1000), sync, 100000 + n, path, commit_sha, outcome, NULL, document, listed FROM newest, counted`

// crowded measures a list in a store of many rows, beside the bare query and
// beside the list in the store of before.
func (b *bench) crowded(ctx context.Context, c command, before []time.Duration) error {
	db, err := sql.Open("sqlite", c.database())
	if err != nil {
		return fmt.Errorf("open store: %w", err)
	}
	_, err = db.ExecContext(ctx, crowd, allRows-listed, "w1")
	if cerr := db.Close(); err != nil || cerr != nil {
		return fmt.Errorf("write deployments: %w", errors.Join(err, cerr))
	}
	o, shut, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = shut() }()
	e, err := o.store.Environment(ctx, environment)
	if err != nil {
		return fmt.Errorf("read environment: %w", err)
	}
	lists, query, err := o.timeLists(ctx, c, e.ID, 50)
	if err != nil {
		return err
	}
	b.table.durations(fmt.Sprintf("the same among %d deployments in all, beside the bare query", allRows), lists, query)
	b.table.durations("the same, beside the list in the smaller store", lists, before)
	return nil
}
