package main

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the driver of the bare transactions and queries

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// bareSettings are those that a store sets for its own files.
const bareSettings = "?_txlock=immediate&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)"

// bareSchema holds a row of the ledger, its state, and what it leaves live on each
// trigger.
const bareSchema = `
CREATE TABLE ledger (environment TEXT NOT NULL, number INTEGER NOT NULL, id TEXT NOT NULL, document TEXT NOT NULL,
	PRIMARY KEY (environment, number), UNIQUE (environment, id)) STRICT;
CREATE TABLE states (environment TEXT NOT NULL, number INTEGER NOT NULL, state BLOB NOT NULL,
	PRIMARY KEY (environment, number)) STRICT;
CREATE TABLE resolved (environment TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL, document TEXT NOT NULL) STRICT;`

// ledgerRow is what one command writes.
type ledgerRow struct {
	environment, id, document, resolved string

	number int64
	state  []byte
}

// measureMoves rolls a workflow back and makes its newest deployment live again,
// in turns, and after each writes the row that it wrote in a transaction of a
// database that has nothing else.
func measureMoves(ctx context.Context, c command, times int) (moves, bare []time.Duration, err error) {
	p, shut, err := c.plane(ctx)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = shut() }()
	newest, err := p.Find(ctx, environment, "w0", "")
	if err != nil {
		return nil, nil, fmt.Errorf("find the newest: %w", err)
	}
	stored, err := sql.Open("sqlite", c.database()+"?mode=ro")
	if err != nil {
		return nil, nil, fmt.Errorf("open store: %w", err)
	}
	defer func() { _ = stored.Close() }()
	scratch, err := openBare(ctx, filepath.Join(c.data, "bare.db"))
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = scratch.Close() }()
	request := control.Request{Actor: slipway.LocalActor("bench"), Reason: "measured"}
	for range times {
		for _, to := range []string{control.PreviousName, newest} {
			start := time.Now()
			if _, err := p.MakeLive(ctx, environment, "w0", to, request, control.MakeLiveOptions{}); err != nil {
				return nil, nil, fmt.Errorf("make live: %w", err)
			}
			moves = append(moves, time.Since(start))
			row, err := newestRow(ctx, stored)
			if err != nil {
				return nil, nil, err
			}
			start = time.Now()
			if err := writeBare(ctx, scratch, row); err != nil {
				return nil, nil, err
			}
			bare = append(bare, time.Since(start))
		}
	}
	return moves, bare, nil
}

func openBare(ctx context.Context, path string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", path+bareSettings)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, bareSchema); err != nil {
		return nil, fmt.Errorf("make tables: %w", err)
	}
	return db, nil
}

func newestRow(ctx context.Context, db *sql.DB) (ledgerRow, error) {
	var r ledgerRow
	err := db.QueryRowContext(ctx, `SELECT l.environment, l.number, l.id, l.document, s.state, r.document FROM ledger AS l
		JOIN states AS s ON s.environment = l.environment AND s.number = l.number
		JOIN resolved AS r ON r.environment = l.environment AND r.number = l.number ORDER BY l.number DESC LIMIT 1`).
		Scan(&r.environment, &r.number, &r.id, &r.document, &r.state, &r.resolved)
	if err != nil {
		return r, fmt.Errorf("read row: %w", err)
	}
	return r, nil
}

func writeBare(ctx context.Context, db *sql.DB, r ledgerRow) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(ctx, `INSERT INTO ledger VALUES (?, ?, ?, ?)`, r.environment, r.number, r.id, r.document); err != nil {
		return fmt.Errorf("write row: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO states VALUES (?, ?, ?)`, r.environment, r.number, r.state); err != nil {
		return fmt.Errorf("write state: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT OR REPLACE INTO resolved VALUES (?, ?, ?)`, r.environment, r.number, r.resolved); err != nil {
		return fmt.Errorf("write what is live: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
