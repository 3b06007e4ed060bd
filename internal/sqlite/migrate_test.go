package sqlite_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/sqlite"
	"github.com/slipway-dev/slipway/internal/storetest"
)

// prod is the environment of testdata/v1.sql that has records.
const prod = "env_01M85DX3WAPRWBN8A8QP16V9F7"

// firstVersion makes a store as the first version wrote it.
func firstVersion(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/v1.sql")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "slipway.db")
	write(t, path, "")
	another(t, path, "PRAGMA journal_mode = WAL", string(text))
	return path
}

// columns reads what the first version keeps in a file, table by table.
func columns(t *testing.T, path string) map[string][]string {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	found := map[string][]string{}
	for table, names := range map[string]string{
		"environments": "id, slug, document", "syncs": "environment, id, sequence, generation, ended, document",
		"deployments": "environment, id, workflow, sync, sequence, path, commit_sha, outcome, coalesce(first_live, 0), document",
		"workflows":   "environment, id, seen, document", "ledger": "environment, number, id, document", "states": "environment, number, hex(state)",
	} {
		found[table] = texts(t, db, "SELECT concat_ws('|', "+names+") FROM "+table+" ORDER BY 1")
		if len(found[table]) == 0 {
			t.Fatalf("%s is empty", table)
		}
	}
	return found
}

func texts(t *testing.T, db *sql.DB, query string) (list []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func wantFirstVersion(t *testing.T, s *sqlite.Store) {
	t.Helper()
	es, err := s.Environments(t.Context())
	if err != nil || len(es) != 2 || es[1].ID != prod || es[1].Slug != "prod" {
		t.Fatalf("environments %+v (%v)", es, err)
	}
	if got, want := storetest.Readable(t, s, prod), (storetest.Contents{Syncs: 3, Deployments: 6, Workflows: 2, Rows: 4}); got != want {
		t.Errorf("it has %+v, want %+v", got, want)
	}
	head, err := s.Head(t.Context(), prod)
	if err != nil || head.State.Workflows["greet"].Hold == nil || head.State.Workflows["claims"].Live == nil {
		t.Errorf("head %+v (%v)", head, err)
	}
}

func TestMigrate(t *testing.T) {
	path := firstVersion(t)
	before := columns(t, path)
	s := open(t, path)
	if diff := cmp.Diff(before, columns(t, path)); diff != "" {
		t.Errorf("what was there differs (-before +now):\n%s", diff)
	}
	wantFirstVersion(t, s)

	kept := path + ".before-v2"
	info, err := os.Stat(kept)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("the copy: %v, mode %v, want 0600", err, info.Mode())
	}
	if diff := cmp.Diff(before, columns(t, kept)); diff != "" {
		t.Errorf("the copy differs (-before +copy):\n%s", diff)
	}
	if err := storetest.Contend(t.Context(), s, prod, "row", 3); err != nil {
		t.Fatal(err)
	}
	wantFirstVersion(t, open(t, kept)) // it can be led on in its turn
}

// TestMigrateTogether starts processes on a store of the first version.
func TestMigrateTogether(t *testing.T) {
	path := firstVersion(t)
	const processes, times = 4, 3
	var waits []func() string
	for i := range processes {
		cmd, said := start(t, path, fmt.Sprint("p", i), times)
		waits = append(waits, func() string {
			if err := cmd.Wait(); err != nil {
				t.Errorf("process %d: %v", i, err)
			}
			return said.String()
		})
	}
	var all strings.Builder
	for _, wait := range waits {
		all.WriteString(wait())
	}
	s := open(t, path)
	if rows, _ := verify(t, s, all.String()); rows != processes*times {
		t.Errorf("%d rows, want %d", rows, processes*times)
	}
	wantFirstVersion(t, s)
	wantFirstVersion(t, open(t, path+".before-v2"))
}

// TestNewerStore: the fault names both versions and the copy to go on from, and
// what has the file open writes no more either.
func TestNewerStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slipway.db")
	s := open(t, path)
	another(t, path, "PRAGMA user_version = 99")
	wantFault(t, storetest.Contend(t.Context(), s, "env", "row", 1), fault.Invalid, "store-newer")

	_, err := sqlite.Open(t.Context(), path)
	wantFault(t, err, fault.Invalid, "store-newer")
	f := fault.Of(err)
	if !strings.Contains(f.Detail, "version 99") || !strings.Contains(f.Detail, "knows up to") || !strings.Contains(f.Hint, "use the newer slipway") {
		t.Errorf("detail %q, hint %q", f.Detail, f.Hint)
	}
	for _, version := range []string{"1", "98", "99"} {
		write(t, path+".before-v"+version, "")
	}
	_, err = sqlite.Open(t.Context(), path)
	if f := fault.Of(err); !strings.Contains(f.Hint, path+".before-v98") {
		t.Errorf("hint %q", f.Hint)
	}
}
