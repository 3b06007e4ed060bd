package dynamo

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/storetest"
)

// between is a client that does something before or after its next transaction.
type between struct {
	API
	before func()
	lose   bool // the answer
}

func (b *between) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if f := b.before; f != nil {
		b.before = nil
		f()
	}
	out, err := b.API.TransactWriteItems(ctx, in, o...)
	if b.lose && err == nil {
		return nil, errors.New("connection reset")
	}
	return out, err
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("error: %v (cause: %v)", err, errors.Unwrap(fault.Of(err)))
	}
}

// begun gives the fence of a running sync in a new environment.
func begun(t *testing.T, s *Store) slipway.Fence {
	t.Helper()
	d := ordinary("1")
	must(t, s.CreateEnvironment(t.Context(), slipway.Environment{ID: d.Environment, Slug: "production"}, nil))
	sync, err := storetest.Begin(t.Context(), s, slipway.Sync{ID: d.Sync, Environment: d.Environment, Generation: 1, Status: slipway.SyncRunning})
	must(t, err)
	return sync.Fence()
}

func many(n int) []slipway.Deployment {
	ds := make([]slipway.Deployment, n)
	for i := range ds {
		ds[i] = ordinary(fmt.Sprint(i))
		ds[i].Sequence = 1
	}
	return ds
}

func restoring(number int64, ds []slipway.Deployment) slipway.Row {
	row := slipway.Row{Number: number, ID: fmt.Sprint("row_", number), Cause: slipway.CauseRestore}
	for _, d := range ds {
		row.Changes = append(row.Changes, slipway.Change{Workflow: d.Workflow, To: d.ID})
	}
	return row
}

// TestLargeRestore writes one row that makes more deployments live than one
// transaction can look for, while a pruner takes one of them away just before.
func TestLargeRestore(t *testing.T) {
	onEach(t, func(t *testing.T, c *dynamodb.Client, table string) {
		s := New(&strict{API: c, t: t}, table)
		f := begun(t, s)
		ds := many(300)
		must(t, s.PutDeployments(t.Context(), f, ds, nil))
		for number, fence := range []*slipway.Fence{nil, &f} {
			_, err := s.Append(t.Context(), f.Environment, restoring(int64(number+1), ds), fence)
			must(t, err)
		}
		racing := &between{API: c, before: func() { must(t, s.DeleteDeployments(t.Context(), f.Environment, 2, []string{ds[7].ID})) }}
		_, err := New(racing, table).Append(t.Context(), f.Environment, restoring(3, ds), nil)
		if fault.CodeOf(err) != "deployment-gone" {
			t.Errorf("a restore of what was pruned gives %v", err)
		}
		_, err = s.Append(t.Context(), f.Environment, restoring(2, ds), nil)
		must(t, err) // its id is stored
		stale := restoring(2, ds)
		stale.ID = "row_stale"
		if _, err = s.Append(t.Context(), f.Environment, stale, nil); fault.CodeOf(err) != "ledger-moved" {
			t.Errorf("a late restore of what was pruned gives %v", err)
		}
		rest := restoring(3, append(ds[:7:7], ds[8:]...))
		_, err = storetest.Begin(t.Context(), s, slipway.Sync{ID: "sync_since", Environment: f.Environment, Generation: 1, Status: slipway.SyncQueued})
		must(t, err)
		for _, fence := range []*slipway.Fence{nil, &f} {
			rest.LastSync = 1
			if _, err = s.Append(t.Context(), f.Environment, rest, fence); fault.CodeOf(err) != "sync-since" {
				t.Errorf("a restore that takes for granted that no sync was asked for gives %v", err)
			}
		}
		rest.LastSync = 2
		_, err = s.Append(t.Context(), f.Environment, rest, &f)
		must(t, err)
	})
}

