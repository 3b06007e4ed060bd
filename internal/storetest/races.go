package storetest

import (
	"fmt"
	"sync"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const (
	racers = 8
	rounds = 15
)

func raceCases() map[string]func(*testing.T, control.Store) {
	one := func(check func(*testing.T, ...control.Store)) func(*testing.T, control.Store) {
		return func(t *testing.T, s control.Store) { check(t, s) }
	}
	return map[string]func(*testing.T, control.Store){
		"races/one append of a round wins":       one(appendRounds),
		"races/every writer gets its rows in":    one(appendAll),
		"races/one row for one id":               one(appendSame),
		"races/sequences have no gaps":           one(beginRace),
		"races/one environment for one slug":     one(createRace),
		"races/an end and an append never cross": one(endRace),
		"races/the ledger is linearizable":       one(linearizable),
		"races/writers of a removed environment": one(lateWriters),
	}
}

// twiceCases are what two handles of the same data must keep between them.
func twiceCases() map[string]func(t *testing.T, a, b control.Store) {
	both := func(check func(*testing.T, ...control.Store)) func(t *testing.T, a, b control.Store) {
		return func(t *testing.T, a, b control.Store) { check(t, a, b) }
	}
	return map[string]func(t *testing.T, a, b control.Store){
		"twice/what one writes the other reads": readOther,
		"twice/one append of a round wins":      both(appendRounds),
		"twice/every writer gets its rows in":   both(appendAll),
		"twice/one row for one id":              both(appendSame),
		"twice/sequences have no gaps":          both(beginRace),
		"twice/one environment for one slug":    both(createRace),
		"twice/the ledger is linearizable":      both(linearizable),
		"twice/a person and a pruner":           both(pruneRace),
		"twice/writers of a removed one":        both(lateWriters),
	}
}

// together runs f for each of n racers at once and returns their errors.
func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

func appendRounds(t *testing.T, stores ...control.Store) {
	e := newEnvironment(t, stores[0])
	head := slipway.Row{}
	for round := range rounds {
		errs := together(racers, func(i int) error {
			_, err := stores[i%len(stores)].Append(t.Context(), e.ID, after(head, fmt.Sprintf("row_%d_%d", round, i)), nil)
			return err
		})
		won := -1
		for i, err := range errs {
			if err == nil && won < 0 {
				won = i
				continue
			}
			refused(t, err, fault.Conflict, "ledger-moved")
		}
		if won < 0 {
			t.Fatalf("round %d: nobody won", round)
		}
		want := after(head, fmt.Sprintf("row_%d_%d", round, won))
		head = value(stores[round%len(stores)].Head(t.Context(), e.ID))(t)
		same(t, "head", head, want)
	}
}

func appendAll(t *testing.T, stores ...control.Store) {
	e := newEnvironment(t, stores[0])
	for _, err := range together(4, func(i int) error {
		return Contend(t.Context(), stores[i%len(stores)], e.ID, fmt.Sprint("row_", i), rounds)
	}) {
		ok(t, err)
	}
	if ids := Whole(t, stores[0], e.ID); len(ids) != 4*rounds {
		t.Errorf("%d rows, want %d", len(ids), 4*rounds)
	}
}

func appendSame(t *testing.T, stores ...control.Store) {
	e := newEnvironment(t, stores[0])
	rows := grow(t, stores[0], e.ID, 1)
	got := make([]slipway.Row, racers)
	for _, err := range together(racers, func(i int) (err error) {
		got[i], err = stores[i%len(stores)].Append(t.Context(), e.ID, after(rows[0], "row_same"), nil)
		return err
	}) {
		ok(t, err)
	}
	for _, row := range got {
		same(t, "row", row, after(rows[0], "row_same"))
	}
	Whole(t, stores[0], e.ID)
}

func beginRace(t *testing.T, stores ...control.Store) {
	e := newEnvironment(t, stores[0])
	n := racers * 4
	got := make([]slipway.Sync, n)
	for _, err := range together(n, func(i int) (err error) { // each id twice
		got[i], err = Begin(t.Context(), stores[i%len(stores)], aSync(e.ID, fmt.Sprint("sync_", i/2)))
		return err
	}) {
		ok(t, err)
	}
	seen := map[int64]string{}
	for _, sync := range got {
		if id, is := seen[sync.Sequence]; is && id != sync.ID {
			t.Errorf("sequence %d was given to %s and %s", sync.Sequence, id, sync.ID)
		}
		seen[sync.Sequence] = sync.ID
	}
	for i := range n / 2 {
		if seen[int64(i+1)] == "" {
			t.Errorf("sequence %d was given to nobody", i+1)
		}
	}
	same(t, "how many", len(seen), n/2)
}

func createRace(t *testing.T, stores ...control.Store) {
	slug, won := anEnvironment().Slug, 0
	for _, err := range together(racers, func(i int) error {
		e := anEnvironment()
		e.Slug = slug
		return stores[i%len(stores)].CreateEnvironment(t.Context(), e, nil)
	}) {
		if err == nil {
			won++
			continue
		}
		refused(t, err, fault.Conflict, "environment-exists")
	}
	same(t, "how many won", won, 1)
}

// endRace ends a sync while it appends: what was appended was so before the end.
func endRace(t *testing.T, stores ...control.Store) {
	e := newEnvironment(t, stores[0])
	for round := range rounds {
		sync := begin(t, stores[0], e.ID, fmt.Sprint("sync_", round))
		head := value(stores[0].Head(t.Context(), e.ID))(t)
		f := sync.Fence()
		errs := together(2, func(i int) error {
			if i == 0 {
				return stores[0].UpdateSync(t.Context(), f, ended(sync))
			}
			_, err := stores[0].Append(t.Context(), e.ID, after(head, fmt.Sprint("row_", round)), &f)
			return err
		})
		ok(t, errs[0])
		_, err := stores[0].RowByID(t.Context(), e.ID, fmt.Sprint("row_", round))
		if errs[1] == nil {
			ok(t, err)
			continue
		}
		refused(t, errs[1], fault.LeaseLost, "lease-lost")
		refused(t, err, fault.NotFound, "unknown-release")
	}
}

func readOther(t *testing.T, a, b control.Store) {
	e := newEnvironment(t, a)
	same(t, "environment", value(b.Environment(t.Context(), e.Slug))(t), e)
	for i := range 5 {
		sync := begin(t, a, e.ID, fmt.Sprint("sync_", i))
		same(t, "sync", value(b.Sync(t.Context(), e.ID, sync.ID))(t), sync)
		d := aDeployment(sync, "a", "a.ts", slipway.Valid)
		put(t, b, sync, d)
		same(t, "deployment", value(a.Deployment(t.Context(), e.ID, d.ID))(t), d)
		head := value(a.Head(t.Context(), e.ID))(t)
		row := value(b.Append(t.Context(), e.ID, after(head, fmt.Sprint("row_", i), d), nil))(t)
		same(t, "head", value(a.Head(t.Context(), e.ID))(t), row)
		a, b = b, a
	}
	_, next, err := a.Rows(t.Context(), e.ID, control.Page{Limit: 2})
	ok(t, err)
	rows, _, err := b.Rows(t.Context(), e.ID, control.Page{Limit: 1, Cursor: next})
	ok(t, err)
	same(t, "the number that a's cursor gives b", rows[0].Number, 3)
}
