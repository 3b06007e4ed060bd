package main

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
)

// How many deployments the listed workflow has, and how many a list shows.
const (
	listed  = 10_000
	perPage = 50
)

// multiply copies the newest deployment of a workflow until it has many.
const multiply = `
WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?),
newest AS (SELECT * FROM deployments WHERE workflow = ? ORDER BY sequence DESC LIMIT 1)
INSERT INTO deployments (environment, id, workflow, sync, sequence, path, commit_sha, outcome, first_live, document)
SELECT environment, id || n, workflow, sync, 1000 + n, path, commit_sha, outcome, NULL,
	json_set(document, '$.id', id || n, '$.sequence', 1000 + n)
FROM newest, counted`

const barePage = `SELECT document, first_live FROM deployments INDEXED BY deployments_by_workflow
	WHERE environment = ? AND workflow = ? ORDER BY sequence DESC, path, id LIMIT ?`

// measureLists lists a page of a workflow's deployments, and reads the same rows
// with a query of its own, in turns.
func measureLists(ctx context.Context, c command, times int) (lists, bare []time.Duration, err error) {
	db, err := sql.Open("sqlite", c.database())
	if err != nil {
		return nil, nil, fmt.Errorf("open store: %w", err)
	}
	defer func() { _ = db.Close() }()
	if _, err := db.ExecContext(ctx, multiply, listed, "w1"); err != nil {
		return nil, nil, fmt.Errorf("write deployments: %w", err)
	}
	p, shut, err := c.plane(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = shut() }()
	var env string
	if err := db.QueryRowContext(ctx, `SELECT id FROM environments`).Scan(&env); err != nil {
		return nil, nil, fmt.Errorf("read environment: %w", err)
	}
	for range times {
		start := time.Now()
		page, _, err := p.Deployments(ctx, environment, control.DeploymentFilter{Workflow: "w1"}, control.Page{Limit: perPage})
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
