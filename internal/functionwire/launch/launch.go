package launch

import (
	"context"
	"log/slog"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// How long beginning one piece of work may take, and how long of that AWS may
// take to answer: the rest is for recording that it did not.
const (
	patience   = 20 * time.Second
	answerTime = 10 * time.Second
)

// Plane is the part of control.Plane that is used here.
type Plane interface {
	StartWaiting(ctx context.Context, env string) (control.SyncRef, bool, error)
	Abandon(ctx context.Context, in control.SyncRef, problem slipway.Problem) error
	AbandonPlan(ctx context.Context, env, id string, problem slipway.Problem) error
}

var _ Plane = (*control.Plane)(nil)

// Launcher begins work.
type Launcher struct {
	executions Executions
	plans      Plans
	log        *slog.Logger
	plane      Plane
}

// New makes the launcher of a function, with its clients.
func New(p functionwire.Parts) *Launcher {
	return &Launcher{
		executions: Executions{sfn.NewFromConfig(p.AWS), p.Settings.StateMachine}, plans: NewPlans(p.AWS, p.Settings.FetchFunction), log: p.Log,
	}
}

// Drive gives the launcher the plane whose work it begins: the plane is made with
// the launcher's Start, so it comes after it.
func (l *Launcher) Drive(p Plane) { l.plane = p }

// Start is control.Options.Start.
func (l *Launcher) Start(w control.Work) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := l.begin(ctx, w); err != nil { // a sync that waits, or whose lease runs out, is the next tick's
		l.log.Error("work not begun", "environment", w.Environment, "plan", w.Plan, "error", err)
	}
}

func (l *Launcher) begin(ctx context.Context, w control.Work) error {
	if w.Plan != "" {
		err := within(ctx, func(ctx context.Context) error { return l.plans.Hand(ctx, w.Environment, w.Plan) })
		if err == nil {
			return nil
		}
		l.log.Error("plan not begun", "environment", w.Environment, "plan", w.Plan, "error", err)
		return l.plane.AbandonPlan(ctx, w.Environment, w.Plan, problem(err))
	}
	ref, ok, err := l.plane.StartWaiting(ctx, w.Environment)
	if err != nil || !ok {
		return err
	}
	if err := within(ctx, func(ctx context.Context) error { return l.executions.Start(ctx, ref) }); err != nil {
		l.log.Error("sync not begun", "environment", w.Environment, "sync", ref.Sync, "error", err)
		return l.plane.Abandon(ctx, ref, problem(err))
	}
	l.log.Info("sync begun", "environment", w.Environment, "sync", ref.Sync, "generation", ref.Generation)
	return nil
}

// within gives AWS its time.
func within(ctx context.Context, ask func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	return ask(ctx)
}

func problem(err error) slipway.Problem {
	f := fault.Of(err)
	return slipway.Problem{Code: f.Code, Detail: f.Detail, Hint: f.Hint, Transient: true}
}
