package statemachine_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/asl"
)

var update = flag.Bool("update", false, "write the table of states into README.md")

// TestREADME holds the README's tables to the definition and to the paths.
func TestREADME(t *testing.T) {
	const opens, closes = "<!-- states and paths -->\n", "<!-- end -->"
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), opens)
	_, after, ok2 := strings.Cut(rest, closes)
	if !ok || !ok2 {
		t.Fatal("the README has no place for the tables")
	}
	want := before + opens + tables(load(t)) + closes + after
	if *update {
		if err := os.WriteFile("README.md", []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Error("the README's tables are not those of the definition; write them anew with -update")
	}
}

func tables(m *asl.Machine) string {
	var b strings.Builder
	b.WriteString("\n| state | what it does | tried again on | caught | then |\n|---|---|---|---|---|\n")
	for _, s := range every(m.States()) {
		fmt.Fprintf(&b, "| %s (%s) | %s | %s | %s | %s |\n", s.Name, kind(s), s.Comment, retries(s), catches(s), next(s))
	}
	b.WriteString("\n| path | states |\n|---|---|\n")
	for _, p := range paths() {
		states := p.want
		if p.fails != "" {
			states += ", and the execution fails with " + p.fails
		}
		fmt.Fprintf(&b, "| %s | %s |\n", p.name, states)
	}
	b.WriteString("\n")
	return b.String()
}

func kind(s asl.State) string {
	if s.Timeout > 0 {
		return fmt.Sprintf("%s, %s, %v at most", s.Kind, s.Resource, s.Timeout)
	}
	return string(s.Kind)
}

func retries(s asl.State) string {
	var parts []string
	for _, r := range s.Retry {
		parts = append(parts, fmt.Sprintf("%s: %d times, after %v and longer", strings.Join(r.Errors, ", "), r.MaxAttempts, r.Interval.Round(time.Second)))
	}
	return strings.Join(parts, "; ")
}

func catches(s asl.State) string {
	var parts []string
	for _, c := range s.Catch {
		parts = append(parts, strings.Join(c.Errors, ", ")+" → "+c.Next)
	}
	return strings.Join(parts, "; ")
}

func next(s asl.State) string {
	if len(s.Next) == 0 {
		return "end"
	}
	return strings.Join(s.Next, " or ")
}
