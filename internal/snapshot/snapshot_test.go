package snapshot_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// link marks a target in the maps that build makes snapshots from.
type link string

func build(t *testing.T, files map[string]any) *snapshot.Snapshot {
	t.Helper()
	b := snapshot.NewBuilder(snapshot.DefaultLimits())
	for name, content := range files {
		var err error
		switch content := content.(type) {
		case string:
			err = b.Add(name, 0o644, []byte(content))
		case link:
			err = b.Add(name, fs.ModeSymlink, []byte(content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.Snapshot()
}

func TestIsAFileSystem(t *testing.T) {
	s := build(t, map[string]any{
		"kinde.json": "{}", "empty": "", "src/a.ts": "a", "src/deep/b.ts": "b",
		"to-file": link("src/a.ts"), "to-folder": link("src/deep"), "src/up": link("../kinde.json"),
	})
	if err := fstest.TestFS(s, "kinde.json", "empty", "src/a.ts", "src/deep/b.ts", "to-file", "to-folder", "src/up"); err != nil {
		t.Error(err)
	}
	sub, err := fs.Sub(s, "src")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := fs.ReadFile(sub, "up"); err != nil || string(got) != "{}" {
		t.Errorf("read src/up through Sub = %q, %v", got, err)
	}
}

func TestLinksAreFollowedInside(t *testing.T) {
	s := build(t, map[string]any{
		"a/b/file": "content", "a/other": "other",
		"one": link("a/b/file"), "folder": link("a/b"), "chain": link("folder/file"),
		"a/b/up": link("../other"), "physical": link("folder/../other"), "self": link("."), "slash": link("a//b/"),
	})
	for name, want := range map[string]string{
		"one": "content", "folder/file": "content", "chain": "content", "folder/up": "other",
		"physical": "other", "self/self/one": "content", "slash/file": "content",
	} {
		if got, err := s.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("read %s = %q, %v; want %q", name, got, err, want)
		}
	}
	info, err := s.Stat("folder")
	if err != nil || !info.IsDir() || info.Name() != "folder" {
		t.Errorf("stat folder = %v, %v", info, err)
	}
	if info, err := s.Lstat("folder"); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("lstat folder = %v, %v", info, err)
	}
	entries, err := s.ReadDir("folder")
	if err != nil || len(entries) != 2 || entries[1].Type() != fs.ModeSymlink {
		t.Errorf("entries of folder = %v, %v", entries, err)
	}
}

func TestLinksThatAreNotFollowed(t *testing.T) {
	s := build(t, map[string]any{
		"real/file": "x", "node_modules/lib/index.js": "left out",
		"leaves": link("../outside"), "deep/leaves": link("../../etc/passwd"), "back": link("real/../../again"),
		"absolute": link("/etc/passwd"), "drive": link(`C:\secrets`), "unc": link(`\\host\share`),
		"loop": link("loop"), "ping": link("pong"), "pong": link("ping"), "grow": link("grow/grow/x"),
		"dangles": link("real/nothing"), "nested": link("dangles/further"), "file-as-folder": link("real/file/x"), "nothing": link(""),
		"lib": link("node_modules/lib"), "git": link("real/../.git/config"),
	})
	for name, want := range map[string]snapshot.LinkReason{
		"leaves": snapshot.LinkLeaves, "deep/leaves": snapshot.LinkLeaves, "back": snapshot.LinkLeaves,
		"absolute": snapshot.LinkAbsolute, "drive": snapshot.LinkAbsolute, "unc": snapshot.LinkAbsolute,
		"loop": snapshot.LinkLoops, "ping": snapshot.LinkLoops, "grow": snapshot.LinkLoops, "loop/below": snapshot.LinkLoops,
		"dangles": snapshot.LinkDangles, "nested": snapshot.LinkDangles, "file-as-folder": snapshot.LinkDangles, "nothing": snapshot.LinkDangles,
		"lib": snapshot.LinkLeftOut, "git": snapshot.LinkLeftOut, "leaves/below": snapshot.LinkLeaves,
	} {
		_, err := s.Open(name)
		bad, ok := errors.AsType[*snapshot.LinkError](err)
		if !ok || bad.Reason != want {
			t.Errorf("open %s: %v; want a link that %s", name, err, want)
			continue
		}
		gone := want == snapshot.LinkDangles || want == snapshot.LinkLeftOut
		if errors.Is(err, fs.ErrNotExist) != gone || errors.Is(err, fs.ErrInvalid) == gone {
			t.Errorf("open %s: %v is of the wrong sort", name, err)
		}
		if _, err := s.Stat(name); err == nil {
			t.Errorf("stat %s: no error", name)
		}
	}
	if target, err := s.ReadLink("absolute"); err != nil || target != "/etc/passwd" {
		t.Errorf("readlink absolute = %q, %v", target, err)
	}
	if _, err := s.ReadLink("real/file"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("readlink of a file: %v", err)
	}
}

func TestReadFileGivesACopy(t *testing.T) {
	s := build(t, map[string]any{"a": "abc"})
	data, _ := s.ReadFile("a")
	data[0] = 'X'
	if again, _ := s.ReadFile("a"); string(again) != "abc" {
		t.Errorf("the snapshot changed to %q", again)
	}
}

func TestBadPathsAreRefused(t *testing.T) {
	long := string(make([]byte, 300))
	for _, name := range []string{
		"", "/abs", "../up", "a/../b", "a/./b", ".", "..", "a//b", "a/", `a\b`, `..\up`, "a\x00b", "bad\xff", "x/" + long,
	} {
		b := snapshot.NewBuilder(snapshot.DefaultLimits())
		if code := fault.CodeOf(b.Add(name, 0o644, nil)); code != "bad-path" {
			t.Errorf("add %q: code %q", name, code)
		}
	}
	b := snapshot.NewBuilder(snapshot.DefaultLimits())
	for _, step := range []struct{ name, code string }{
		{"a", ""}, {"a", "bad-path"}, {"a/b", "bad-path"}, {"A", ""}, {"c/d", ""}, {"c", "bad-path"},
	} {
		if code := fault.CodeOf(b.Add(step.name, 0o644, nil)); code != step.code {
			t.Errorf("add %q: code %q, want %q", step.name, code, step.code)
		}
	}
	if code := fault.CodeOf(b.Add("dev", fs.ModeDevice, nil)); code != "bad-path" {
		t.Errorf("add a device: code %q", code)
	}
}

func TestOddPathsAreSkipped(t *testing.T) {
	b := snapshot.NewBuilder(snapshot.DefaultLimits())
	for _, name := range []string{`win\path`, "latin\xe9", "fine", ".git/x\\y"} {
		if err := b.AddOrSkip(name, 0o644, nil); err != nil {
			t.Errorf("add %q: %v", name, err)
		}
	}
	if code := fault.CodeOf(b.AddOrSkip("../x", 0o644, nil)); code != "bad-path" {
		t.Errorf("add ../x: code %q", code)
	}
	s := b.Snapshot()
	want := []snapshot.Skipped{{Path: "latin\xe9", Why: "is not UTF-8"}, {Path: `win\path`, Why: "holds a backslash"}}
	if diff := cmp.Diff(want, s.Skipped()); diff != "" || s.Files() != 1 {
		t.Errorf("%d files, skipped (-want +got):\n%s", s.Files(), diff)
	}
}

func TestLimits(t *testing.T) {
	small := snapshot.Limits{Bytes: 10, Files: 2}
	for _, c := range []struct {
		name  string
		files map[string]string
		code  string
	}{
		{"at both", map[string]string{"a": "12345", "b": "12345"}, ""},
		{"a byte over", map[string]string{"a": "12345", "b": "123456"}, "repository-too-large"},
		{"a file over", map[string]string{"a": "1", "b": "1", "c": "1"}, "repository-too-large"},
		{"left out does not count", map[string]string{"a": "1", ".git/x": "12345678901", "x/node_modules/a/b": "12345678901", "node_modules": "1"}, ""},
	} {
		b := snapshot.NewBuilder(small)
		var err error
		for name, data := range c.files {
			err = errors.Join(err, b.Add(name, 0o644, []byte(data)))
		}
		if code := fault.CodeOf(err); code != c.code {
			t.Errorf("%s: code %q, want %q", c.name, code, c.code)
		}
		if f := fault.Of(err); err != nil && (f.Hint == "" || f.Kind != fault.Invalid) {
			t.Errorf("%s: %s fault with hint %q", c.name, f.Kind, f.Hint)
		}
	}
}

func TestFoldersAndNamesAreBounded(t *testing.T) {
	deep := ""
	for range 400 {
		deep += "d/"
	}
	b := snapshot.NewBuilder(snapshot.Limits{Bytes: 1 << 20, Files: 100})
	var err error
	for i := 0; i < 100 && err == nil; i++ {
		err = b.Add(fmt.Sprintf("%d/%sx", i, deep), 0o644, nil)
	}
	if fault.CodeOf(err) != "repository-too-large" {
		t.Errorf("40,000 folders for 100 files: %v", err)
	}
}

func TestFromDir(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret")
	write(t, outside, "secret")
	write(t, filepath.Join(dir, "kinde.json"), "{}")
	write(t, filepath.Join(dir, "src/run.sh"), "#!/bin/sh")
	write(t, filepath.Join(dir, ".git/config"), "[core]")
	write(t, filepath.Join(dir, "src/node_modules/x/index.js"), "x")
	if err := os.Chmod(filepath.Join(dir, "src/run.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"out": outside, "in": "src/run.sh"} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip("this system makes no symbolic links")
		}
	}
	s, err := snapshot.FromDir(t.Context(), dir, snapshot.Limits{Bytes: 1000, Files: 4})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{
		"kinde.json": 0o644, "src": fs.ModeDir | 0o755, "src/run.sh": 0o755,
		"out": fs.ModeSymlink | 0o777, "in": fs.ModeSymlink | 0o777, ".": fs.ModeDir | 0o755,
	}
	if diff := cmp.Diff(want, modes(t, s)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if _, err := s.ReadFile("out"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("read a link that leads out: %v", err)
	}
	if got, err := s.ReadFile("in"); err != nil || string(got) != "#!/bin/sh" {
		t.Errorf("read a link = %q, %v", got, err)
	}
}

func TestFromDirFaults(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	write(t, file, "12345")
	for _, c := range []struct {
		dir    string
		limits snapshot.Limits
		code   string
	}{
		{filepath.Join(dir, "nothing"), snapshot.DefaultLimits(), "folder-not-found"},
		{file, snapshot.DefaultLimits(), "not-a-folder"},
		{dir, snapshot.Limits{Bytes: 4, Files: 10}, "repository-too-large"},
		{dir, snapshot.Limits{Bytes: 5, Files: 0}, "repository-too-large"},
		{dir, snapshot.Limits{Bytes: 5, Files: 1}, ""},
	} {
		if _, err := snapshot.FromDir(t.Context(), c.dir, c.limits); fault.CodeOf(err) != c.code {
			t.Errorf("%s with %v: %v, want %q", c.dir, c.limits, err, c.code)
		}
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func modes(t *testing.T, s fs.FS) map[string]fs.FileMode {
	t.Helper()
	found := map[string]fs.FileMode{}
	err := fs.WalkDir(s, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		found[name] = info.Mode()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
