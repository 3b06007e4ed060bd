package acceptance

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/asl"
	"github.com/slipway-dev/slipway/internal/task"
	"github.com/slipway-dev/slipway/statemachine"
)

var update = flag.Bool("update", false, "write what the test measured or saw into the document that it keeps")

func catches() []caught { return slices.Concat(byItself(), byDeath(), byTheClock()) }

// TestCatchesTable holds the README's table to what TestCatches provokes.
func TestCatchesTable(t *testing.T) {
	const file, opens, closes = "../../statemachine/README.md", "<!-- catches -->\n", "<!-- end of catches -->"
	text, err := os.ReadFile(file)
	must(t, err)
	before, rest, ok := strings.Cut(string(text), opens)
	_, after, ok2 := strings.Cut(rest, closes)
	if !ok || !ok2 {
		t.Fatal("the README has no place for the table")
	}
	var b strings.Builder
	b.WriteString("\n| caught at | what is done | the execution | the sync ends | its reason |\n|---|---|---|---|---|\n")
	for _, c := range catches() {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", c.state, c.deed, c.path, c.status, c.reason)
	}
	want := before + opens + b.String() + "\n" + closes + after
	if *update {
		must(t, os.WriteFile(file, []byte(want), 0o600))
		return
	}
	if string(text) != want {
		t.Error("the README's table is not what is provoked; write it anew with -update")
	}
}

// TestEveryCatchIsProvoked wants a row for each Catch of the definition, and for
// each error that one names, but for those that no deed brings about here.
func TestEveryCatchIsProvoked(t *testing.T) {
	named := map[string]string{
		"Runtime.OutOfMemory":           "the emulator gives no function a limit of memory",
		"Lambda.Unknown":                "it is Lambda's word for an end that it cannot explain",
		"Validate one Sandbox.Timedout": "it takes the same way as that of a batch, which is provoked",
	}
	m, err := asl.Load([]byte(statemachine.Definition), task.Resources())
	must(t, err)
	met := func(state, name string) bool {
		return slices.ContainsFunc(catches(), func(c caught) bool {
			return c.state == state && (name == "States.ALL" || strings.Contains(c.path, name))
		})
	}
	found := 0
	var visit func(states []asl.State)
	visit = func(states []asl.State) {
		for _, s := range states {
			visit(s.Items)
			for _, c := range s.Catch {
				found++
				for _, name := range c.Errors {
					if named[name] == "" && named[s.Name+" "+name] == "" && !met(s.Name, name) {
						t.Errorf("nothing provokes %s at %s", name, s.Name)
					}
				}
			}
		}
	}
	visit(m.States())
	if found == 0 {
		t.Error("the definition catches nothing")
	}
}
