package storetest

import (
	"slices"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func environmentCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"environment/reads what was created": environmentReads,
		"environment/slugs are unique":       environmentTaken,
		"environment/is listed by slug":      environmentList,
		"environment/first rows":             environmentFirstRows,
	}
}

func environmentReads(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	same(t, "environment", value(s.Environment(t.Context(), e.Slug))(t), e)
	_, err := s.Environment(t.Context(), e.Slug+"x")
	refused(t, err, fault.NotFound, "unknown-environment")
	_, err = s.Environment(t.Context(), e.ID)
	refused(t, err, fault.NotFound, "unknown-environment")
}

func environmentTaken(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	other := anEnvironment()
	other.Slug = e.Slug
	err := s.CreateEnvironment(t.Context(), other, []slipway.Row{after(slipway.Row{}, "row_1")})
	refused(t, err, fault.Conflict, "environment-exists")
	same(t, "environment", value(s.Environment(t.Context(), e.Slug))(t), e)
	same(t, "ledger of the refused one", value(s.Head(t.Context(), other.ID))(t), slipway.Row{})
}

func environmentList(t *testing.T, s control.Store) {
	mine := map[string]slipway.Environment{}
	for range 5 {
		e := newEnvironment(t, s)
		mine[e.Slug] = e
	}
	all := value(s.Environments(t.Context()))(t)
	if !slices.IsSortedFunc(all, func(a, b slipway.Environment) int { return compare(a.Slug, b.Slug) }) {
		t.Error("environments are not in the order of their slugs")
	}
	n := 0
	for _, e := range all {
		if want, is := mine[e.Slug]; is {
			same(t, "environment", e, want)
			n++
		}
	}
	if n != len(mine) {
		t.Errorf("%d of %d environments are listed", n, len(mine))
	}
}

func environmentFirstRows(t *testing.T, s control.Store) {
	e := anEnvironment()
	first := after(slipway.Row{}, "row_1")
	second := after(first, "row_2")
	ok(t, s.CreateEnvironment(t.Context(), e, []slipway.Row{first, second}))
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), second)
	same(t, "first row", value(s.Row(t.Context(), e.ID, 1))(t), first)
	third := after(second, "row_3")
	same(t, "third row", value(s.Append(t.Context(), e.ID, third, nil))(t), third)
}
