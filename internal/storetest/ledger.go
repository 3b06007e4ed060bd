package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func ledgerCases() map[string]func(*testing.T, control.Store) {
	return map[string]func(*testing.T, control.Store){
		"ledger/is empty at first":               ledgerEmpty,
		"ledger/reads what was appended":         ledgerReads,
		"ledger/only the next number fits":       ledgerNumbers,
		"ledger/a lost answer finds its row":     ledgerLostAnswer,
		"ledger/marks the first go-live once":    ledgerMarks,
		"ledger/a refused row leaves no trace":   ledgerRefused,
		"ledger/a fence is checked":              ledgerFenced,
		"ledger/no sync was asked for since":     ledgerSince,
		"ledger/a full row of first marks":       ledgerManyMarks,
		"ledger/a state of a thousand workflows": ledgerLarge,
	}
}

func ledgerEmpty(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), slipway.Row{})
	same(t, "rows", pages(t, rowsOf(t.Context(), s, e.ID), 0), nil)
	_, err := s.Row(t.Context(), e.ID, 1)
	refused(t, err, fault.NotFound, "unknown-release")
	_, err = s.RowByID(t.Context(), e.ID, "row_1")
	refused(t, err, fault.NotFound, "unknown-release")
}

// ledgerSince appends rows that take for granted which sync was asked for last.
func ledgerSince(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	row := func(number, last int64) slipway.Row {
		return slipway.Row{Number: number, ID: fmt.Sprintf("row_%d", number), At: moment(number), Actor: slipway.LocalActor("ada"), Cause: slipway.CauseHold, LastSync: last}
	}
	want := func(number int64) slipway.Row { return row(number, 0) }
	same(t, "a row before any sync", value(s.Append(t.Context(), e.ID, row(1, 1), nil))(t), want(1))
	f := begin(t, s, e.ID, "sync_a").Fence()
	same(t, "a row of the newest sync", value(s.Append(t.Context(), e.ID, row(2, 1), nil))(t), want(2))
	begin(t, s, e.ID, "sync_b")
	_, err := s.Append(t.Context(), e.ID, row(3, 1), nil)
	refused(t, err, fault.Conflict, "sync-since")
	_, err = s.Append(t.Context(), e.ID, row(3, 1), &f)
	refused(t, err, fault.Conflict, "sync-since")
	_, err = s.Append(t.Context(), e.ID, row(2, 1), nil)
	ok(t, err) // its answer was lost
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), want(2))
	value(s.Append(t.Context(), e.ID, row(3, 2), &f))(t)
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), want(3))
	ok(t, s.RemoveEnvironment(t.Context(), aRemoval(e)))
	_, err = s.Append(t.Context(), e.ID, row(4, 2), nil)
	refused(t, err, fault.NotFound, "unknown-environment")
	empty := newEnvironment(t, s)
	ok(t, s.RemoveEnvironment(t.Context(), aRemoval(empty)))
	_, err = s.Append(t.Context(), empty.ID, row(1, 1), nil)
	refused(t, err, fault.NotFound, "unknown-environment")
	same(t, "the slot of what is removed", value(s.Slot(t.Context(), empty.ID))(t), slipway.Slot{})
}

func ledgerReads(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	rows := grow(t, s, e.ID, 12)
	for i, want := range rows {
		same(t, "row", value(s.Row(t.Context(), e.ID, int64(i+1)))(t), want)
		same(t, "row by id", value(s.RowByID(t.Context(), e.ID, want.ID))(t), want)
	}
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), rows[11])
	var want []slipway.Row
	for _, r := range slices.Backward(rows) {
		want = append(want, bare(r))
	}
	for _, limit := range []int{0, 1, 5, 12} {
		same(t, fmt.Sprintf("rows by %d", limit), pages(t, rowsOf(t.Context(), s, e.ID), limit), want)
	}
	for _, none := range []int64{0, -1, 13} {
		_, err := s.Row(t.Context(), e.ID, none)
		refused(t, err, fault.NotFound, "unknown-release")
	}
}

func ledgerNumbers(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	for _, number := range []int64{0, 2, -1} {
		row := after(slipway.Row{}, "row_x")
		row.Number = number
		_, err := s.Append(t.Context(), e.ID, row, nil)
		refused(t, err, fault.Conflict, "ledger-moved")
	}
	rows := grow(t, s, e.ID, 3)
	for _, number := range []int64{0, 1, 3, 5} {
		row := after(rows[2], "row_x")
		row.Number = number
		_, err := s.Append(t.Context(), e.ID, row, nil)
		refused(t, err, fault.Conflict, "ledger-moved")
	}
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), rows[2])
}

