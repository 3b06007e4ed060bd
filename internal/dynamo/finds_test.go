package dynamo

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// found is a deployment as its sync finds it.
func found(d slipway.Deployment) slipway.Deployment {
	return slipway.Deployment{
		ID: d.ID, Environment: d.Environment, Workflow: d.Workflow, Sync: d.Sync, Sequence: d.Sequence, Commit: d.Commit,
		Path: d.Path, Outcome: slipway.Processing, CreatedAt: d.CreatedAt, Diagnostics: d.Diagnostics,
	}
}

// TestFinds puts deployments into a list, takes some out, and wants from what is
// stored what was put last, in the order of their places.
func TestFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l, want := newFinds(17), map[string]slipway.Deployment{}
		for range rapid.IntRange(0, 30).Draw(t, "steps") {
			d := ordinary(fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "which")))
			if rapid.Bool().Draw(t, "drop") {
				l.drop(d.ID)
				delete(want, d.ID)
				continue
			}
			d = found(d)
			d.Workflow = rapid.SampledFrom([]string{"", d.Workflow, "another"}).Draw(t, "workflow")
			d.Size = rapid.Int64Range(0, 1).Draw(t, "what they need not have in common")
			l.put(d)
			want[d.ID] = d
		}
		w, err := l.write("env")
		if err != nil {
			t.Fatal(err)
		}
		if len(want) == 0 {
			if w.Delete == nil {
				t.Fatalf("an empty list is written as %+v", w)
			}
			return
		}
		read, err := decodeFinds(w.Put.Item)
		if err != nil {
			t.Fatal(err)
		}
		got, last := map[string]slipway.Deployment{}, ""
		for _, f := range read.List {
			if place := f.place(17); place <= last {
				t.Fatalf("%q stands after %q", place, last)
			} else {
				last = place
			}
			got[f.ID] = read.open(f)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("the list differs (-want +got):\n%s", diff)
		}
	})
}

// TestFindsAreSmall keeps what is not checked, for whatever it has in common.
func TestFindsAreSmall(t *testing.T) {
	l := newFinds(1)
	const n = 100
	for _, d := range many(n) {
		l.put(found(d))
	}
	doc, err := packFit(l)
	must(t, err)
	if perOne := len(doc) / n; perOne > 64 {
		t.Errorf("each of %d takes %d bytes", n, perOne)
	}
}

// TestSheets describes more workflows than one sheet takes, and again.
func TestSheets(t *testing.T) {
	var ws []slipway.Workflow
	for i := range maxSheet + 3 {
		ws = append(ws, slipway.Workflow{ID: fmt.Sprint(i), Seen: 2})
	}
	sheets := putOn(putOn(nil, ws[:5]), ws)
	if len(sheets) != 2 || len(sheets[0].workflows) != maxSheet || len(sheets[1].workflows) != 3 {
		t.Fatalf("%d sheets, of which the first has %d", len(sheets), len(sheets[0].workflows))
	}
	for _, sh := range sheets {
		sh.dirty = false
	}
	late, again := ws[maxSheet], ws[maxSheet+1]
	late.Seen, late.Name, again.Name = 1, "late", "again"
	sheets = putOn(sheets, []slipway.Workflow{late, again})
	if got := sheets[1].workflows; sheets[0].dirty || !sheets[1].dirty || got[0].Name != "" || got[1].Name != "again" {
		t.Errorf("the second sheet has %+v", got)
	}
	sheets[1].size = maxSheetBytes
	if sheets = putOn(sheets, []slipway.Workflow{{ID: "new"}}); len(sheets) != 3 {
		t.Errorf("a sheet of %d bytes takes more", maxSheetBytes)
	}
}

// cut is a client that dies before a transaction.
type cut struct {
	API
	after int // this many of them
}

func (c *cut) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, o ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	if c.after--; c.after < 0 {
		return nil, errors.New("killed")
	}
	return c.API.TransactWriteItems(ctx, in, o...)
}

