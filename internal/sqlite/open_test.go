package sqlite_test

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/sqlite"
	"github.com/slipway-dev/slipway/internal/storetest"
)

func wantFault(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	f := fault.Of(err)
	if f == nil || f.Kind != kind || f.Code != code {
		t.Fatalf("got %v (%s), want %s (%s)", err, fault.CodeOf(err), kind, code)
	}
	if f.Hint == "" || strings.Contains(strings.ToLower(f.Detail), "sqlite") {
		t.Errorf("detail %q, hint %q", f.Detail, f.Hint)
	}
}

func TestOnlyTheOwnerReadsTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slipway.db")
	s := open(t, path)
	if err := storetest.Contend(t.Context(), s, "env", "row", 3); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("files %v (%v), want the store, its log and their index", files, err)
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v (%v), want 0600", file, info.Mode(), err)
		}
	}
}

func TestOpenAgainFindsWhatWasWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a b?mode=memory&c#d%20e'é.db")
	for i := range 3 {
		s, err := sqlite.Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		if err := storetest.Contend(t.Context(), s, "env", fmt.Sprint("row_", i), 2); err != nil {
			t.Fatal(err)
		}
		if ids := storetest.Whole(t, s, "env"); len(ids) != 2*(i+1) {
			t.Errorf("%d rows after opening %d times", len(ids), i+1)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 1 || files[0].Name() != filepath.Base(path) {
		t.Errorf("files %v (%v), want the one", files, err)
	}
}

func TestOpenTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slipway.db")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			s, err := sqlite.Open(t.Context(), path)
			if err != nil {
				t.Errorf("open: %v: %v", err, fault.Of(err).Unwrap())
				return
			}
			if err := storetest.Contend(t.Context(), s, "env", fmt.Sprint("row_", i), 2); err != nil {
				t.Error(err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if ids := storetest.Whole(t, open(t, path), "env"); len(ids) != 16 {
		t.Errorf("%d rows, want 16", len(ids))
	}
}

// another runs statements on path as another program would.
func another(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		make func(t *testing.T, path string)
		kind fault.Kind
		code string
	}{
		"a newer store": {func(t *testing.T, path string) {
			open(t, path)
			another(t, path, "PRAGMA user_version = 99")
		}, fault.Invalid, "store-newer"},
		"another program's database": {func(t *testing.T, path string) {
			another(t, path, "CREATE TABLE notes (text)")
		}, fault.Invalid, "store-foreign"},
		"what is no database": {func(t *testing.T, path string) {
			write(t, path, strings.Repeat("not a database\n", 500))
		}, fault.Internal, "store-corrupt"},
		"a folder": {func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, fault.Unavailable, "store-io"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "slipway.db")
			c.make(t, path)
			_, err := sqlite.Open(t.Context(), path)
			wantFault(t, err, c.kind, c.code)
		})
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestOpenMakesNoFolder(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "none")
	_, err := sqlite.Open(t.Context(), filepath.Join(folder, "slipway.db"))
	wantFault(t, err, fault.Unavailable, "store-io")
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
}

// TestDamagedFile damages every page but the first.
func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "slipway.db")
	s := open(t, path)
	if err := storetest.Contend(t.Context(), s, "env", "row", 3); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := 8192; i < len(data); i++ {
		data[i] = 0x5a
	}
	write(t, path, string(data))
	damaged, err := sqlite.Open(t.Context(), path)
	if err == nil {
		defer func() { _ = damaged.Close() }()
		_, err = damaged.Head(t.Context(), "env")
	}
	wantFault(t, err, fault.Internal, "store-corrupt")
}

func TestClosedStore(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "slipway.db"))
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Head(t.Context(), "env")
	wantFault(t, err, fault.Unavailable, "store-closed")
	wantFault(t, storetest.Contend(t.Context(), s, "env", "row", 1), fault.Unavailable, "store-closed")
}
