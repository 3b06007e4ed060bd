package check_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/sandbox"
)

var update = flag.Bool("update", false, "write the golden results")

func checker() *check.Checker {
	l := check.DefaultLimits()
	l.Evaluation = 400 * time.Millisecond
	if raceEnabled {
		l.Evaluation = 3 * time.Second
	}
	return check.New(bundle.New(), sandbox.New(), l)
}

// TestRepositories checks each testdata/*.txtar: the files of a repository, and
// last the file "want" with what the check says. Lines before the first file may
// say "root: sub", "trigger: extra", "stored: workflow trigger path" or
// "link: name target".
func TestRepositories(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no repositories: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			src, stored, want := repository(t, archive)
			report, err := checker().Check(t.Context(), src, stored)
			if err != nil {
				t.Fatal(err)
			}
			got := render(report)
			if *update {
				writeWant(t, path, archive, got)
				return
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("run go test ./internal/check -update if this is right (-want +got):\n%s", diff)
			}
			secret(t, report)
		})
	}
}

func repository(t *testing.T, a *txtar.Archive) (check.Source, []check.Stored, string) {
	t.Helper()
	m := fstest.MapFS{}
	src := check.Source{FS: m}
	var stored []check.Stored
	for line := range strings.SplitSeq(string(a.Comment), "\n") {
		f := strings.Fields(line)
		switch {
		case len(f) == 2 && f[0] == "root:":
			src.Root = f[1]
		case len(f) == 2 && f[0] == "trigger:":
			src.ExtraTriggers = append(src.ExtraTriggers, f[1])
		case len(f) == 4 && f[0] == "stored:":
			stored = append(stored, check.Stored{Workflow: f[1], Trigger: f[2], Path: f[3], Live: true})
		case len(f) == 3 && f[0] == "link:":
			m[f[1]] = &fstest.MapFile{Data: []byte(f[2]), Mode: fs.ModeSymlink | 0o777}
		}
	}
	want := ""
	for _, f := range a.Files {
		if f.Name == "want" {
			want = string(f.Data)
			continue
		}
		m[f.Name] = &fstest.MapFile{Data: f.Data, Mode: 0o644}
	}
	return src, stored, want
}

func render(r check.Report) string {
	var b strings.Builder
	fmt.Fprintf(&b, "ok: %v\n", r.OK())
	for _, f := range r.Workflows {
		fmt.Fprintf(&b, "workflow %s valid=%v id=%q name=%q trigger=%q policy=%q bindings=%v\n", f.Path, f.Valid(), f.Settings.ID, f.Settings.Name,
			f.Settings.Trigger, f.Settings.FailurePolicy, f.Settings.Bindings)
	}
	for _, d := range r.Diagnostics {
		fmt.Fprintf(&b, "%s %s %s:%d:%d: %s\n", d.Severity, d.Code, d.Path, d.Line, d.Column, d.Message)
		if d.LineText != "" {
			fmt.Fprintf(&b, "  | %s\n", d.LineText)
		}
		if d.Hint != "" {
			fmt.Fprintf(&b, "  hint: %s\n", d.Hint)
		}
	}
	return b.String()
}

func writeWant(t *testing.T, path string, a *txtar.Archive, got string) {
	t.Helper()
	var kept []txtar.File
	for _, f := range a.Files {
		if f.Name != "want" {
			kept = append(kept, f)
		}
	}
	kept = append(kept, txtar.File{Name: "want", Data: []byte(got)})
	a.Files = kept
	if err := os.WriteFile(path, txtar.Format(a), 0o644); err != nil {
		t.Fatal(err)
	}
}

// secret holds every repository to it: a string with SECRET in it is an option's
// value, and nothing that is stored or shown may hold it.
func secret(t *testing.T, r check.Report) {
	t.Helper()
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "SECRET") {
		t.Errorf("the report holds an option's value: %s", text)
	}
}

// Every code that a check can give is given by some repository here, or is named
// with the test that gives it.
func TestEveryCodeIsShown(t *testing.T) {
	elsewhere := map[diagnostic.Code]string{
		diagnostic.TooManyWorkflows: "TestLimits", diagnostic.CheckTimeout: "TestLimits", diagnostic.BundleTooLarge: "TestLimits",
		diagnostic.FileTooLarge: "TestLimits", diagnostic.NestingTooDeep: "bundle.TestNestingBombs", diagnostic.NotChecked: "control.TestGoLiveTrustsNoResult",
	}
	paths, _ := filepath.Glob("testdata/*.txtar")
	var all strings.Builder
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range a.Files {
			if f.Name == "want" {
				all.Write(f.Data)
			}
		}
	}
	for _, i := range diagnostic.Codes() {
		if _, ok := elsewhere[i.Code]; !ok && !strings.Contains(all.String(), " "+string(i.Code)+" ") {
			t.Errorf("no repository shows %s", i.Code)
		}
	}
}
