package house

import (
	"cmp"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestHouse runs every rule on the project itself.
func TestHouse(t *testing.T) {
	tree, err := Load(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	if tree.Module == "" || len(tree.code()) == 0 {
		t.Fatal("no project here: the rules would pass on nothing")
	}
	for _, r := range Rules() {
		t.Run(strings.ReplaceAll(r.Name, " ", "-"), func(t *testing.T) {
			for _, f := range listed(r.Find(tree)) {
				t.Errorf("%s\n\twhy: %s", f, r.Why)
			}
		})
	}
}

// listed gives findings as text, by place.
func listed(findings []Finding) []string {
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Text, b.Text))
	})
	var out []string
	for _, f := range findings {
		out = append(out, f.String())
	}
	return out
}