func ledgerLostAnswer(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	d := aDeployment(sync, "a", "a.ts", slipway.Valid)
	put(t, s, sync, d)
	f := sync.Fence()
	lost := value(s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_lost", d), &f))(t)
	rows := grow(t, s, e.ID, 3)
	ok(t, s.UpdateSync(t.Context(), f, ended(sync)))

	again := after(rows[2], "row_lost", aDeployment(sync, "b", "b.ts", slipway.Valid))
	for _, fence := range []*slipway.Fence{nil, &f} {
		same(t, "row appended again", value(s.Append(t.Context(), e.ID, again, fence))(t), lost)
	}
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), rows[2])
	same(t, "rows", len(pages(t, rowsOf(t.Context(), s, e.ID), 0)), 4)
}

func ledgerMarks(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	a, b := aDeployment(sync, "a", "a.ts", slipway.Valid), aDeployment(sync, "b", "b.ts", slipway.Valid)
	put(t, s, sync, a, b)
	one := value(s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_1", a), nil))(t)
	two := after(one, "row_2", a, b)
	two.Changes[1].First = false
	two = value(s.Append(t.Context(), e.ID, two, nil))(t)
	a.FirstLive = 1
	same(t, "marked once", value(s.Deployment(t.Context(), e.ID, a.ID))(t), a)
	same(t, "not a first go-live", value(s.Deployment(t.Context(), e.ID, b.ID))(t), b)
	value(s.Append(t.Context(), e.ID, after(two, "row_3", a, b), nil))(t)
	b.FirstLive = 3
	same(t, "still of the first row", value(s.Deployment(t.Context(), e.ID, a.ID))(t), a)
	same(t, "marked by the third", value(s.Deployment(t.Context(), e.ID, b.ID))(t), b)
}

func ledgerRefused(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	d := aDeployment(sync, "a", "a.ts", slipway.Valid)
	put(t, s, sync, d)
	late := after(slipway.Row{}, "row_late", d)
	late.Number = 2
	_, err := s.Append(t.Context(), e.ID, late, nil)
	refused(t, err, fault.Conflict, "ledger-moved")
	_, err = s.RowByID(t.Context(), e.ID, "row_late")
	refused(t, err, fault.NotFound, "unknown-release")
	same(t, "unmarked", value(s.Deployment(t.Context(), e.ID, d.ID))(t), d)
	late.Number = 1
	value(s.Append(t.Context(), e.ID, late, nil))(t) // its id was not taken
}

func ledgerFenced(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	d := aDeployment(sync, "a", "a.ts", slipway.Valid)
	put(t, s, sync, d)
	for name, f := range fences(t, s, e.ID) {
		t.Run(name, func(t *testing.T) {
			_, err := s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_x", d), &f)
			refused(t, err, fault.LeaseLost, "lease-lost")
			same(t, "head", value(s.Head(t.Context(), e.ID))(t), slipway.Row{})
			same(t, "unmarked", value(s.Deployment(t.Context(), e.ID, d.ID))(t), d)
		})
	}
	f := sync.Fence()
	value(s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_1", d), &f))(t)
}

func ledgerManyMarks(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	sync := begin(t, s, e.ID, "sync_a")
	var ds []slipway.Deployment
	for i := range slipway.MaxFirstMarks {
		id := fmt.Sprintf("w%03d", i)
		ds = append(ds, aDeployment(sync, id, id+".ts", slipway.Valid))
	}
	put(t, s, sync, ds...)
	f := sync.Fence()
	value(s.Append(t.Context(), e.ID, after(slipway.Row{}, "row_1", ds...), &f))(t)
	for i := range ds {
		ds[i].FirstLive = 1
	}
	q := control.DeploymentQuery{WasLive: true}
	same(t, "marked", pages(t, deploymentsOf(t.Context(), s, e.ID, q), 0), listed(ds...))
}

// Thousand is a state as large as an environment may have.
func Thousand() slipway.State {
	state := slipway.State{Workflows: map[string]slipway.WorkflowState{}}
	for i := range slipway.MaxWorkflows {
		id := fmt.Sprintf("workflow-%04d", i)
		dep, digest := "dep_"+slipway.RowID(id), "sha256:"+slipway.RowID("digest", id)
		state.Workflows[id] = slipway.WorkflowState{
			EverLive: true,
			Live: &slipway.Live{
				Deployment: dep, Sequence: int64(i), Digest: digest, Trigger: "user:" + id, Code: slipway.Code(slipway.RowID("code", id)),
				Commit: aCommit(i).SHA, Since: moment(int64(i)), Actor: slipway.LocalActor("ada"), Release: 1,
			},
			Offered: &slipway.Offered{Deployment: dep, Sequence: int64(i), Digest: digest, Trigger: "user:" + id, Commit: aCommit(i).SHA, WasLive: true},
		}
	}
	return state
}

func ledgerLarge(t *testing.T, s control.Store) {
	e := newEnvironment(t, s)
	row := after(slipway.Row{}, "row_1")
	row.State = Thousand()
	value(s.Append(t.Context(), e.ID, row, nil))(t)
	same(t, "head", value(s.Head(t.Context(), e.ID))(t), row)
}
