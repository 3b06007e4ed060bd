package cursor_test

import (
	"slices"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/cursor"
	"github.com/slipway-dev/slipway/internal/fault"
)

// numbers gives a page of 1 to 5.
func numbers(p control.Page, scope ...any) ([]int, string, error) {
	g, err := cursor.Read[int](p, scope...)
	if err != nil {
		return nil, "", err
	}
	var list []int
	for n := 1; n <= 5; n++ {
		if (g.After == nil || n > *g.After) && len(list) <= g.Limit {
			list = append(list, n)
		}
	}
	return cursor.Cut(g, list, func(n int) int { return n })
}

func TestPages(t *testing.T) {
	var all []int
	for p := (control.Page{Limit: 2}); ; {
		list, next, err := numbers(p, "numbers")
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
		if next == "" {
			break
		}
		p.Cursor = next
	}
	if !slices.Equal(all, []int{1, 2, 3, 4, 5}) {
		t.Errorf("the pages hold %v", all)
	}
}

// TestBound wants a cursor to be good for its own list alone.
func TestBound(t *testing.T) {
	_, next, err := numbers(control.Page{Limit: 2}, "numbers", "env_a", "filter")
	if err != nil || next == "" {
		t.Fatalf("the first page gives the cursor %q (%v)", next, err)
	}
	for _, scope := range [][]any{{"numbers"}, {"numbers", "env_b", "filter"}, {"numbers", "env_a", ""}, {"numbers", "env_afilter"}} {
		if _, _, err := numbers(control.Page{Cursor: next}, scope...); fault.CodeOf(err) != "bad-cursor" {
			t.Errorf("the list %v takes it: %v", scope, err)
		}
	}
	for _, bad := range []string{"x", next[1:], next + "A", "AAAAAAAAAAA"} {
		if _, _, err := numbers(control.Page{Cursor: bad}, "numbers", "env_a", "filter"); !fault.Is(err, fault.Invalid) {
			t.Errorf("the cursor %q gives %v", bad, err)
		}
	}
}

func TestLimits(t *testing.T) {
	for asked, want := range map[int]int{0: 50, 1: 1, 7: 7, 5 * control.MaxPage: control.MaxPage} {
		g, err := cursor.Read[int](control.Page{Limit: asked}, "numbers")
		if err != nil || g.Limit != want {
			t.Errorf("a limit of %d is read as %d (%v), want %d", asked, g.Limit, err, want)
		}
	}
	if _, err := cursor.Read[int](control.Page{Limit: -1}, "numbers"); fault.CodeOf(err) != "bad-limit" {
		t.Errorf("a negative limit gives %v", err)
	}
}
