package blob_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/fault"
)

// The digest of "hello".
const helloDigest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

func open(t *testing.T, dir string) *blob.Blobs {
	t.Helper()
	b, err := blob.OpenDir(dir)
	if err != nil {
		t.Fatalf("open blobs: %v", err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("close blobs: %v", err)
		}
	})
	return b
}

func fileOf(dir, kind, digest string) string {
	return filepath.Join(dir, kind, "sha256", strings.TrimPrefix(digest, "sha256:"))
}

func putContent(t *testing.T, b *blob.Blobs, data []byte) string {
	t.Helper()
	digest, err := b.PutContent(t.Context(), "bundle", data)
	if err != nil {
		t.Fatalf("put content: %v", err)
	}
	return digest
}

func wantContent(t *testing.T, b *blob.Blobs, digest string, want []byte) {
	t.Helper()
	got, err := b.Content(t.Context(), "bundle", digest)
	if err != nil || !bytes.Equal(got, want) {
		t.Fatalf("content is %.40q (%v), want %.40q", got, err, want)
	}
}

func wantFault(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if !fault.Is(err, kind) || fault.CodeOf(err) != code {
		t.Fatalf("got %v (%s), want %s (%s)", err, fault.CodeOf(err), kind, code)
	}
	if kind == fault.Unavailable && fault.Of(err).Hint == "" {
		t.Errorf("%v has no hint", err)
	}
}

func TestContent(t *testing.T) {
	b := open(t, filepath.Join(t.TempDir(), "new", "blobs"))
	if got := putContent(t, b, []byte("hello")); got != helloDigest {
		t.Errorf("digest is %s, want %s", got, helloDigest)
	}
	for _, data := range [][]byte{{}, {0}, []byte("hello"), bytes.Repeat([]byte{7, 0, 255}, 1<<20)} {
		wantContent(t, b, putContent(t, b, data), data)
		wantContent(t, b, putContent(t, b, data), data)
	}
	_, err := b.Content(t.Context(), "bundle", "sha256:"+strings.Repeat("0", 64))
	wantFault(t, err, fault.NotFound, "unknown-blob")
	_, err = b.Content(t.Context(), "snapshot", helloDigest) // kinds do not mix
	wantFault(t, err, fault.NotFound, "unknown-blob")
}

func TestContentIsWrittenOnce(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	digest := putContent(t, b, []byte("hello"))
	before, err := os.Stat(fileOf(dir, "bundle", digest))
	if err != nil {
		t.Fatal(err)
	}
	putContent(t, b, []byte("hello"))
	after, err := os.Stat(fileOf(dir, "bundle", digest))
	if err != nil || !os.SameFile(before, after) {
		t.Errorf("the file was written again (%v)", err)
	}
	if after.Mode().Perm() != 0o600 {
		t.Errorf("the file's mode is %v", after.Mode())
	}
}

// TestDamagedContent damages a file in each way; it counts as absent, and the
// next writer puts it right.
func TestDamagedContent(t *testing.T) {
	for name, bad := range map[string]string{"changed": "hellO", "cut": "hell", "longer": "hello\n", "empty": ""} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			b := open(t, dir)
			digest := putContent(t, b, []byte("hello"))
			if err := os.WriteFile(fileOf(dir, "bundle", digest), []byte(bad), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := b.Content(t.Context(), "bundle", digest)
			wantFault(t, err, fault.NotFound, "unknown-blob")
			putContent(t, b, []byte("hello"))
			wantContent(t, b, digest, []byte("hello"))
		})
	}
}

