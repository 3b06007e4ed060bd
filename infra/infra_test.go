package infra

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// law is something that holds of the stack, and why it must.
type law struct {
	name, why string
	broken    func(s stack) []string // what breaks it
	provoke   []edit                 // each makes a stack that breaks it
}

// edit changes a text of the stack, wherever it is found.
type edit struct{ file, old, new string }

// laws are all of them.
func laws() []law {
	return slices.Concat(functionLaws(), storageLaws(), roleLaws(), apiLaws(), alarmLaws(), machineLaws())
}

// TestLaws holds the stack to its laws, and each law to its broken variants.
func TestLaws(t *testing.T) {
	texts := files(t)
	whole, err := read(texts)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range laws() {
		t.Run(strings.ReplaceAll(l.name, " ", "-"), func(t *testing.T) {
			for _, b := range l.broken(whole) {
				t.Errorf("%s\n\twhy: %s", b, l.why)
			}
			if len(l.provoke) == 0 {
				t.Error("nothing provokes it")
			}
			for _, e := range l.provoke {
				edited := map[string]string{}
				for file, text := range texts {
					edited[file] = text
				}
				if edited[e.file] = strings.ReplaceAll(texts[e.file], e.old, e.new); edited[e.file] == texts[e.file] {
					t.Errorf("%s has no %q to change", e.file, e.old)
				}
				variant, err := read(edited)
				if err != nil {
					t.Errorf("%q to %q: %v", e.old, e.new, err)
				} else if len(l.broken(variant)) == 0 {
					t.Errorf("it lets pass %s with %q for %q", e.file, e.new, e.old)
				}
			}
		})
	}
}

// differ says how a set of words differs from what it should be.
func differ(what string, got, want []string) (out []string) {
	for _, g := range got {
		if !slices.Contains(want, g) {
			out = append(out, fmt.Sprintf("%s: %s is too much", what, g))
		}
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			out = append(out, fmt.Sprintf("%s: %s is missing", what, w))
		}
	}
	return out
}
