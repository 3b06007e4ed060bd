package storetest_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/sqlite"
	"github.com/slipway-dev/slipway/internal/storetest"
)

func open(t *testing.T) control.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "slipway.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// TestFlakyWithoutFaults is a store as any other.
func TestFlakyWithoutFaults(t *testing.T) {
	storetest.Run(t, func(t *testing.T) control.Store {
		return storetest.NewFlaky(open(t), func(storetest.Op) storetest.Fault { return storetest.None })
	})
}

// TestFlakyAppend looks at what each fault leaves behind.
func TestFlakyAppend(t *testing.T) {
	for f, want := range map[storetest.Fault]struct {
		kind   fault.Kind
		number int64
	}{
		storetest.None:       {"", 1},
		storetest.FailBefore: {fault.Unavailable, 0},
		storetest.LoseAnswer: {fault.Unavailable, 1},
		storetest.LoseRace:   {fault.Conflict, 0},
		storetest.Halfway:    {fault.Unavailable, 0},
	} {
		inner := open(t)
		s := storetest.NewFlaky(inner, func(storetest.Op) storetest.Fault { return f })
		_, err := s.Append(t.Context(), "env", slipway.Row{Number: 1, ID: "row_1"}, nil)
		head, herr := s.Head(t.Context(), "env")
		if fault.KindOf(err) != want.kind || herr != nil || head.Number != want.number {
			t.Errorf("fault %d: %v, and the head is %d (%v)", f, err, head.Number, herr)
		}
	}
}

// TestFlakyFinds asks for a row that is stored: no lost race hides it.
func TestFlakyFinds(t *testing.T) {
	inner := open(t)
	row, err := inner.Append(t.Context(), "env", slipway.Row{Number: 1, ID: "row_1"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := storetest.NewFlaky(inner, func(storetest.Op) storetest.Fault { return storetest.LoseRace })
	got, err := s.Append(t.Context(), "env", slipway.Row{Number: 7, ID: "row_1"}, nil)
	if err != nil || got.Number != row.Number {
		t.Errorf("got row %d (%v), want %d", got.Number, err, row.Number)
	}
}

func TestFlakyHalfway(t *testing.T) {
	inner := open(t)
	sync, err := storetest.Begin(t.Context(), inner, slipway.Sync{ID: "sync_a", Environment: "env", Status: slipway.SyncRunning})
	if err != nil {
		t.Fatal(err)
	}
	s := storetest.NewFlaky(inner, func(storetest.Op) storetest.Fault { return storetest.Halfway })
	err = s.PutDeployments(t.Context(), sync.Fence(),
		[]slipway.Deployment{{ID: "dep_a", Environment: "env"}}, []slipway.Workflow{{ID: "a", Environment: "env"}})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Deployment(t.Context(), "env", "dep_a"); err != nil {
		t.Errorf("the deployment was not written: %v", err)
	}
	if _, err := s.Workflow(t.Context(), "env", "a"); !fault.Is(err, fault.NotFound) {
		t.Errorf("the workflow was written: %v", err)
	}
}

// TestSeeded wants the same faults for the same seed, each of them, and about
// as many as asked for.
func TestSeeded(t *testing.T) {
	draw := func(seed uint64) (s string, counts [5]int) {
		choose := storetest.Seeded(seed, 4)
		for range 4000 {
			f := choose(storetest.OpAppend)
			counts[f]++
			s += fmt.Sprint(int(f))
		}
		return s, counts
	}
	one, counts := draw(1)
	again, _ := draw(1)
	two, _ := draw(2)
	if one != again || one == two {
		t.Error("the seed does not decide the faults")
	}
	for f, n := range counts {
		if least := 180; n < least || f > 0 && n > 320 {
			t.Errorf("fault %d came %d times of 4000", f, n)
		}
	}
}

// TestContendOnFlaky is how the layers above live with such a store: every row
// gets in once, though answers are lost.
func TestContendOnFlaky(t *testing.T) {
	inner := open(t)
	s := storetest.NewFlaky(inner, storetest.Seeded(7, 2))
	for i := range 30 {
		for {
			err := storetest.Contend(t.Context(), s, "env", fmt.Sprint("row_", i), 1)
			if err == nil {
				break
			}
			if !fault.Is(err, fault.Unavailable) {
				t.Fatal(err)
			}
		}
	}
	if ids := storetest.Whole(t, inner, "env"); len(ids) != 30 {
		t.Errorf("%d rows, want 30: %v", len(ids), ids)
	}
}
