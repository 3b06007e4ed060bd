package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func contextCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"contexts/an ended one ends every call": endedContext,
	}
}

// endedContext asks that every method gives the context's own error and that
// no write happened.
func endedContext(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	d := aDeployment(sync, "a", "a.ts", slipway.Valid)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	late, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	for want, ctx := range map[error]context.Context{context.Canceled: cancelled, context.DeadlineExceeded: late} {
		for name, err := range everyCall(ctx, s, e, sync, d) {
			if !errors.Is(err, want) {
				t.Errorf("%s gives %v, want %v", name, err, want)
			}
		}
	}
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), slipway.Row{})
	same(t, "sync", value(s.Sync(t.Context(), e.ID, sync.ID))(t), sync)
	_, err := s.Deployment(t.Context(), e.ID, d.ID)
	refused(t, err, fault.NotFound, "unknown-deployment")
	_, err = s.Environment(t.Context(), e.Slug+"-2")
	refused(t, err, fault.NotFound, "unknown-environment")
}

func everyCall(ctx context.Context, s control.Store, e slipway.Environment, sync slipway.Sync, d slipway.Deployment) map[string]error {
	errs := map[string]error{}
	other := e
	other.ID, other.Slug = e.ID+"-2", e.Slug+"-2"
	errs["CreateEnvironment"] = s.CreateEnvironment(ctx, other, nil)
	_, errs["Environment"] = s.Environment(ctx, e.Slug)
	_, errs["Environments"] = s.Environments(ctx)
	_, errs["Slot"] = s.Slot(ctx, e.ID)
	errs["MoveSlot"] = s.MoveSlot(ctx, e.ID, slipway.SlotMove{Slot: slipway.Slot{Version: 2}})
	errs["UpdateSync"] = s.UpdateSync(ctx, sync.Fence(), ended(sync))
	_, errs["Sync"] = s.Sync(ctx, e.ID, sync.ID)
	_, _, errs["Syncs"] = s.Syncs(ctx, e.ID, control.Page{})
	errs["PutDeployments"] = s.PutDeployments(ctx, sync.Fence(), []slipway.Deployment{d}, nil)
	_, errs["Deployment"] = s.Deployment(ctx, e.ID, d.ID)
	_, _, errs["Deployments"] = s.Deployments(ctx, e.ID, control.DeploymentQuery{})
	_, errs["Workflow"] = s.Workflow(ctx, e.ID, "a")
	_, errs["Workflows"] = s.Workflows(ctx, e.ID)
	_, errs["Head"] = s.Head(ctx, e.ID)
	_, _, errs["Resolved"] = s.Resolved(ctx, e.Slug)
	_, errs["Append"] = s.Append(ctx, e.ID, after(slipway.Row{}, "row_1"), nil)
	_, errs["RowByID"] = s.RowByID(ctx, e.ID, "row_1")
	_, errs["Row"] = s.Row(ctx, e.ID, 1)
	_, _, errs["Rows"] = s.Rows(ctx, e.ID, control.Page{})
	return errs
}
