package control_test

import (
	"context"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
)

// TestAPlanThatComesTooLateEnds: its worker has been told to end before it came
// to it. Whoever asks is told so, and does not wait.
func TestAPlanThatComesTooLateEnds(t *testing.T) {
	t.Parallel()
	w, _ := oneWorkflow(t)
	w.options.Start = func(control.Work) {}
	w.Plane = control.New(w.options)
	asked, err := w.RequestPlan(w.ctx, "prod", "", ana.Actor)
	if err != nil || asked.Status != control.PlanRunning {
		t.Fatalf("asked for %+v, %v", asked, err)
	}
	ctx, cancel := context.WithCancel(w.ctx)
	cancel()
	if _, err := w.RunPlan(ctx, asked.Environment, asked.ID); err != nil {
		t.Fatal(err)
	}
	plan, err := w.Plan(w.ctx, "prod", asked.ID)
	if err != nil || plan.Status != control.PlanFailed || plan.EndedAt == nil || plan.Problem.Code != control.CodeInterrupted {
		t.Errorf("it is %+v, %v", plan, err)
	}
}
