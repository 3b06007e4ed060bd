package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

var update = flag.Bool("update", false, "write the demo's output into the README")

// TestDemo tells the whole story and holds the README to what it prints.
func TestDemo(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "demo")
	var out bytes.Buffer
	p := &program{
		name: "slipway", stdout: &out, stderr: &out, getenv: func(string) string { return "" }, now: time.Now, actor: slipway.LocalActor("you"),
	}
	if code := p.run(t.Context(), []string{"demo", "--dir", dir}); code != exitDone {
		t.Fatalf("the demo ended with status %d:\n%s", code, out.String())
	}
	told := mask(out.String(), dir)
	if !strings.HasSuffix(told, "releases demo\n") {
		t.Errorf("the demo does not end with commands to try:\n%s", told)
	}
	if _, err := os.Stat(filepath.Join(dir, "data", "slipway.db")); err != nil {
		t.Errorf("the demo did not keep its folder: %v", err)
	}
	const readme, opens, closes = "../../README.md", "in cmd/slipway -->\n```\n", "```\n<!-- end of demo -->"
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), opens)
	shown, after, ok2 := strings.Cut(rest, closes)
	if !ok || !ok2 {
		t.Fatal("the README has no place for the demo's output")
	}
	if *update {
		if err := os.WriteFile(readme, []byte(before+opens+told+closes+after), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if shown != told {
		t.Errorf("the README shows another demo; write it anew with -update. It prints:\n%s", told)
	}
}

// mask leaves out of the demo's output what differs from run to run.
func mask(text, dir string) string {
	text = strings.ReplaceAll(text, dir, "DIR")
	for _, m := range []struct{ pattern, text string }{
		{`dep_[0-9A-Z]{26}`, "dep_…"},
		{`\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ`, "YYYY-MM-DD hh:mm:ssZ"},
		{`\d{4}-\d\d-\d\d \d\d:\d\d UTC`, "YYYY-MM-DD hh:mm UTC"},
		{`(in|told in) [0-9.]+ s`, "$1 … s"},
	} {
		text = regexp.MustCompile(m.pattern).ReplaceAllString(text, m.text)
	}
	return text
}

func TestDemoOnOnesOwnRepository(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	repo, err := newDemoRepo(filepath.Join(dir, "mine"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repo.commit(demoCommit{author: "Ana", message: "First"}); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	p := &program{
		name: "slipway", stdout: &out, stderr: &out, getenv: func(string) string { return "" }, now: time.Now, actor: slipway.LocalActor("you"),
	}
	if code := p.run(t.Context(), []string{"demo", "--dir", filepath.Join(dir, "demo"), "--repo", repo.dir, "--branch", "main"}); code != exitDone {
		t.Fatalf("status %d:\n%s", code, out.String())
	}
	if !strings.Contains(out.String(), "5 found, 5 valid, 5 live") {
		t.Errorf("printed:\n%s", out.String())
	}
	// A folder that is in use is not told into.
	if code := p.run(t.Context(), []string{"demo", "--dir", dir}); code != exitRefused {
		t.Errorf("status %d for a folder with files", code)
	}
}
