package statemachine_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/slipway-dev/slipway/internal/awswire"
	"github.com/slipway-dev/slipway/internal/functiontest"
	"github.com/slipway-dev/slipway/internal/task"
)

const role = "arn:aws:iam::123456789012:role/test"

// deployment is an emulator of AWS with a function for each task.
type deployment struct {
	machines  *sfn.Client
	functions map[string]string // ARN, by task
	scripts   *scripts
}

func deploy(t *testing.T) *deployment {
	t.Helper()
	functiontest.Emulator(t)
	cfg, err := awswire.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	functions := lambda.NewFromConfig(cfg)
	d := &deployment{functions: map[string]string{}, machines: sfn.NewFromConfig(cfg), scripts: serveScripts(t)}
	code := pack(t)
	for name := range task.Resources() {
		made, err := functions.CreateFunction(t.Context(), &lambda.CreateFunctionInput{
			FunctionName: aws.String(unique(name)), Role: aws.String(role), Runtime: lambdatypes.RuntimeProvidedal2023, Handler: aws.String("bootstrap"),
			Code: &lambdatypes.FunctionCode{ZipFile: code}, Timeout: aws.Int32(60),
			Environment: &lambdatypes.Environment{Variables: map[string]string{varTask: name, varScript: d.scripts.url}},
		})
		if err != nil {
			t.Fatal(err)
		}
		d.functions[name] = *made.FunctionArn
		t.Cleanup(func() {
			_, err := functions.DeleteFunction(context.WithoutCancel(t.Context()), &lambda.DeleteFunctionInput{FunctionName: made.FunctionName})
			if err != nil {
				t.Errorf("delete %s: %v", *made.FunctionName, err)
			}
		})
	}
	return d
}

func unique(name string) string { return "slipway-test-" + name + "-" + rand.Text() }

// create makes the state machine of a definition, with the functions substituted
// as SAM does.
func (d *deployment) create(t *testing.T, definition string) string {
	t.Helper()
	for name, arn := range d.functions {
		definition = strings.ReplaceAll(definition, "${"+name+"}", arn)
	}
	made, err := d.machines.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
		Name: aws.String(unique("paths")), Definition: &definition, RoleArn: aws.String(role),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := d.machines.DeleteStateMachine(context.WithoutCancel(t.Context()), &sfn.DeleteStateMachineInput{StateMachineArn: made.StateMachineArn}); err != nil {
			t.Errorf("delete the state machine: %v", err)
		}
	})
	return *made.StateMachineArn
}

// run runs a script as an execution and reads what it did.
func (d *deployment) run(ctx context.Context, machine string, s *script) (went, error) {
	started, err := d.machines.StartExecution(ctx, &sfn.StartExecutionInput{
		StateMachineArn: &machine, Name: aws.String(s.sync + "-1"), Input: aws.String(string(s.input())),
	})
	if err != nil {
		return went{}, err
	}
	for {
		e, err := d.machines.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: started.ExecutionArn})
		if err != nil {
			return went{}, err
		}
		if e.Status != types.ExecutionStatusRunning {
			events, err := history(ctx, d.machines, *started.ExecutionArn)
			if err != nil {
				return went{}, err
			}
			w, err := d.read(events, s.called())
			w.fails, w.end = aws.ToString(e.Error), aws.ToString(e.Cause)
			switch {
			case e.Status == types.ExecutionStatusSucceeded:
				w.end = aws.ToString(e.Output)
			case e.Status != types.ExecutionStatusFailed || w.fails == "":
				return w, fmt.Errorf("the execution is %s with the error %q", e.Status, w.fails)
			}
			return w, err
		}
		select {
		case <-ctx.Done():
			return went{}, context.Cause(ctx)
		case <-time.After(100 * time.Millisecond):
		}
	}
}
