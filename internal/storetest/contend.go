package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// Contend appends n rows to env's ledger, reading and deciding again whenever
// somebody else was first, as the use cases do. Ids begin with prefix.
func Contend(ctx context.Context, s control.Store, env, prefix string, n int) error {
	for i := 0; i < n; {
		head, err := s.Head(ctx, env)
		if err != nil {
			return fmt.Errorf("read head: %w", err)
		}
		_, err = s.Append(ctx, env, after(head, fmt.Sprintf("%s_%d", prefix, i)), nil)
		switch {
		case err == nil:
			i++
		case !fault.Is(err, fault.Conflict):
			return fmt.Errorf("append: %w", err)
		}
	}
	return nil
}

// Whole fails the test unless env's ledger has rows 1 to n without a gap, each
// id once, and each readable with its state. It returns the ids, oldest first.
func Whole(t *testing.T, s control.Store, env string) (ids []string) {
	t.Helper()
	rows := pages(t, rowsOf(t.Context(), s, env), 0)
	slices.Reverse(rows)
	seen := map[string]bool{}
	for i, listed := range rows {
		if listed.Number != int64(i+1) || seen[listed.ID] {
			t.Fatalf("row %d of the list has number %d and id %s (seen: %t)", i+1, listed.Number, listed.ID, seen[listed.ID])
		}
		seen[listed.ID] = true
		ids = append(ids, listed.ID)
		row := value(s.Row(t.Context(), env, listed.Number))(t)
		same(t, "row", bare(row), listed)
	}
	head := value(s.Head(t.Context(), env))(t)
	if head.Number != int64(len(rows)) {
		t.Fatalf("the head is %d, the list has %d rows", head.Number, len(rows))
	}
	return ids
}