// TestHalfWritten leaves what a killed writer leaves beside the content.
func TestHalfWritten(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	file := fileOf(dir, "bundle", helloDigest)
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file+".17fabc.tmp", []byte("hel"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := b.Content(t.Context(), "bundle", helloDigest)
	wantFault(t, err, fault.NotFound, "unknown-blob")
	_, err = b.Get(t.Context(), "bundle/sha256/"+filepath.Base(file)+".17fabc.tmp")
	wantFault(t, err, fault.Invalid, "bad-blob-name")
	putContent(t, b, []byte("hello"))
	wantContent(t, b, helloDigest, []byte("hello"))
}

func TestNamed(t *testing.T) {
	dir := t.TempDir()
	a, b := open(t, dir), open(t, dir)
	const name = "checks/sync_01/1/batch ü 0.json"
	_, err := b.Get(t.Context(), name)
	wantFault(t, err, fault.NotFound, "unknown-blob")
	for _, data := range []string{"one", "", "three, longer"} {
		if err := a.Put(t.Context(), name, []byte(data)); err != nil {
			t.Fatal(err)
		}
		got, err := b.Get(t.Context(), name)
		if err != nil || string(got) != data {
			t.Errorf("got %q (%v), want %q", got, err, data)
		}
	}
	for _, absent := range []string{"checks", "checks/sync_01", name + "/below"} {
		_, err := b.Get(t.Context(), absent)
		wantFault(t, err, fault.NotFound, "unknown-blob")
	}
	wantFault(t, a.Put(t.Context(), name+"/below", nil), fault.Unavailable, "blobs-io")
}

func TestBadNames(t *testing.T) {
	dir := t.TempDir()
	b := open(t, filepath.Join(dir, "blobs"))
	for _, name := range []string{
		"", ".", "..", "../x", "a/../../x", "a/..", "/a", "a/", "a//b", "./a", `a\b`, "a\x00b", "a\nb", "\xff", "a.tmp", "a.attrs/b",
		strings.Repeat("a", 201), strings.Repeat("a/", 500) + "a",
	} {
		wantFault(t, b.Put(t.Context(), name, []byte("x")), fault.Invalid, "bad-blob-name")
		_, err := b.Get(t.Context(), name)
		wantFault(t, err, fault.Invalid, "bad-blob-name")
	}
	for _, kind := range []string{"", "..", "a/b", "A", "a b", "-a", strings.Repeat("a", 65)} {
		_, err := b.PutContent(t.Context(), kind, []byte("x"))
		wantFault(t, err, fault.Invalid, "bad-blob-name")
		_, err = b.Content(t.Context(), kind, helloDigest)
		wantFault(t, err, fault.Invalid, "bad-blob-name")
	}
	for _, digest := range []string{"", "sha256:", helloDigest[:70], helloDigest + "0", "sha1:" + helloDigest[7:], strings.ToUpper(helloDigest), "sha256:../../" + helloDigest[13:]} {
		_, err := b.Content(t.Context(), "bundle", digest)
		wantFault(t, err, fault.Invalid, "bad-blob-name")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("something was written beside the folder: %v (%v)", entries, err)
	}
}

// TestTogether lets two handles put and read the same and other bytes at once.
func TestTogether(t *testing.T) {
	dir := t.TempDir()
	handles := []*blob.Blobs{open(t, dir), open(t, dir)}
	same := bytes.Repeat([]byte("same"), 50_000)
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			b := handles[i%2]
			for round := range 10 {
				for _, data := range [][]byte{same, fmt.Appendf(nil, "%d in %d", i, round)} {
					digest, err := b.PutContent(t.Context(), "bundle", data)
					if err != nil {
						t.Errorf("put: %v", err)
						return
					}
					got, err := handles[(i+1)%2].Content(t.Context(), "bundle", digest)
					if err != nil || !bytes.Equal(got, data) {
						t.Errorf("content %s: %.20q (%v)", digest, got, err)
					}
				}
			}
		})
	}
	wg.Wait()
	if left := temporary(t, dir); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

func temporary(t *testing.T, dir string) (left []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".tmp") {
			left = append(left, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return left
}

func TestEndedContext(t *testing.T) {
	dir := t.TempDir()
	b := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, put := b.PutContent(ctx, "bundle", []byte("hello"))
	_, content := b.Content(ctx, "bundle", helloDigest)
	_, get := b.Get(ctx, "name")
	for name, err := range map[string]error{"PutContent": put, "Content": content, "Put": b.Put(ctx, "name", []byte("x")), "Get": get} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s gives %v", name, err)
		}
	}
	_, err := b.Get(t.Context(), "name")
	wantFault(t, err, fault.NotFound, "unknown-blob")
	if left := temporary(t, dir); len(left) > 0 {
		t.Errorf("temporary files are left: %v", left)
	}
}

func TestOpenDirRefuses(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := blob.OpenDir(file)
	wantFault(t, err, fault.Unavailable, "blobs-io")
}

func TestFolderMode(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "blobs")
	putContent(t, open(t, dir), []byte("hello"))
	for _, folder := range []string{dir, filepath.Join(dir, "bundle"), filepath.Join(dir, "bundle", "sha256")} {
		info, err := os.Stat(folder)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v (%v), want mode 0700", folder, info.Mode(), err)
		}
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
