package backup_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/backup"
	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/sqlite"
	"github.com/slipway-dev/slipway/internal/storetest"
)

// world is a store with one deployment, whose bundle is stored.
type world struct {
	backup.Source
	store  *sqlite.Store
	blobs  *blob.Blobs
	dir    string
	digest string
	copies int
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{dir: t.TempDir()}
	var err error
	if w.store, err = sqlite.Open(t.Context(), filepath.Join(w.dir, "slipway.db")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	w.blobs = blobsIn(t, filepath.Join(w.dir, "blobs"))
	if w.digest, err = w.blobs.PutContent(t.Context(), "bundles", []byte("bundle")); err != nil {
		t.Fatal(err)
	}
	if err := w.store.CreateEnvironment(t.Context(), slipway.Environment{ID: "env", Slug: "prod"}, nil); err != nil {
		t.Fatal(err)
	}
	s, err := storetest.Begin(t.Context(), w.store, slipway.Sync{ID: "s", Environment: "env", Generation: 1, Status: slipway.SyncRunning})
	if err != nil {
		t.Fatal(err)
	}
	d := slipway.Deployment{ID: "d", Environment: "env", Sync: "s", Outcome: slipway.Valid, Digest: w.digest}
	if err := w.store.PutDeployments(t.Context(), s.Fence(), []slipway.Deployment{d}, nil); err != nil {
		t.Fatal(err)
	}
	w.Source = backup.Source{
		Copy: func(ctx context.Context, path string) error { w.copies++; return w.store.CopyTo(ctx, path) },
		Open: func(ctx context.Context, path string) (backup.Store, error) { return sqlite.Open(ctx, path) },
		Now:  time.Now, Blobs: w.blobs,
	}
	return w
}

func blobsIn(t *testing.T, dir string) *blob.Blobs {
	t.Helper()
	b, err := blob.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// write writes a back-up to a file and gives its path.
func (w *world) write(t *testing.T) (string, backup.Manifest) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "b.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := w.Write(t.Context(), f, t.TempDir())
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return path, m
}

func TestWriteAndRead(t *testing.T) {
	w := newWorld(t)
	path, m := w.write(t)
	if len(m.Blobs) != 1 || m.Blobs[0].Digest != w.digest || len(m.Missing) != 0 || w.copies != 1 {
		t.Fatalf("%+v after %d copies", m, w.copies)
	}
	dir := t.TempDir()
	blobs := blobsIn(t, filepath.Join(dir, "blobs"))
	if _, err := backup.Read(t.Context(), path, filepath.Join(dir, "db"), blobs); err != nil {
		t.Fatal(err)
	}
	if data, err := blobs.Content(t.Context(), "bundles", w.digest); err != nil || string(data) != "bundle" {
		t.Errorf("%s (%v)", data, err)
	}
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "db"))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := m.Check(t.Context(), s); err != nil {
		t.Error(err)
	}
	if err := (backup.Manifest{}).Check(t.Context(), s); fault.CodeOf(err) != "bad-backup" {
		t.Errorf("a manifest that lacks a bundle: %v", err)
	}
}

// TestVanished deletes the deployment and its bundle after the first copy of the
// database: the next copy needs it no more.
func TestVanished(t *testing.T) {
	w := newWorld(t)
	inner := w.Copy
	w.Copy = func(ctx context.Context, path string) error {
		if err := inner(ctx, path); err != nil || w.copies > 1 {
			return err
		}
		return errors.Join(w.store.DeleteDeployments(ctx, "env", 0, []string{"d"}), w.blobs.Delete(ctx, "bundles/sha256/"+w.digest[7:]))
	}
	if _, m := w.write(t); len(m.Blobs) != 0 || len(m.Missing) != 0 || w.copies != 2 {
		t.Errorf("%+v after %d copies", m, w.copies)
	}
}

// TestMissing says what the store itself does not have.
func TestMissing(t *testing.T) {
	w := newWorld(t)
	if err := os.WriteFile(filepath.Join(w.dir, "blobs/bundles/sha256", w.digest[7:]), []byte("bundlE"), 0o600); err != nil {
		t.Fatal(err)
	}
	path, m := w.write(t)
	if len(m.Blobs) != 0 || len(m.Missing) != 1 || m.Missing[0].Digest != w.digest {
		t.Errorf("%+v", m)
	}
	dir := t.TempDir()
	if _, err := backup.Read(t.Context(), path, filepath.Join(dir, "db"), blobsIn(t, dir)); err != nil {
		t.Error(err)
	}
}

// full is a disk with room for n bytes.
type full struct{ n int }

func (f *full) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, syscall.ENOSPC
	}
	return len(p), nil
}

func TestFullDisk(t *testing.T) {
	w := newWorld(t)
	path, _ := w.write(t)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for n := range 10 {
		_, err := w.Write(t.Context(), &full{int(info.Size()) * n / 10}, t.TempDir())
		if fault.CodeOf(err) != "backup-not-written" || !errors.Is(err, syscall.ENOSPC) || fault.Of(err).Hint == "" {
			t.Errorf("with room for %d of 10: %v", n, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	w := newWorld(t)
	path, _ := w.write(t)
	dir := t.TempDir()
	_, err := backup.Read(t.Context(), filepath.Join(dir, "none"), filepath.Join(dir, "db"), w.blobs)
	if fault.CodeOf(err) != "unknown-backup" {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "db"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = backup.Read(t.Context(), path, filepath.Join(dir, "db"), w.blobs)
	if fault.CodeOf(err) != "not-recovered" { // it overwrites nothing
		t.Error(err)
	}
}

// TestNewer has a database that a newer slipway wrote: it is not opened.
func TestNewer(t *testing.T) {
	w := newWorld(t)
	open := w.Open
	w.Open = func(ctx context.Context, path string) (backup.Store, error) {
		other := filepath.Join(t.TempDir(), "other.db")
		if err := w.store.CopyTo(ctx, other); err != nil {
			return nil, err
		}
		db, err := sql.Open("sqlite", path)
		if err != nil {
			return nil, err
		}
		_, err = db.ExecContext(ctx, "PRAGMA user_version = 999")
		if err := errors.Join(err, db.Close()); err != nil {
			return nil, err
		}
		return open(ctx, other)
	}
	path, _ := w.write(t)
	dir := t.TempDir()
	if _, err := backup.Read(t.Context(), path, filepath.Join(dir, "db"), blobsIn(t, filepath.Join(dir, "blobs"))); err != nil {
		t.Fatal(err)
	}
	if _, err := open(t.Context(), filepath.Join(dir, "db")); fault.CodeOf(err) != "store-newer" {
		t.Errorf("opened: %v", err)
	}
}
