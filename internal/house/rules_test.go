package house

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write what the rules find into testdata")

// TestRulesCanFail runs each rule on a small tree that breaks it: the files of
// testdata/<rule>.txtar, whose comment lists what the rule finds there. What
// stands beside a finding and is none is there on purpose.
func TestRulesCanFail(t *testing.T) {
	unused := caseFiles(t)
	for _, r := range Rules() {
		name := fileName(r)
		delete(unused, name)
		t.Run(name, func(t *testing.T) { checkCase(t, r, filepath.Join("testdata", name+".txtar")) })
	}
	for name := range unused {
		t.Errorf("testdata/%s.txtar is no rule's: delete or rename it", name)
	}
}

// caseFiles is the set of the cases there are.
func caseFiles(t *testing.T) map[string]bool {
	t.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	names := map[string]bool{}
	for _, f := range files {
		names[strings.TrimSuffix(filepath.Base(f), ".txtar")] = true
	}
	return names
}

// checkCase compares what r finds in one case with what the case lists.
func checkCase(t *testing.T, r Rule, file string) {
	t.Helper()
	a, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatalf("the rule needs a case that breaks it: %v", err)
	}
	got := strings.Join(listed(r.Find(loadCase(t, a))), "\n") + "\n"
	if *update {
		a.Comment = []byte(hidden().Replace(got))
		if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := shown().Replace(string(a.Comment)); got != want {
		t.Errorf("found\n%swant\n%s", got, want)
	}
	if strings.TrimSpace(got) == "" {
		t.Error("the case does not break the rule")
	}
}

// loadCase makes the case's tree.
func loadCase(t *testing.T, a *txtar.Archive) *Tree {
	t.Helper()
	expanded := &txtar.Archive{}
	for _, f := range a.Files {
		expanded.Files = append(expanded.Files, txtar.File{Name: f.Name, Data: []byte(shown().Replace(string(f.Data)))})
	}
	fsys, err := txtar.FS(expanded)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// shown writes out what a case only hints at: text that the rules would find in
// the case's own file, and many lines.
func shown() *strings.Replacer {
	pairs := []string{"@/", "/", "{dot}", ".", "{nul}", "\x00"}
	for name, n := range map[string]int{"44": 44, "45": 45, "399": 399, "400": 400, "500": 500} {
		pairs = append(pairs, "{"+name+" lines}", strings.Repeat("\n// x", n))
	}
	return strings.NewReplacer(pairs...)
}

// hidden undoes shown where a finding repeats such text.
func hidden() *strings.Replacer {
	return strings.NewReplacer(": /", ": @/", "`/", "`@/", "proxy.golang.", "proxy{dot}golang{dot}")
}

// fileName is the rule's name as a file's.
func fileName(r Rule) string { return strings.ReplaceAll(r.Name, " ", "-") }

func TestExceptions(t *testing.T) {
	tree := &Tree{files: map[string][]byte{"a.go": nil, "b.go": nil}}
	found := map[string]Finding{
		"a.go:x": {Path: "a.go", Line: 1, Text: "x"},
		"b.go":   {Path: "b.go", Text: "long"},
	}
	got := listed(except(tree, found, []exception{
		{"a.go:x", "a reason"},
		{"a.go:gone", "a reason that holds no more"},
		{"absent.go", "a file that is not there yet"},
	}))
	want := "a.go: the exception for a.go:gone is needed no more: take it out\nb.go: long"
	if strings.Join(got, "\n") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLoadRefusesWhatDoesNotParse(t *testing.T) {
	fsys, err := txtar.FS(txtar.Parse([]byte("-- a.go --\npackage\n")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load(fsys); err == nil || !strings.Contains(err.Error(), "a.go:1") {
		t.Errorf("got %v, want an error that names the place", err)
	}
}
