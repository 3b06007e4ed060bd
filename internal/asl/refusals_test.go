package asl_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/slipway-dev/slipway/internal/asl"
	"github.com/slipway-dev/slipway/internal/fault"
)

// Every definition in testdata/refused.txtar is refused, in the words of
// testdata/refused.txt.
func TestRefusals(t *testing.T) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "refused.txtar"))
	if err != nil || len(archive.Files) == 0 {
		t.Fatal("no definitions", err)
	}
	var b strings.Builder
	for _, file := range archive.Files {
		m, err := asl.Load(file.Data, functions())
		if m != nil || !fault.Is(err, fault.Invalid) || fault.CodeOf(err) != asl.CodeBadDefinition || fault.Of(err).Hint == "" {
			t.Errorf("%s: %v", file.Name, err)
			continue
		}
		fmt.Fprintf(&b, "== %s\n%s\n  hint: %s\n", file.Name, err, fault.Of(err).Hint)
	}
	golden := filepath.Join("testdata", "refused.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), b.String()); diff != "" {
		t.Errorf("run go test ./internal/asl -update if this is right (-want +got):\n%s", diff)
	}
}

// What is too big, too deep or no text is refused before anything else.
func TestRefusedOutright(t *testing.T) {
	for name, definition := range map[string]string{
		"empty": "", "big": strings.Repeat(" ", 1<<20+1), "deep": strings.Repeat("[", 65) + strings.Repeat("]", 65), "no text": "\"\xff\"", "two": "{} {}",
	} {
		if _, err := asl.Load([]byte(definition), nil); fault.CodeOf(err) != asl.CodeBadDefinition {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// So many problems that not all are told.
func TestManyProblems(t *testing.T) {
	var b strings.Builder
	for i := range 150 {
		fmt.Fprintf(&b, `"A%d": {"Type": "Wait"}, `, i)
	}
	_, err := asl.Load([]byte(machine(b.String()+`"A": {"Type": "Succeed"}`)), nil)
	if err == nil || !strings.HasPrefix(err.Error(), "the definition has 150 problems:") || !strings.HasSuffix(err.Error(), "\nand 50 more") {
		t.Error(err)
	}
}
