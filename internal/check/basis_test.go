package check_test

import (
	"io/fs"
	"maps"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/sandbox"
)

// basisRepository is two workflows; a imports lib/one.ts, by way of an index and
// a tsconfig's path, and b imports nothing.
func basisRepository() fstest.MapFS {
	m := repositoryOf(map[string]string{
		"aWorkflow.ts":   workflow("a", "user:pre_mfa", `import { one } from "@lib/dir"; import "./side"; globalThis.x = one;`),
		"side/index.ts":  "export {}",
		"bWorkflow.ts":   workflow("b", "user:plan_selection", ""),
		"badWorkflow.ts": "export default {",
	})
	m["tsconfig.json"] = &fstest.MapFile{Data: []byte(`{"extends": "./base.json"}`)}
	m["base.json"] = &fstest.MapFile{Data: []byte(`{"compilerOptions": {"paths": {"@lib/*": ["./first/*", "./lib/*"]}}}`)}
	m["lib/dir/index.ts"] = &fstest.MapFile{Data: []byte(`export { one } from "../one"`)}
	m["lib/one.ts"] = &fstest.MapFile{Data: []byte("export const one = 1")}
	return m
}

// Whatever changes in a repository, a recheck says what a check would.
func TestRecheckSaysWhatACheckWould(t *testing.T) {
	paths := []string{folder + "aWorkflow.ts", folder + "badWorkflow.ts", folder + "bWorkflow.ts"}
	first, err := checker().Files(t.Context(), check.Source{FS: basisRepository()}, paths)
	if err != nil {
		t.Fatal(err)
	}
	put := func(name, text string) func(fstest.MapFS) {
		return func(m fstest.MapFS) { m[name] = &fstest.MapFile{Data: []byte(text)} }
	}
	cases := []struct {
		name   string
		change func(fstest.MapFS)
		reused int
	}{
		{"nothing", func(fstest.MapFS) {}, 2},
		{"a file of no concern", put("README.md", "x"), 2},
		{"a new workflow", put(folder+"cWorkflow.ts", "x"), 2},
		{"the file", put(folder+"bWorkflow.ts", workflow("b2", "user:plan_selection", "")), 1},
		{"an import of an import", put("lib/one.ts", "export const one = 2"), 1},
		{"an import is gone", func(m fstest.MapFS) { delete(m, "lib/one.ts") }, 1},
		{"a file that an import means before", put("lib/one", "export const one = 3"), 1},
		{"a file that a path means before", put("first/dir.ts", "export const one = 4"), 1},
		{"a file instead of a folder", put(folder+"side.ts", "throw 1"), 1},
		{"a tsconfig", put("tsconfig.json", "{}"), 0},
		{"what a tsconfig extends", put("base.json", `{"compilerOptions": {"useDefineForClassFields": false}}`), 0},
		{"a link", func(m fstest.MapFS) {
			m["lib/other.ts"] = m["lib/one.ts"]
			m["lib/one.ts"] = &fstest.MapFile{Data: []byte("other.ts"), Mode: fs.ModeSymlink}
		}, 1},
	}
	for _, tc := range cases {
		fsys := basisRepository()
		tc.change(fsys)
		compareRecheck(t, tc.name, checker(), check.Source{FS: fsys}, paths, first, tc.reused)
	}
	fsys := basisRepository()
	compareRecheck(t, "another root", checker(), check.Source{FS: fsys, Root: "lib"}, paths, first, 0)
	compareRecheck(t, "another trigger", checker(), check.Source{FS: fsys, ExtraTriggers: []string{"t"}}, paths, first, 0)
	l := check.DefaultLimits()
	l.BundleBytes = 100
	compareRecheck(t, "other limits", check.New(bundle.New(), sandbox.New(), l), check.Source{FS: fsys}, paths, first, 0)
}

func compareRecheck(t *testing.T, name string, c *check.Checker, src check.Source, paths []string, before []check.File, reused int) {
	t.Helper()
	want, err := c.Files(t.Context(), src, paths)
	if err != nil {
		t.Fatal(err)
	}
	stored := make([]check.File, 0, len(before)) // as they come back from where they are kept
	for _, f := range before {
		f.Bundle = nil
		stored = append(stored, f)
	}
	got, err := c.Recheck(t.Context(), src, paths, stored)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(check.File{}, "Bundle")); diff != "" {
		t.Errorf("%s (-check +recheck):\n%s", name, diff)
	}
	n := 0
	for _, f := range got {
		if f.Valid() && f.Bundle == nil {
			n++
		}
	}
	if n != reused {
		t.Errorf("%s: %d verdicts were taken over, want %d", name, n, reused)
	}
}

// What failed is checked again each time: its reason may lie in paths that were
// not noted.
func TestRecheckTakesNoFailure(t *testing.T) {
	src, path := check.Source{FS: basisRepository()}, folder+"badWorkflow.ts"
	files, err := checker().Files(t.Context(), src, []string{path})
	if err != nil || files[0].Basis != "" || files[0].LookedAt != nil {
		t.Fatalf("a failed file has a basis: %+v %v", files, err)
	}
}

// Good and bad neighbours, files that import each other, links and warnings: what
// is said of a file alone and in a batch of all is the same, bundles included.
func TestBatchesDoNotMatter(t *testing.T) {
	all := basisRepository()
	maps.Copy(all, repositoryOf(map[string]string{
		"cWorkflow.ts": workflow("c", "user:pre_mfa", `import "./aWorkflow"; kinde?.["widget"]; nowhere();`),
		"dWorkflow.ts": workflow("d", "user:pre_mfa", `import { none } from "./side"; none();`),
		"eWorkflow.ts": workflow("e", "user:pre_mfa", `kinde.widget; x == NaN; if (typeof nowhere != "undefined") nowhere();`),
		"fWorkflow.ts": workflow("f", "user:pre_mfa", `import "./shout"`),
		"gWorkflow.ts": workflow("g", "user:pre_mfa", `import "./nothing"`),
		"shout.ts":     `if (-0 === 1 || typeof x == "strin") throw 1`,
		"hWorkflow.ts": "",
		"iWorkflow.js": `module.exports = { default: async () => {} }`,
	}))
	all[folder+"jWorkflow.ts"] = &fstest.MapFile{Data: []byte("bWorkflow.ts"), Mode: fs.ModeSymlink}
	src, c := check.Source{FS: all}, checker()
	found, err := c.Discover(t.Context(), src)
	if err != nil || len(found.Files) != 11 {
		t.Fatal(found, err)
	}
	batch, err := c.Files(t.Context(), src, found.Files)
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range found.Files {
		alone, err := c.Files(t.Context(), src, []string{path})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(alone[0], batch[i]); diff != "" {
			t.Errorf("%s (-alone +batch):\n%s", path, diff)
		}
	}
}
