package sqlite_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/sqlite"
	"github.com/slipway-dev/slipway/internal/storetest"
)

// state is a state with n workflows.
func state(n int) slipway.State {
	s := storetest.Thousand()
	for _, id := range s.WorkflowIDs()[n:] {
		delete(s.Workflows, id)
	}
	return s
}

func BenchmarkLedger(b *testing.B) {
	for _, n := range []int{10, 1000} {
		s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "slipway.db"))
		if err != nil {
			b.Fatal(err)
		}
		st, number := state(n), int64(0)
		b.Run(fmt.Sprintf("append/%d workflows", n), func(b *testing.B) {
			for b.Loop() {
				number++
				row := slipway.Row{Number: number, ID: fmt.Sprint("row_", number), State: st}
				if _, err := s.Append(b.Context(), "env", row, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("head/%d workflows", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Head(b.Context(), "env"); err != nil {
					b.Fatal(err)
				}
			}
		})
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPutDeployments(b *testing.B) {
	s, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "slipway.db"))
	if err != nil {
		b.Fatal(err)
	}
	for i := 0; b.Loop(); i++ {
		sync, err := storetest.Begin(b.Context(), s, slipway.Sync{ID: fmt.Sprint("sync_", i), Environment: "env", Status: slipway.SyncRunning})
		if err != nil {
			b.Fatal(err)
		}
		var ds []slipway.Deployment
		for n := range slipway.MaxWorkflows {
			id := fmt.Sprint("w", n)
			ds = append(ds, slipway.Deployment{
				ID: fmt.Sprintf("dep_%d_%d", i, n), Environment: "env", Workflow: id, Sync: sync.ID,
				Sequence: sync.Sequence, Path: id + ".ts", Outcome: slipway.Valid,
			})
		}
		if err := s.PutDeployments(b.Context(), sync.Fence(), ds, nil); err != nil {
			b.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}
