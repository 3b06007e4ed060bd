package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/cursor"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/storetest"
)

// hasty opens a store that waits for nobody for long.
func hasty(t *testing.T, path string) *Store {
	t.Helper()
	s, err := open(t.Context(), path, patience{lock: 30 * time.Millisecond, pause: time.Millisecond, tries: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func newHasty(t *testing.T) *Store { return hasty(t, filepath.Join(t.TempDir(), "slipway.db")) }

func begin(ctx context.Context, s *Store) error {
	_, err := storetest.Begin(ctx, s, slipway.Sync{ID: "sync_a", Environment: "env", Status: slipway.SyncRunning})
	return err
}

func wantCode(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if !fault.Is(err, kind) || fault.CodeOf(err) != code || fault.Of(err).Hint == "" {
		t.Fatalf("got %v (%s), want %s (%s) with a hint", err, fault.CodeOf(err), kind, code)
	}
}

// TestBusy holds the write lock as another process would: writes give up after
// a bounded wait, or with their context; reads and opening go on.
func TestBusy(t *testing.T) {
	s := newHasty(t)
	other := hasty(t, s.path)
	tx, err := other.writer.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	wantCode(t, begin(t.Context(), s), fault.Unavailable, "store-busy")
	if _, err := s.Head(t.Context(), "env"); err != nil {
		t.Errorf("read while another writes: %v", err)
	}
	hasty(t, s.path)

	patient := hasty(t, s.path)
	patient.wait.tries = 1000
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := begin(ctx, patient); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the context ended, and the write gives %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := begin(t.Context(), s); err != nil {
		t.Errorf("the lock is free: %v", err)
	}
}

// TestDiskFaults has SQLite fail as it does on such a disk.
func TestDiskFaults(t *testing.T) {
	for code, pragma := range map[string]string{"store-full": "max_page_count = 1", "store-read-only": "query_only = 1"} {
		t.Run(code, func(t *testing.T) {
			s := newHasty(t)
			if _, err := s.writer.ExecContext(t.Context(), "PRAGMA "+pragma); err != nil {
				t.Fatal(err)
			}
			row := slipway.Row{Number: 1, ID: "row_1", Reason: strings.Repeat("long ", 4000)}
			_, err := s.Append(t.Context(), "env", row, nil)
			wantCode(t, err, fault.Unavailable, code)
			head, err := s.Head(t.Context(), "env")
			if err != nil || head.Number != 0 {
				t.Errorf("the head is %d (%v)", head.Number, err)
			}
		})
	}
}

// TestSettings reads what each connection is set to.
func TestSettings(t *testing.T) {
	s := newHasty(t)
	for name, c := range map[string]struct {
		db   *sql.DB
		want map[string]string
	}{
		"writer":  {s.writer, map[string]string{"synchronous": "2", "journal_mode": "wal", "busy_timeout": "30", "query_only": "0"}},
		"readers": {s.readers, map[string]string{"synchronous": "2", "journal_mode": "wal", "busy_timeout": "30", "query_only": "1"}},
	} {
		for pragma, want := range c.want {
			var got string
			if err := c.db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil || got != want {
				t.Errorf("%s: %s is %s (%v), want %s", name, pragma, got, err, want)
			}
		}
	}
}

// TestPastStays writes past the store, as a careless person would.
func TestPastStays(t *testing.T) {
	s := newHasty(t)
	if err := begin(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	f := slipway.Fence{Environment: "env", Sync: "sync_a"}
	d := slipway.Deployment{ID: "dep_a", Environment: "env", Outcome: slipway.Valid}
	if err := s.PutDeployments(t.Context(), f, []slipway.Deployment{d}, nil); err != nil {
		t.Fatal(err)
	}
	row := slipway.Row{Number: 1, ID: "row_1", Changes: []slipway.Change{{Workflow: "a", To: "dep_a", First: true}}}
	if _, err := s.Append(t.Context(), "env", row, nil); err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"UPDATE ledger SET document = '{}'", "DELETE FROM ledger", "UPDATE states SET state = x''",
		"UPDATE deployments SET first_live = 9", "UPDATE deployments SET first_live = NULL",
	} {
		if _, err := s.writer.ExecContext(t.Context(), statement); err == nil {
			t.Errorf("%s is let through", statement)
		}
	}
}

// TestDamagedList writes over what is listed of a deployment.
func TestDamagedList(t *testing.T) {
	s := newHasty(t)
	if err := begin(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	f := slipway.Fence{Environment: "env", Sync: "sync_a"}
	d := slipway.Deployment{ID: "dep_a", Environment: "env", Workflow: "w", Outcome: slipway.Valid}
	if err := s.PutDeployments(t.Context(), f, []slipway.Deployment{d}, nil); err != nil {
		t.Fatal(err)
	}
	if list, _, err := s.Deployments(t.Context(), "env", control.DeploymentQuery{}); err != nil || len(list) != 1 {
		t.Fatalf("%d listed (%v)", len(list), err)
	}
	for _, damage := range []string{"''", "substr(listed, 2)", "substr(listed, 1, length(listed) - 1)", "listed || '1:x'", "'-1:' || listed", "replace(listed, '1:w', '9999:w')", "replace(listed, '1:0', '1:z')"} {
		if _, err := s.writer.ExecContext(t.Context(), "UPDATE deployments SET listed = "+damage); err != nil {
			t.Fatal(err)
		}
		_, _, err := s.Deployments(t.Context(), "env", control.DeploymentQuery{})
		wantCode(t, err, fault.Internal, "store-corrupt")
		if _, err := s.writer.ExecContext(t.Context(), "UPDATE deployments SET listed = ?", listedText(d)); err != nil {
			t.Fatal(err)
		}
	}
}

// statements are all that the ports run, each with the number of its arguments.
func statements() []string {
	list := []string{
		takenEnvironment, readEnvironment, listEnvironments, environmentByID, wasRemoved, listRemovals, listUnended,
		readSync, readFence, readSlot, updateSync, listSyncs,
		readDeployment, readWorkflow, listWorkflows, readByID, readByNum, headNumber, listRows, markFirst,
	}
	after := &position{Number: 5, Path: "p", ID: "i"}
	for i := range 1 << 7 {
		var q control.DeploymentQuery
		g := cursor.Page[position]{Limit: 50}
		set := func(bit int, f func()) {
			if i>>bit&1 == 1 {
				f()
			}
		}
		set(0, func() { q.Workflow = "w" })
		set(1, func() { q.Sync = "s" })
		set(2, func() { q.Commit = "c" })
		set(3, func() { q.Outcome = slipway.Valid })
		set(4, func() { q.WasLive = true })
		set(5, func() { q.Below = 9 })
		set(6, func() { g.After = after })
		statement, _ := listDeployments("env", q, g)
		list = append(list, statement)
		q.Whole = true
		statement, _ = listDeployments("env", q, g)
		list = append(list, statement)
	}
	return list
}

// TestPlans asks SQLite how it answers each statement: never by reading a whole
// table and never by sorting.
func TestPlans(t *testing.T) {
	s := newHasty(t)
	for _, statement := range statements() {
		args := make([]any, strings.Count(statement, "?"))
		plan, err := all(t.Context(), s.readers, func(rows *sql.Rows) (string, error) {
			var id, parent, unused int
			var detail string
			err := rows.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, "EXPLAIN QUERY PLAN "+statement, args...)
		if err != nil || len(plan) == 0 {
			t.Fatalf("%s: %v", statement, err)
		}
		for _, step := range plan {
			scan := strings.HasPrefix(step, "SCAN") && statement != listEnvironments && statement != listRemovals && !strings.Contains(step, "CONSTANT ROW")
			if scan || strings.Contains(step, "TEMP B-TREE") || strings.Contains(step, "AUTOMATIC") {
				t.Errorf("%s\n\tis answered by %q", statement, step)
			}
		}
		if text := fmt.Sprint(plan); statement == listEnvironments && !strings.Contains(text, "USING INDEX") {
			t.Errorf("%s\n\tis answered by %s", statement, text)
		}
	}
}