// TestLostAnswer does a write, loses its answer, and looks for it.
func TestLostAnswer(t *testing.T) {
	onEach(t, func(t *testing.T, c *dynamodb.Client, table string) {
		s := New(c, table)
		f := begun(t, s)
		lossy := New(&between{API: c, lose: true}, table)
		row := restoring(1, nil)
		if _, err := lossy.Append(t.Context(), f.Environment, row, nil); fault.CodeOf(err) != "store-unreachable" {
			t.Fatalf("without an answer: %v", err)
		}
		again, err := s.Append(t.Context(), f.Environment, row, nil)
		must(t, err)
		head, err := s.Head(t.Context(), f.Environment)
		must(t, err)
		if head.ID != row.ID || again.Number != 1 {
			t.Errorf("the head is %s, and the row asked for again has number %d", head.ID, again.Number)
		}
	})
}

// TestLargeLogs stores build logs that stand apart, reads them by every way, and
// deletes them with all else that their deployments left in the table.
func TestLargeLogs(t *testing.T) {
	onEach(t, func(t *testing.T, c *dynamodb.Client, table string) {
		s := New(&strict{API: c, t: t}, table)
		f := begun(t, s)
		before := items(t, c, table)
		ds := many(control.MaxDeletes)
		for i := range ds {
			ds[i].Outcome, ds[i].Diagnostics = slipway.Processing, nil
		}
		ds[1].Workflow = ""
		must(t, s.PutDeployments(t.Context(), f, ds, nil))
		for i := range ds {
			ds[i].Workflow = ordinary(fmt.Sprint(i)).Workflow
			ds[i].Outcome, ds[i].Diagnostics = slipway.Failed, noise(200)
		}
		ds[0].Diagnostics = []diagnostic.Diagnostic{}
		must(t, s.PutDeployments(t.Context(), f, ds, nil))
		for _, want := range ds {
			got, err := s.Deployment(t.Context(), want.Environment, want.ID)
			must(t, err)
			listed, _, err := s.Deployments(t.Context(), want.Environment, control.DeploymentQuery{Workflow: want.Workflow, Whole: true})
			must(t, err)
			if diff := cmp.Diff([]slipway.Deployment{want, want}, append(listed, got)); diff != "" {
				t.Fatalf("a deployment differs (-want +got):\n%s", diff)
			}
		}
		var ids []string
		for _, d := range ds {
			ids = append(ids, d.ID)
		}
		must(t, s.DeleteDeployments(t.Context(), f.Environment, 0, ids))
		if left := items(t, c, table); left != before {
			t.Errorf("%d items are left, there were %d", left, before)
		}
	})
}

// items counts all there are.
func items(t *testing.T, c *dynamodb.Client, table string) int {
	t.Helper()
	out, err := c.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table})
	must(t, err)
	return len(out.Items)
}

// TestLargestRow writes a state and a document that do not fit into one item.
func TestLargestRow(t *testing.T) {
	onEach(t, func(t *testing.T, c *dynamodb.Client, table string) {
		s := New(&strict{API: c, t: t}, table)
		f := begun(t, s)
		row := slipway.Row{Number: 1, ID: "row_1", State: stateOf(t, 370<<10)}
		for i := range slipway.MaxWorkflows {
			id := fmt.Sprint(i)
			row.Changes = append(row.Changes, slipway.Change{Workflow: id, From: "dep_" + digest(id)[:26], FromCommit: digest("c" + id)[:40]})
		}
		_, err := s.Append(t.Context(), f.Environment, row, nil)
		must(t, err)
		head, err := s.Head(t.Context(), f.Environment)
		must(t, err)
		if diff := cmp.Diff(row.Changes, head.Changes); diff != "" || len(head.State.Workflows) != len(row.State.Workflows) {
			t.Errorf("the head has %d workflows, and changes that differ:\n%s", len(head.State.Workflows), diff)
		}
	})
}

// stateOf is a state that is stored in a little more than size bytes.
func stateOf(t *testing.T, size int) slipway.State {
	t.Helper()
	for n := size / 300; ; n += n/100 + 1 {
		state := slipway.State{Workflows: map[string]slipway.WorkflowState{}}
		for i := range n {
			id := digest(fmt.Sprint(i))
			state.Workflows[id] = slipway.WorkflowState{Hold: &slipway.Hold{Reason: digest("a"+id) + digest("b"+id) + digest("c"+id)}}
		}
		data, err := state.Encode()
		must(t, err)
		if len(data) >= size {
			return state
		}
	}
}
