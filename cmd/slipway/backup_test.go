package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
)

// refusedIn runs the program, which must refuse, and gives the code.
func refusedIn(t *testing.T, data string, args ...string) string {
	t.Helper()
	out, err := exec.Command("slipway", append([]string{"--json", "--data", data}, args...)...).Output()
	if err == nil {
		t.Errorf("slipway %v was not refused: %s", args, out)
	}
	_, rest, _ := strings.Cut(string(out), `"code": "`)
	code, _, _ := strings.Cut(rest, `"`)
	return code
}

// TestBackupBesideOthers backs up again and again while processes sync, roll
// back and prune; each back-up becomes a store that works.
func TestBackupBesideOthers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, repo := filepath.Join(dir, "data"), filepath.Join(dir, "repo")
	pairs := deploymentPairs(t, data, repo)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for _, args := range [][]string{
		{"live", "prod", "customClaims", pairs[0][0]},
		{"live", "prod", "customClaims", pairs[1][1]},
		{"sync", "prod"},
		{"prune"},
	} {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					slipwayIn(t, data, &map[string]any{}, args...)
				}
			}
		})
	}
	const n = 4
	for i := range n {
		file := filepath.Join(dir, string(rune('a'+i))+".zip")
		var b backedUp
		slipwayIn(t, data, &b, "backup", file)
		if len(b.Missing) > 0 || len(b.Blobs) < 8 {
			t.Errorf("back-up %d has %d blobs and lacks %v", i, len(b.Blobs), b.Missing)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 || info.Size() != b.Size {
			t.Errorf("%v (%v)", info, err)
		}
	}
	close(stop)
	wg.Wait()
	for i := range n {
		again := filepath.Join(dir, "again", string(rune('a'+i)))
		slipwayIn(t, again, &recovered{}, "recover", filepath.Join(dir, string(rune('a'+i))+".zip"))
		works(t, again, pairs[0][1])
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".slipway-backup-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// works reads a recovered store, syncs in it, and makes a deployment live.
func works(t *testing.T, data, deployment string) {
	t.Helper()
	inOrder(t, releases(t, data))
	var w control.WorkflowView
	slipwayIn(t, data, &w, "show", "prod", "customClaims")
	if w.Live == nil {
		t.Fatal("nothing is live")
	}
	slipwayIn(t, data, &syncResult{}, "sync", "prod")
	slipwayIn(t, data, &control.Moved{}, "live", "prod", "customClaims", deployment)
	var b backedUp
	slipwayIn(t, data, &b, "backup", data+".zip")
	if len(b.Missing) > 0 {
		t.Errorf("the recovered store lacks %v", b.Missing)
	}
}

// TestDamagedBackup cuts a back-up off at many places, and changes a byte at
// many: each time it is refused, and nothing is left.
func TestDamagedBackup(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "b.zip")
	deploymentPairs(t, data, filepath.Join(dir, "repo"))
	slipwayIn(t, data, &backedUp{}, "backup", file)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	// The headers of a zip have times and modes too, which nothing reads: bytes
	// are changed in the database.
	bad, again := filepath.Join(dir, "bad.zip"), filepath.Join(dir, "again")
	try := func(what string, content []byte) {
		t.Helper()
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if code := refusedIn(t, again, "recover", bad); code != "bad-backup" {
			t.Errorf("%s: %q", what, code)
		}
		if _, err := os.Lstat(again); !os.IsNotExist(err) {
			t.Fatalf("%s: something was left: %v", what, err)
		}
	}
	from, size := largestEntry(t, whole)
	for i := range 8 {
		try("cut", whole[:len(whole)*i/8])
		changed := whole
		for at := from + size*i/8; bytes.Equal(databaseIn(changed), databaseIn(whole)); at++ { // in a run of zeros a change may say the same
			changed = bytes.Clone(whole)
			changed[at] ^= 0x40
		}
		try("changed", changed)
	}
	try("cut by one", whole[:len(whole)-1])
}

// databaseIn reads the database of a backup, nil where it cannot be read.
func databaseIn(backup []byte) []byte {
	r, err := zip.NewReader(bytes.NewReader(backup), int64(len(backup)))
	if err != nil {
		return nil
	}
	file, err := slices.MaxFunc(r.File, bySize).Open()
	if err != nil {
		return nil
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return nil
	}
	return data
}

func bySize(a, b *zip.File) int { return cmp.Compare(a.UncompressedSize64, b.UncompressedSize64) }

// largestEntry is where the largest file of a zip has its bytes: the database.
func largestEntry(t *testing.T, whole []byte) (from, size int) {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	largest := slices.MaxFunc(r.File, bySize)
	offset, err := largest.DataOffset()
	if err != nil {
		t.Fatal(err)
	}
	return int(offset), int(largest.CompressedSize64)
}
