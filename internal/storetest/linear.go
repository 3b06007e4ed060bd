package storetest

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/anishathalye/porcupine"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// call is a Head (when id is "") or an Append as the model sees it, and answer
// what it gave: a number, and the id of that row; 0 for a lost race.
type (
	call   struct{ id, number string }
	answer struct{ id, number string }
)

// ledgerModel is a ledger as a list of ids, joined by commas.
func ledgerModel() porcupine.Model {
	return porcupine.Model{
		Init: func() any { return "" },
		Step: func(state, input, output any) (bool, any) {
			ids := strings.Split(state.(string), ",")[1:]
			c, a := input.(call), output.(answer)
			if c.id == "" {
				want := answer{"", "0"}
				if n := len(ids); n > 0 {
					want = answer{ids[n-1], fmt.Sprint(n)}
				}
				return a == want, state
			}
			if at := slices.Index(ids, c.id); at >= 0 {
				return a == answer{c.id, fmt.Sprint(at + 1)}, state
			}
			if c.number == fmt.Sprint(len(ids)+1) {
				return a == answer(c), state.(string) + "," + c.id
			}
			return a == answer{"", "0"}, state
		},
		DescribeOperation: func(input, output any) string { return fmt.Sprintf("%v -> %v", input, output) },
	}
}

// linearizable lets clients read and append at once, each append said twice now
// and then, and asks whether some order of the calls explains every answer.
func linearizable(t *testing.T, stores ...control.Store) {
	e := newEnvironment(t, stores[0])
	var clock atomic.Int64
	histories := make([][]porcupine.Operation, 5)
	errs := together(len(histories), func(client int) error {
		s := stores[client%len(stores)]
		do := func(c call, f func() (answer, error)) error {
			begun := clock.Add(1)
			a, err := f()
			if err != nil && !fault.Is(err, fault.Conflict) {
				return err
			}
			histories[client] = append(histories[client], porcupine.Operation{
				ClientId: client, Input: c, Call: begun, Output: a, Return: clock.Add(1),
			})
			return nil
		}
		for i := range rounds {
			head, err := s.Head(t.Context(), e.ID)
			if err != nil {
				return err
			}
			row := after(head, fmt.Sprintf("row_%d_%d", client, i))
			for range 1 + i%2 {
				c := call{row.ID, fmt.Sprint(row.Number)}
				if err := do(c, func() (answer, error) {
					stored, err := s.Append(t.Context(), e.ID, row, nil)
					return answer{stored.ID, fmt.Sprint(stored.Number)}, err
				}); err != nil {
					return err
				}
			}
			if err := do(call{}, func() (answer, error) {
				head, err := s.Head(t.Context(), e.ID)
				return answer{head.ID, fmt.Sprint(head.Number)}, err
			}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, err := range errs {
		ok(t, err)
	}
	if !porcupine.CheckOperations(ledgerModel(), slices.Concat(histories...)) {
		t.Error("no order of the calls explains what the store answered")
	}
}
