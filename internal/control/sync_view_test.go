package control_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// ledgerReader counts the rows that lists of the ledger read.
type ledgerReader struct {
	control.Store
	rows atomic.Int64
}

func (r *ledgerReader) Rows(ctx context.Context, env string, p control.Page) ([]slipway.Row, string, error) {
	rows, next, err := r.Store.Rows(ctx, env, p)
	r.rows.Add(int64(len(rows)))
	return rows, next, err
}

// TestReleasesOfASync are found without reading the ledger to its beginning, and
// none of another sync is among them.
func TestReleasesOfASync(t *testing.T) {
	t.Parallel()
	reader := &ledgerReader{}
	w, _ := threeReleases(t, func(s control.Store) control.Store {
		reader.Store = s
		return reader
	})
	syncs, _, err := w.Syncs(w.ctx, "prod", control.SyncFilter{}, control.Page{})
	if err != nil || len(syncs) < 3 {
		t.Fatalf("%d syncs: %v", len(syncs), err)
	}
	for i, s := range syncs[:3] {
		reader.rows.Store(0)
		since := s.RequestedAt
		f := control.ReleaseFilter{Sync: s.ID, Span: control.Span{Since: &since}}
		var found []control.ReleaseView
		for page, more := (control.Page{Limit: 1}), true; more; more = page.Cursor != "" {
			rs, next, err := w.Releases(w.ctx, "prod", f, page)
			if err != nil {
				t.Fatal(err)
			}
			found, page.Cursor = append(found, rs...), next
		}
		if len(found) != 1 || found[0].Sync != s.ID {
			t.Errorf("sync %d wrote %+v", s.Sequence, found)
		}
		// Those of newer syncs, its own, and the one that is too old.
		if n := int(reader.rows.Load()); n > i+2 {
			t.Errorf("for sync %d it read %d rows", s.Sequence, n)
		}
	}
	future := w.pass(time.Hour)
	rs, next, err := w.Releases(w.ctx, "prod", control.ReleaseFilter{Span: control.Span{Since: &future}}, control.Page{Limit: 1})
	if err != nil || len(rs) != 0 || next != "" {
		t.Errorf("since later than now: %v, %q, %v", rs, next, err)
	}
}

func TestBuildLogs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.commit(gittest.Options{}, "goodWorkflow.ts", file("good", "user:pre_mfa", "x"), "badWorkflow.ts", `export const workflowSettings = { id: "bad" };`)
	w.add()
	s := w.sync(slipway.SyncIncomplete)
	d, err := w.SyncByID(w.ctx, "prod", s.ID)
	if err != nil || len(d.Deployments) != 2 {
		t.Fatalf("%+v: %v", d, err)
	}
	ids := []string{d.Deployments[1].ID, "dep_nobody", d.Deployments[0].ID}
	l := w.look()
	logs, err := l.BuildLogs(w.ctx, ids)
	if err != nil || len(logs) != 3 {
		t.Fatalf("%v: %v", logs, err)
	}
	bad, good := logs[2], logs[0]
	if d.Deployments[0].Workflow == "good" {
		bad, good = good, bad
	}
	if !diagnostic.HasError(bad) || len(good) != 0 || len(logs[1]) != 0 {
		t.Errorf("the build logs are %+v", logs)
	}
}
