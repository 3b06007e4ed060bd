package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func pageCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"pages/stay while entries are added": pagesStay,
		"pages/limits":                       pageLimits,
		"pages/bad cursors":                  badCursors,
		"pages/foreign cursors":              foreignCursors,
	}
}

func pagesStay(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	rows := grow(t, s, e.ID, 5)
	for i := range 5 {
		begin(t, s, e.ID, fmt.Sprint("sync_", i))
	}
	_, rowNext, err := s.Rows(t.Context(), e.ID, control.Page{Limit: 2})
	ok(t, err)
	_, syncNext, err := s.Syncs(t.Context(), e.ID, control.Page{Limit: 2})
	ok(t, err)
	grow(t, s, e.ID, 3)
	begin(t, s, e.ID, "sync_new")
	more, _, err := s.Rows(t.Context(), e.ID, control.Page{Limit: 2, Cursor: rowNext})
	ok(t, err)
	same(t, "the next rows", more, []slipway.Row{bare(rows[2]), bare(rows[1])})
	syncs, _, err := s.Syncs(t.Context(), e.ID, control.Page{Limit: 2, Cursor: syncNext})
	ok(t, err)
	if len(syncs) != 2 || syncs[0].Sequence != 3 || syncs[1].Sequence != 2 {
		t.Errorf("the next syncs are %+v, want sequences 3 and 2", syncs)
	}
}

// lists calls each list of a store.
func lists(t *testing.T, s control.Store, env string) map[string]func(control.Page) (n int, next string, err error) {
	return map[string]func(control.Page) (int, string, error){
		"syncs": func(p control.Page) (int, string, error) {
			list, next, err := s.Syncs(t.Context(), env, p)
			return len(list), next, err
		},
		"releases": func(p control.Page) (int, string, error) {
			list, next, err := s.Rows(t.Context(), env, p)
			return len(list), next, err
		},
		"deployments": func(p control.Page) (int, string, error) {
			list, next, err := s.Deployments(t.Context(), env, control.DeploymentQuery{Page: p})
			return len(list), next, err
		},
		"deployments of a workflow": func(p control.Page) (int, string, error) {
			list, next, err := s.Deployments(t.Context(), env, control.DeploymentQuery{Workflow: "w", Page: p})
			return len(list), next, err
		},
	}
}

// filled is an environment with n entries in every list.
func filled(t *testing.T, s control.Store, n int) string {
	t.Helper()
	e := newEnvironment(t, s)
	for i := range n {
		sync := begin(t, s, e.ID, fmt.Sprint("sync_", i))
		put(t, s, sync, aDeployment(sync, "w", "w.ts", slipway.Valid))
	}
	grow(t, s, e.ID, n)
	return e.ID
}

func pageLimits(t *testing.T, s control.Store) {
	env := filled(t, s, 52)
	for name, list := range lists(t, s, env) {
		_, _, err := list(control.Page{Limit: -1})
		refused(t, err, fault.Invalid, "bad-limit")
		n, next, err := list(control.Page{})
		ok(t, err)
		if n > 52 || n == 52 && next != "" {
			t.Errorf("%s: a page without a limit has %d entries and next %q", name, n, next)
		}
		if _, _, err = list(control.Page{Limit: control.MaxPage * 5}); err != nil {
			t.Errorf("%s: a limit over the most is refused: %v", name, err)
		}
		n, next, err = list(control.Page{Limit: 52})
		ok(t, err)
		if n == 52 && next != "" {
			t.Errorf("%s: a page that is the whole list has a next", name)
		}
	}
}

// secondPage gives the cursor of the page after the first.
func secondPage(t *testing.T, list func(control.Page) (int, string, error)) string {
	t.Helper()
	_, next, err := list(control.Page{Limit: 1})
	ok(t, err)
	if next == "" {
		t.Fatal("the first page of one entry has no next")
	}
	return next
}

func badCursors(t *testing.T, s control.Store) {
	env := filled(t, s, 3)
	for name, list := range lists(t, s, env) {
		next := secondPage(t, list)
		bad := []string{"x", "1", "null", "é", "AAAAAAAAAAAAAAAAAAAA", strings.Repeat("A", 5000), next + "A", next[1:], next[:len(next)-1], " " + next}
		for i := range next {
			other := "A"
			if next[i] == 'A' {
				other = "B"
			}
			bad = append(bad, next[:i]+other+next[i+1:])
		}
		for _, cursor := range bad {
			if _, _, err := list(control.Page{Cursor: cursor}); fault.CodeOf(err) != "bad-cursor" || !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: cursor %.40q gives %v, want Invalid (bad-cursor)", name, cursor, err)
			}
		}
	}
}

func foreignCursors(t *testing.T, s control.Store) {
	env, other := filled(t, s, 3), filled(t, s, 3)
	for name, list := range lists(t, s, env) {
		cursor := secondPage(t, list)
		for where, env := range map[string]string{"here": env, "elsewhere": other} {
			for foreign, list := range lists(t, s, env) {
				_, _, err := list(control.Page{Cursor: cursor})
				if name == foreign && where == "here" {
					ok(t, err)
					continue
				}
				if fault.CodeOf(err) != "bad-cursor" {
					t.Errorf("a cursor of %s is taken by %s %s: %v", name, foreign, where, err)
				}
			}
		}
	}
}
