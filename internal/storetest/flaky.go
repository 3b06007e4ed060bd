package storetest

import (
	"context"
	"hash/fnv"
	"sync"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Fault is what befalls one write of a flaky store.
type Fault int

// The faults. A write that its store refuses is refused as ever.
const (
	None       Fault = iota
	FailBefore       // nothing is written, and the caller gets Unavailable
	LoseAnswer       // the write happens, and the caller is told by Unavailable that it may not have
	LoseRace         // an Append finds that somebody else was first; another write is FailBefore
	Halfway          // PutDeployments writes the deployments only; another write is FailBefore
)

// Op names a write for a chooser.
type Op string

// The writes.
const (
	OpCreateEnvironment Op = "create-environment"
	OpMoveSlot          Op = "move-slot"
	OpUpdateSync        Op = "update-sync"
	OpPutDeployments    Op = "put-deployments"
	OpAppend            Op = "append"
)

// NewFlaky gives inner with writes that go wrong as choose says. Reads are
// inner's. Calls of choose never overlap.
func NewFlaky(inner control.Store, choose func(Op) Fault) control.Store {
	return &flaky{Store: inner, choose: choose}
}

// Seeded chooses a fault for about one write in every, the same ones for the
// same seed and order of writes.
func Seeded(seed uint64, every int) func(Op) Fault {
	n := uint64(0)
	return func(op Op) Fault {
		n++
		h := fnv.New64a()
		for _, v := range []uint64{seed, n} {
			for shift := 0; shift < 64; shift += 8 {
				h.Write([]byte{byte(v >> shift)})
			}
		}
		h.Write([]byte(op))
		x := h.Sum64()
		x ^= x >> 29 // the hash's last bytes move its upper bits least
		x *= 0xbf58476d1ce4e5b9
		x ^= x >> 32
		if x%uint64(every) != 0 {
			return None
		}
		return FailBefore + Fault(x>>40%4)
	}
}

type flaky struct {
	control.Store
	mu     sync.Mutex
	choose func(Op) Fault
}

// befall runs write as its fault has it; half, when it is not nil, is the part
// of the write that Halfway does.
func (f *flaky) befall(op Op, write, half func() error) error {
	switch f.next(op) {
	case None:
		return write()
	case LoseAnswer:
		if err := write(); err != nil {
			return err
		}
	case Halfway:
		if half == nil {
			break
		}
		if err := half(); err != nil {
			return err
		}
	}
	return unanswered()
}

func (f *flaky) next(op Op) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.choose(op)
}

func (f *flaky) CreateEnvironment(ctx context.Context, e slipway.Environment, first []slipway.Row) error {
	return f.befall(OpCreateEnvironment, func() error { return f.Store.CreateEnvironment(ctx, e, first) }, nil)
}

func (f *flaky) MoveSlot(ctx context.Context, env string, m slipway.SlotMove) error {
	return f.befall(OpMoveSlot, func() error { return f.Store.MoveSlot(ctx, env, m) }, nil)
}

func (f *flaky) UpdateSync(ctx context.Context, fence slipway.Fence, s slipway.Sync) error {
	return f.befall(OpUpdateSync, func() error { return f.Store.UpdateSync(ctx, fence, s) }, nil)
}

func (f *flaky) PutDeployments(ctx context.Context, fence slipway.Fence, ds []slipway.Deployment, ws []slipway.Workflow) error {
	return f.befall(OpPutDeployments,
		func() error { return f.Store.PutDeployments(ctx, fence, ds, ws) },
		func() error { return f.Store.PutDeployments(ctx, fence, ds, nil) })
}

func (f *flaky) Append(ctx context.Context, env string, row slipway.Row, fence *slipway.Fence) (slipway.Row, error) {
	chosen := f.next(OpAppend)
	if chosen == LoseRace {
		return f.loseRace(ctx, env, row)
	}
	if chosen == FailBefore || chosen == Halfway {
		return slipway.Row{}, unanswered()
	}
	stored, err := f.Store.Append(ctx, env, row, fence)
	if err == nil && chosen == LoseAnswer {
		return slipway.Row{}, unanswered()
	}
	return stored, err
}

// loseRace answers as a store does when somebody else was first. A row that is
// stored is found even so.
func (f *flaky) loseRace(ctx context.Context, env string, row slipway.Row) (slipway.Row, error) {
	stored, err := f.RowByID(ctx, env, row.ID)
	if err == nil || !fault.Is(err, fault.NotFound) {
		return stored, err
	}
	return slipway.Row{}, fault.New(fault.Conflict, "ledger-moved", "release %d is no longer the next", row.Number)
}

func unanswered() error {
	return fault.New(fault.Unavailable, "store-busy", "the store did not answer").WithHint("ask again in a moment")
}
