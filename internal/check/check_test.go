package check_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/sandbox"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const folder = "kindeSrc/environment/workflows/"

func workflow(id, trigger, more string) string {
	return fmt.Sprintf("export const workflowSettings = { id: %q, trigger: %q };\n%s\nexport default async () => {};\n", id, trigger, more)
}

func repositoryOf(texts map[string]string) fstest.MapFS {
	m := fstest.MapFS{"kinde.json": {Data: []byte("{}")}}
	for name, text := range texts {
		m[folder+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func hasCode(ds []diagnostic.Diagnostic, c diagnostic.Code) bool {
	return slices.ContainsFunc(ds, func(d diagnostic.Diagnostic) bool { return d.Code == c })
}

func TestLimits(t *testing.T) {
	l := check.DefaultLimits()
	l.Workflows, l.SourceBytes, l.BundleBytes, l.Evaluation = 3, 3000, 2000, time.Second
	run := func(l check.Limits, texts map[string]string) check.Report {
		r, err := check.New(bundle.New(), sandbox.New(), l).Check(t.Context(), check.Source{FS: repositoryOf(texts)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	many := map[string]string{"aWorkflow.ts": "", "bWorkflow.ts": "", "cWorkflow.ts": "", "dWorkflow.ts": ""}
	if r := run(l, many); !hasCode(r.Diagnostics, diagnostic.TooManyWorkflows) || len(r.Workflows) != 0 {
		t.Errorf("too many: %+v", r)
	}
	if r := run(l, map[string]string{"aWorkflow.ts": workflow("a", "user:pre_mfa", strings.Repeat(" ", 3000))}); !hasCode(r.Diagnostics, diagnostic.FileTooLarge) {
		t.Errorf("large file: %+v", r.Diagnostics)
	}
	if r := run(l, map[string]string{"aWorkflow.ts": workflow("a", "user:pre_mfa", "globalThis.x = '"+strings.Repeat("x", 2000)+"'")}); !hasCode(r.Diagnostics, diagnostic.BundleTooLarge) {
		t.Errorf("large bundle: %+v", r.Diagnostics)
	}
	l.Check, l.Evaluation = time.Second, 20*time.Second
	r := run(l, map[string]string{"aWorkflow.ts": workflow("a", "user:pre_mfa", "for (;;) {}"), "bWorkflow.ts": workflow("b", "user:pre_mfa", "")})
	if len(r.Workflows) != 2 || !hasCode(r.Workflows[1].Diagnostics, diagnostic.CheckTimeout) || r.OK() {
		t.Errorf("out of time: %+v", r)
	}
}

func TestCallerGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	time.AfterFunc(100*time.Millisecond, func() { cancel(why) })
	fsys := repositoryOf(map[string]string{"aWorkflow.ts": "for (;;) {}"})
	l := check.DefaultLimits()
	l.Evaluation = 20 * time.Second
	c := check.New(bundle.New(), sandbox.New(), l)
	if _, err := c.Check(ctx, check.Source{FS: fsys}, nil); !errors.Is(err, why) {
		t.Errorf("got %v, want the cause", err)
	}
	if _, err := c.Discover(ctx, check.Source{FS: fsys}); !errors.Is(err, why) {
		t.Errorf("got %v, want the cause", err)
	}
}

// What is checked alone, in a batch, and another time, is the same to the byte.
func TestDeterminism(t *testing.T) {
	fsys := repositoryOf(map[string]string{
		"aWorkflow.ts": workflow("a", "user:pre_mfa", ""), "bWorkflow.ts": "export default {", "cWorkflow.ts": workflow("c", "m2m:token_generation", "nowhere"),
		"dWorkflow.ts": workflow("d", "user:plan_selection", "console.log(Math.random(), Date.now())"),
	})
	src, c := check.Source{FS: fsys}, checker()
	paths := []string{folder + "dWorkflow.ts", folder + "aWorkflow.ts", folder + "bWorkflow.ts", folder + "cWorkflow.ts"}
	batch, err := c.Files(t.Context(), src, paths)
	if err != nil {
		t.Fatal(err)
	}
	for i, path := range paths {
		alone, err := c.Files(t.Context(), src, []string{path})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(alone[0], batch[i]); diff != "" {
			t.Errorf("%s (-alone +batch):\n%s", path, diff)
		}
	}
}

func TestFileRoundTrips(t *testing.T) {
	files, err := checker().Files(t.Context(), check.Source{FS: repositoryOf(map[string]string{"aWorkflow.ts": workflow("a", "user:pre_mfa", "console.log(1)")})}, []string{folder + "aWorkflow.ts"})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var back check.File
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	back.Bundle = files[0].Bundle
	if diff := cmp.Diff(files[0], back); diff != "" || !back.Valid() {
		t.Error(diff)
	}
}

func TestAcrossChangesNothingInPlace(t *testing.T) {
	one := check.File{Path: "a", Digest: "sha256:x", Settings: slipway.Settings{ID: "x", Trigger: "t"}, Diagnostics: make([]diagnostic.Diagnostic, 0, 8)}
	two := one
	two.Path = "b"
	files := []check.File{one, two}
	out := check.Across(files, nil)
	if out[0].Valid() || out[1].Valid() || !files[0].Valid() || len(files[0].Diagnostics) != 0 {
		t.Errorf("in %+v, out %+v", files, out)
	}
	if !strings.Contains(out[0].Diagnostics[0].Message, "b") {
		t.Error("the other is not named")
	}
}

func TestExchangeOfTriggers(t *testing.T) {
	files := []check.File{
		{Path: "a", Digest: "x", Settings: slipway.Settings{ID: "a", Trigger: "2"}},
		{Path: "b", Digest: "x", Settings: slipway.Settings{ID: "b", Trigger: "1"}},
	}
	stored := []check.Stored{{Workflow: "a", Trigger: "1", Path: "a", Live: true}, {Workflow: "b", Trigger: "2", Path: "b", Live: true}, {Workflow: "c", Trigger: "1", Path: "c"}}
	for _, f := range check.Across(files, stored) {
		if len(f.Diagnostics) != 0 {
			t.Errorf("%s: %+v", f.Path, f.Diagnostics)
		}
	}
}

func TestTreeIsConfined(t *testing.T) {
	m := fstest.MapFS{"a/x": {Data: []byte("x")}}
	for name, target := range map[string]string{"up": "../x", "abs": "/etc/hostname", "win": `C:\x`, "loop": "loop", "one": "two", "two": "one", "a/in": "../a/x", "dir": "a", "nm": "a/node_modules/y", "none": "a/none"} {
		m[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink}
	}
	tree := check.Tree{FS: m}
	for name, want := range map[string]error{
		"up": check.ErrOutside, "abs": check.ErrOutside, "win": check.ErrOutside, "loop": check.ErrLoop, "one": check.ErrLoop, "../x": check.ErrOutside, "a/../../x": check.ErrOutside,
		"nm": check.ErrExcluded, "none": fs.ErrNotExist, "a/in": nil, "dir/x": nil, "dir/in": nil, "a": check.ErrNoFile, "a/x/y": fs.ErrNotExist, ".git/x": check.ErrExcluded,
	} {
		if _, err := tree.Read(name, 10); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}

func TestVersionNamesTheTools(t *testing.T) {
	for _, v := range []string{check.EsbuildVersion, check.QuickJSVersion, check.InfrastructureVersion} {
		if !strings.Contains(check.Version(), v) {
			t.Errorf("%q lacks %q", check.Version(), v)
		}
	}
}
