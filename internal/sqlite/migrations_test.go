package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// steps are today's migrations and then these.
func steps(t *testing.T, more ...string) []migration {
	t.Helper()
	ms, err := readMigrations(migrations)
	if err != nil {
		t.Fatal(err)
	}
	for _, statements := range more {
		ms = append(ms, migration{ms[len(ms)-1].version + 1, statements})
	}
	return ms
}

// TestHalfAMigration fails in the middle of the second of two new steps: the
// first stays, of the second nothing does, and it can be done again.
func TestHalfAMigration(t *testing.T) {
	wait := patience{lock: 30 * time.Millisecond, pause: time.Millisecond, tries: 2}
	path := filepath.Join(t.TempDir(), "slipway.db")
	today := hasty(t, path)
	if err := begin(t.Context(), today); err != nil {
		t.Fatal(err)
	}
	version := today.version
	first := "CREATE TABLE one (a); PRAGMA user_version = " + strconv.Itoa(version+1) + ";"
	second := "CREATE TABLE two (a); PRAGMA user_version = " + strconv.Itoa(version+2) + ";"
	_, err := openWith(t.Context(), path, wait, steps(t, first, second+" INSERT INTO nowhere VALUES (1);"))
	wantCode(t, err, fault.Internal, "store-refused")

	var found, tables int
	err = today.readers.QueryRowContext(t.Context(),
		"SELECT user_version, (SELECT count(*) FROM sqlite_schema WHERE name IN ('one', 'two')) FROM pragma_user_version").Scan(&found, &tables)
	if err != nil || found != version+1 || tables != 1 {
		t.Errorf("version %d with %d new tables (%v), want %d with 1", found, tables, err, version+1)
	}
	if _, err := today.Sync(t.Context(), "env", "sync_a"); err != nil {
		t.Errorf("what was there cannot be read: %v", err)
	}
	s, err := openWith(t.Context(), path, wait, steps(t, first, second))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, step := range []int{version + 1, version + 2} {
		if _, err := os.Stat(path + beforeVersion + strconv.Itoa(step)); err != nil {
			t.Error(err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".slipway-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

// TestOlderProgram opens today's store as the program of each version before
// would: none tries to read what it does not know.
func TestOlderProgram(t *testing.T) {
	s := newHasty(t)
	all := steps(t)
	for n := 1; n < len(all); n++ {
		_, err := openWith(t.Context(), s.path, s.wait, all[:n])
		wantCode(t, err, fault.Invalid, "store-newer")
	}
}

// TestMigrationLists: what migration 0006 writes of a document is what is written
// beside a new one.
func TestMigrationLists(t *testing.T) {
	s := newHasty(t)
	if err := begin(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	f := slipway.Fence{Environment: "env", Sync: "sync_a"}
	var ds []slipway.Deployment
	for i, text := range []string{"", "a", "3:b", "ünïcödé 日本語 🚀", "two\nlines\t", "nul\x00inside", "\x00", "a\xffb\xfe\xfd", "<&>", "\u2028"} {
		ds = append(ds, slipway.Deployment{
			ID: "dep" + text, Environment: "env", Workflow: text, Sync: "sync_a", Sequence: int64(i), Path: text, Outcome: slipway.Valid,
			Commit: slipway.Commit{SHA: text, Author: text, Email: text, Message: text, Time: time.Date(2026, 3, i+1, 1, 2, 3, 123456780, time.UTC)},
			Digest: text, Code: slipway.Code(text), Settings: slipway.Settings{ID: "w", Name: text, Trigger: text}, Size: int64(i) << 40,
			Unchanged: i%2 == 0, CreatedAt: time.Date(9999, 12, 31, 23, 59, 59, i, time.UTC),
		})
	}
	if err := s.PutDeployments(t.Context(), f, ds, nil); err != nil {
		t.Fatal(err)
	}
	read := func() (list []string) {
		list, err := all(t.Context(), s.readers, func(rows *sql.Rows) (text string, err error) {
			err = rows.Scan(&text)
			return text, err
		}, "SELECT listed FROM deployments ORDER BY sequence")
		if err != nil || len(list) != len(ds) || slices.Contains(list, "") {
			t.Fatalf("%d lists (%v)", len(list), err)
		}
		return list
	}
	want := read()
	_, update, found := strings.Cut(steps(t)[5].statements, "ADD COLUMN listed TEXT NOT NULL DEFAULT '';")
	if !found {
		t.Fatal("the migration is another")
	}
	if _, err := s.writer.ExecContext(t.Context(), "UPDATE deployments SET listed = ''; "+update); err != nil {
		t.Fatal(err)
	}
	for i, got := range read() {
		if got != want[i] {
			t.Errorf("the migration writes %q, a put %q", got, want[i])
		}
	}
}

// TestNoCopyNoMigration: without room for the copy the store stays what it is.
func TestNoCopyNoMigration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slipway.db")
	s := hasty(t, path)
	if err := os.Mkdir(path+beforeVersion+strconv.Itoa(s.version+1), 0o700); err != nil {
		t.Fatal(err)
	}
	next := "PRAGMA user_version = " + strconv.Itoa(s.version+1)
	_, err := openWith(t.Context(), path, s.wait, steps(t, next))
	if err == nil {
		t.Fatal("it was opened")
	}
	if err := begin(t.Context(), s); err != nil {
		t.Errorf("the store is no longer what it was: %v", err)
	}
}

func TestNumbersOfMigrations(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		want  []int
	}{
		"in order":        {[]string{"0010-c.sql", "0001-a.sql", "0002-b.sql"}, []int{1, 2, 10}},
		"none":            {nil, nil},
		"no number":       {[]string{"first.sql"}, nil},
		"a short number":  {[]string{"1-first.sql"}, nil},
		"twice the same":  {[]string{"0001-a.sql", "0001-b.sql"}, nil},
		"a number of nil": {[]string{"0000-a.sql"}, nil},
	} {
		files := fstest.MapFS{}
		for _, f := range c.files {
			files["migrations/"+f] = &fstest.MapFile{}
		}
		ms, err := readMigrations(files)
		if c.want == nil {
			wantCode(t, err, fault.Internal, "bad-migration")
			continue
		}
		var got []int
		for _, m := range ms {
			got = append(got, m.version)
		}
		if err != nil || len(got) != len(c.want) || got[0] != 1 || got[2] != 10 {
			t.Errorf("%s: %v (%v)", name, got, err)
		}
	}
}
