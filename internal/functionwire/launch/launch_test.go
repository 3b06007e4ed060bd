package launch

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

const machine = "arn:aws:states:eu-west-1:123456789012:stateMachine:slipway-sync"

func ref() control.SyncRef {
	return control.SyncRef{Environment: "env_1", Sync: "sync_1", Generation: 2}
}

// machines answers as Step Functions may.
type machines struct {
	start, describe error
	status          types.ExecutionStatus
	started, asked  []string
	plane           *plane
}

func (m *machines) StartExecution(ctx context.Context, in *sfn.StartExecutionInput, _ ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error) {
	m.started = append(m.started, *in.StateMachineArn+" "+*in.Name+" "+*in.Input)
	m.plane.until(ctx)
	return &sfn.StartExecutionOutput{}, m.start
}

func (m *machines) DescribeExecution(_ context.Context, in *sfn.DescribeExecutionInput, _ ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error) {
	m.asked = append(m.asked, *in.ExecutionArn)
	return &sfn.DescribeExecutionOutput{Status: m.status}, m.describe
}

func TestExecutions(t *testing.T) {
	exists := &types.ExecutionAlreadyExists{}
	for name, c := range map[string]struct {
		machines
		detail string // "" for success
		asks   bool
	}{
		"started":                       {machines{}, "", false},
		"there already, and runs":       {machines{start: exists, status: types.ExecutionStatusRunning}, "", true},
		"there already, and has ended":  {machines{start: exists, status: types.ExecutionStatusSucceeded}, "ExecutionAlreadyExists", true},
		"there already, and has failed": {machines{start: exists, status: types.ExecutionStatusFailed}, "ExecutionAlreadyExists", true},
		"there already, and who knows":  {machines{start: exists, describe: errors.New("away"), status: types.ExecutionStatusRunning}, "ExecutionAlreadyExists", true},
		"refused":                       {machines{start: &smithy.GenericAPIError{Code: "AccessDenied", Message: "a role's name"}}, "AccessDenied", false},
		"no answer":                     {machines{start: errors.New("dial 10.0.0.1")}, "it did not answer", false},
	} {
		t.Run(name, func(t *testing.T) {
			m := c.machines
			err := Executions{&m, machine}.Start(t.Context(), ref())
			want := []string{machine + ` sync_1-2 {"environment":"env_1","sync":"sync_1","generation":2}`}
			if d := cmp.Diff(want, m.started); d != "" {
				t.Error(d)
			}
			if c.asks != (len(m.asked) == 1) || c.asks && m.asked[0] != "arn:aws:states:eu-west-1:123456789012:execution:slipway-sync:sync_1-2" {
				t.Errorf("asked for %v", m.asked)
			}
			if c.detail == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			f := fault.Of(err)
			if f.Kind != fault.Unavailable || f.Code != "sync-not-started" || f.Hint == "" || f.Detail != "the state machine did not start: "+c.detail {
				t.Errorf("%+v", f)
			}
		})
	}
}

// plane records what it is told.
type plane struct {
	ok    bool
	err   error
	calls []string
	asked time.Time // until when AWS may answer
}

func (p *plane) StartWaiting(_ context.Context, env string) (control.SyncRef, bool, error) {
	p.calls = append(p.calls, "start "+env)
	return ref(), p.ok, p.err
}

func (p *plane) Abandon(ctx context.Context, in control.SyncRef, problem slipway.Problem) error {
	p.calls = append(p.calls, "abandon "+in.Sync+" "+problem.Code)
	return errors.Join(p.err, p.later(ctx))
}

func (p *plane) AbandonPlan(ctx context.Context, env, id string, problem slipway.Problem) error {
	p.calls = append(p.calls, "abandon "+env+"/"+id+" "+problem.Code)
	return errors.Join(p.err, p.later(ctx))
}

// later wants time left for recording after AWS had all of its own.
func (p *plane) later(ctx context.Context) error {
	end, ok := ctx.Deadline()
	if !ok || !end.After(p.asked) {
		return errors.New("there is no time left to record it")
	}
	return nil
}

func (p *plane) until(ctx context.Context) {
	if p != nil {
		p.asked, _ = ctx.Deadline()
	}
}

// functions answers as Lambda may.
type functions struct {
	err     error
	invoked []string
	plane   *plane
}

func (f *functions) Invoke(ctx context.Context, in *lambda.InvokeInput, _ ...func(*lambda.Options)) (*lambda.InvokeOutput, error) {
	f.invoked = append(f.invoked, string(in.InvocationType)+" "+*in.FunctionName+" "+string(in.Payload))
	f.plane.until(ctx)
	return &lambda.InvokeOutput{}, f.err
}

func TestLauncher(t *testing.T) {
	away := errors.New("away")
	for name, c := range map[string]struct {
		work           control.Work
		plane          plane
		start, invoke  error
		calls          []string
		starts, invoks int
		logged         string
	}{
		"nothing waits":    {control.Work{Environment: "env_1"}, plane{}, nil, nil, []string{"start env_1"}, 0, 0, ""},
		"a sync":           {control.Work{Environment: "env_1"}, plane{ok: true}, nil, nil, []string{"start env_1"}, 1, 0, "sync begun"},
		"no store":         {control.Work{Environment: "env_1"}, plane{err: away}, nil, nil, []string{"start env_1"}, 0, 0, "work not begun"},
		"no machine":       {control.Work{Environment: "env_1"}, plane{ok: true}, away, nil, []string{"start env_1", "abandon sync_1 sync-not-started"}, 1, 0, "sync not begun"},
		"a plan":           {control.Work{Environment: "env_1", Plan: "plan_1"}, plane{}, nil, nil, nil, 0, 1, ""},
		"no function":      {control.Work{Environment: "env_1", Plan: "plan_1"}, plane{}, nil, away, []string{"abandon env_1/plan_1 plan-not-started"}, 0, 1, "plan not begun"},
		"nothing whatever": {control.Work{Environment: "env_1", Plan: "plan_1"}, plane{err: away}, nil, away, []string{"abandon env_1/plan_1 plan-not-started"}, 0, 1, "work not begun"},
	} {
		t.Run(name, func(t *testing.T) {
			p := c.plane
			m, f := &machines{start: c.start, plane: &p}, &functions{err: c.invoke, plane: &p}
			var log strings.Builder
			l := &Launcher{executions: Executions{m, machine}, plans: Plans{f, "fetch"}, log: slog.New(slog.NewTextHandler(&log, nil))}
			l.Drive(&p)
			l.Start(c.work)
			if d := cmp.Diff(c.calls, p.calls); d != "" {
				t.Error(d)
			}
			if strings.Contains(log.String(), "no time left") {
				t.Error(log.String())
			}
			if len(m.started) != c.starts || len(f.invoked) != c.invoks || !strings.Contains(log.String(), c.logged) {
				t.Errorf("started %v, invoked %v, logged %s", m.started, f.invoked, &log)
			}
			if c.invoks > 0 && f.invoked[0] != `Event fetch {"plan":{"environment":"env_1","id":"plan_1"}}` {
				t.Errorf("invoked %v", f.invoked)
			}
		})
	}
}
