package task

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/slipway-dev/slipway/internal/asl"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/statemachine"
)

// Machine is the definition that AWS Step Functions runs too.
type Machine struct{ machine *asl.Machine }

// Load reads the definition. It fails if the definition is not good.
func Load() (*Machine, error) {
	m, err := asl.Load([]byte(statemachine.Definition), Resources())
	if err != nil {
		return nil, fmt.Errorf("load the state machine: %w", err)
	}
	return &Machine{m}, nil
}

// Engine runs the steps of a sync by the definition, in this process.
func (m *Machine) Engine(now func() time.Time) control.Engine {
	return func(ctx context.Context, p *control.Plane, in control.SyncRef) error {
		input, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encode input: %w", err)
		}
		_, err = m.machine.Run(ctx, asl.Run{
			Name: ExecutionName(in), Tasks: Tasks(p), ErrorName: ErrorName, Sleep: sleep, Now: now, Rand: rand.Float64,
		}, input)
		return err
	}
}

// slack is what a lease has beyond the longest that its state may take.
const slack = time.Minute

// Lease is how long a worker may be silent in a step of a sync with this many
// batches: as long as the definition lets the step's state take with all its
// tries, and a minute.
func (m *Machine) Lease(step string, batches int) time.Duration {
	state := map[string]string{"fetch": "Fetch", "validate": "Validate", "go live": "Go live", "finish": "Finish"}[step]
	if state == "" {
		return slack
	}
	longest, err := m.machine.Longest(state, batches)
	if err != nil { // a test holds the names to the definition
		return slack
	}
	return longest + slack
}

// ExecutionName names the one execution of a sync under a generation.
func ExecutionName(in control.SyncRef) string {
	return fmt.Sprintf("%s-%d", in.Sync, in.Generation)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
