package storetest

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Option adds to what Run checks.
type Option func(*suite)

// Twice gives Run a way to open the same, new data through two handles that
// share nothing in memory, as two processes would.
func Twice(open func(t *testing.T) (a, b control.Store)) Option {
	return func(s *suite) { s.twice = open }
}

type suite struct {
	open  func(t *testing.T) control.Store
	twice func(t *testing.T) (a, b control.Store)
}

// Run checks the store that open gives, which each case opens for itself. The
// data behind it may be new or shared: cases make environments of their own.
func Run(t *testing.T, open func(t *testing.T) control.Store, options ...Option) {
	s := &suite{open: open}
	for _, o := range options {
		o(s)
	}
	for _, group := range []map[string]func(*testing.T, control.Store){
		environmentCases(), syncCases(), slotCases(), settingsCases(), deploymentCases(), queryCases(), ledgerCases(), pruneCases(), pageCases(), accessCases(), pollCases(),
		isolationCases(), valueCases(), raceCases(), contextCases(),
	} {
		for name, check := range group {
			t.Run(name, func(t *testing.T) { check(t, s.open(t)) })
		}
	}
	if s.twice == nil {
		return
	}
	for name, check := range twiceCases() {
		t.Run(name, func(t *testing.T) {
			a, b := s.twice(t)
			check(t, a, b)
		})
	}
}

// newEnvironment stores an environment that no other case has.
func newEnvironment(t *testing.T, s control.Store) slipway.Environment {
	t.Helper()
	e := anEnvironment()
	ok(t, s.CreateEnvironment(t.Context(), e, nil))
	return e
}

// unique has no q: refused looks for "sql" in what a store says, names and all.
func unique() string { return strings.ReplaceAll(strings.ToLower(rand.Text()[:12]), "q", "8") }

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("error: %v (cause: %v)", err, errors.Unwrap(fault.Of(err)))
	}
}

// value is for a call's answer that must come without an error.
func value[T any](v T, err error) func(t *testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

func refused(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error, want %s (%s)", kind, code)
	}
	if fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		t.Fatalf("got %s (%s): %v; want %s (%s)", fault.KindOf(err), fault.CodeOf(err), err, kind, code)
	}
	if strings.Contains(strings.ToLower(fault.Of(err).Detail), "sql") {
		t.Errorf("the detail speaks of the database: %q", fault.Of(err).Detail)
	}
}

// same compares what was read with what was written; empty and nil are one.
func same[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(slipway.State{})); diff != "" {
		t.Fatalf("%s differs (-want +got):\n%s", what, diff)
	}
}

// pages reads a whole list page by page.
func pages[T any](t *testing.T, list func(control.Page) ([]T, string, error), limit int) []T {
	t.Helper()
	var all []T
	for p := (control.Page{Limit: limit}); ; {
		part, next, err := list(p)
		ok(t, err)
		if limit > 0 && len(part) > limit {
			t.Fatalf("a page of %d entries, asked for %d", len(part), limit)
		}
		all = append(all, part...)
		if next == "" {
			return all
		}
		if next == p.Cursor {
			t.Fatalf("the cursor %q leads to itself", next)
		}
		p.Cursor = next
	}
}

func syncsOf(ctx context.Context, s control.Store, env string) func(control.Page) ([]slipway.Sync, string, error) {
	return func(p control.Page) ([]slipway.Sync, string, error) { return s.Syncs(ctx, env, p) }
}

func rowsOf(ctx context.Context, s control.Store, env string) func(control.Page) ([]slipway.Row, string, error) {
	return func(p control.Page) ([]slipway.Row, string, error) { return s.Rows(ctx, env, p) }
}

func deploymentsOf(ctx context.Context, s control.Store, env string, q control.DeploymentQuery) func(control.Page) ([]slipway.Deployment, string, error) {
	return func(p control.Page) ([]slipway.Deployment, string, error) {
		q.Page = p
		return s.Deployments(ctx, env, q)
	}
}