// TestPutsKilled kills a put of many deployments before each of its transactions;
// the next one must leave what an undisturbed one does.
func TestPutsKilled(t *testing.T) {
	onEach(t, func(t *testing.T, c *dynamodb.Client, table string) {
		s := New(&strict{API: c, t: t}, table)
		f := begun(t, s)
		ds := many(120)
		open := make([]slipway.Deployment, len(ds))
		for i, d := range ds {
			open[i] = found(d)
			if i%3 == 0 {
				open[i].Workflow = "another"
			}
		}
		for _, put := range [][]slipway.Deployment{open, ds} {
			for after := 0; ; after++ {
				err := New(&cut{c, after}, table).PutDeployments(t.Context(), f, put, nil)
				if err == nil {
					break
				}
				if after > 9 {
					t.Fatalf("it never comes to its end: %v", err)
				}
				listed, _, err := s.Deployments(t.Context(), f.Environment, control.DeploymentQuery{Page: control.Page{Limit: 200}})
				must(t, err)
				if put[0].Outcome != slipway.Processing && len(listed) != len(ds) {
					t.Errorf("killed after %d transactions, %d are listed", after, len(listed))
				}
			}
			for _, want := range put {
				got, _, err := s.Deployments(t.Context(), f.Environment, control.DeploymentQuery{Workflow: want.Workflow, Whole: true, Page: control.Page{Limit: 200}})
				must(t, err)
				alone, err := s.Deployment(t.Context(), f.Environment, want.ID)
				must(t, err)
				if want.Workflow != "another" && len(got) != 1 {
					t.Fatalf("the list of %s has %d", want.Workflow, len(got))
				}
				if diff := cmp.Diff(want, alone); diff != "" {
					t.Fatalf("a deployment differs (-want +got):\n%s", diff)
				}
			}
		}
		left, _, err := s.Deployments(t.Context(), f.Environment, control.DeploymentQuery{Workflow: "another"})
		if err != nil || len(left) != 0 {
			t.Errorf("in the list of the workflow that they were taken for stand %d (%v)", len(left), err)
		}
	})
}

// reading is a client that does something before it reads items by their keys, or
// the slot.
type reading struct {
	API
	before, slot func()
}

func (r *reading) GetItem(ctx context.Context, in *dynamodb.GetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	if f := r.slot; f != nil && textOf(in.Key, SortKey) == slotKey("").sk {
		r.slot = nil
		f()
	}
	return r.API.GetItem(ctx, in, o...)
}

func (r *reading) BatchGetItem(ctx context.Context, in *dynamodb.BatchGetItemInput, o ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	if f := r.before; f != nil {
		r.before = nil
		f()
	}
	return r.API.BatchGetItem(ctx, in, o...)
}

// TestListsBesidePruner prunes a deployment between the reading of a list and of
// what it leads to: it is gone, and not one that was never checked.
func TestListsBesidePruner(t *testing.T) {
	onEach(t, func(t *testing.T, c *dynamodb.Client, table string) {
		s := New(&strict{API: c, t: t}, table)
		f := begun(t, s)
		ds := many(3)
		must(t, s.PutDeployments(t.Context(), f, ds, nil))
		pruning := &reading{API: c, before: func() {
			must(t, s.DeleteDeployments(t.Context(), f.Environment, 0, []string{ds[1].ID}))
		}}
		got, _, err := New(pruning, table).Deployments(t.Context(), f.Environment, control.DeploymentQuery{})
		must(t, err)
		if len(got) != 2 || got[0].ID != ds[0].ID || got[1].ID != ds[2].ID {
			t.Errorf("the list has %+v", got)
		}
	})
}

// TestReadWhileChecked reads a deployment by its id while its sync checks it and
// ends: no place to look has it then, and still it is there.
func TestReadWhileChecked(t *testing.T) {
	onEach(t, func(t *testing.T, c *dynamodb.Client, table string) {
		s := New(&strict{API: c, t: t}, table)
		f := begun(t, s)
		d := many(1)[0]
		must(t, s.PutDeployments(t.Context(), f, []slipway.Deployment{found(d)}, nil))
		end := func() {
			must(t, s.PutDeployments(t.Context(), f, []slipway.Deployment{d}, nil))
			slot, err := s.Slot(t.Context(), f.Environment)
			must(t, err)
			sync, err := s.Sync(t.Context(), f.Environment, f.Sync)
			must(t, err)
			slot.Version, slot.Running, sync.Status = slot.Version+1, "", slipway.SyncSucceeded
			must(t, s.MoveSlot(t.Context(), f.Environment, slipway.SlotMove{Slot: slot, Syncs: []slipway.Sync{sync}}))
		}
		got, err := New(&reading{API: c, slot: end}, table).Deployment(t.Context(), f.Environment, d.ID)
		must(t, err)
		if diff := cmp.Diff(d, got); diff != "" {
			t.Errorf("what was checked meanwhile differs (-want +got):\n%s", diff)
		}
		if _, err := s.Deployment(t.Context(), f.Environment, "dep_none"); !fault.Is(err, fault.NotFound) {
			t.Errorf("one that is not there: %v", err)
		}
	})
}
