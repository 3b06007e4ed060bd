package launch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
	"github.com/aws/smithy-go"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/task"
)

// StepFunctions is the part of its client that is used here.
type StepFunctions interface {
	StartExecution(ctx context.Context, in *sfn.StartExecutionInput, o ...func(*sfn.Options)) (*sfn.StartExecutionOutput, error)
	DescribeExecution(ctx context.Context, in *sfn.DescribeExecutionInput, o ...func(*sfn.Options)) (*sfn.DescribeExecutionOutput, error)
}

var _ StepFunctions = (*sfn.Client)(nil)

// Executions starts executions of one state machine.
type Executions struct {
	API     StepFunctions
	Machine string // ARN
}

// Start starts the one execution of a sync under its generation. One that is
// there already, by a try whose answer was lost, is good if it runs. Faults:
// Unavailable ("sync-not-started").
func (e Executions) Start(ctx context.Context, ref control.SyncRef) error {
	input, err := json.Marshal(ref)
	if err != nil {
		return fmt.Errorf("encode input: %w", err)
	}
	name, text := task.ExecutionName(ref), string(input)
	_, err = e.API.StartExecution(ctx, &sfn.StartExecutionInput{StateMachineArn: &e.Machine, Name: &name, Input: &text})
	if err == nil {
		return nil
	}
	if _, exists := errors.AsType[*types.ExecutionAlreadyExists](err); exists {
		arn := strings.Replace(e.Machine, ":stateMachine:", ":execution:", 1) + ":" + name
		found, lookErr := e.API.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
		if lookErr == nil && found.Status == types.ExecutionStatusRunning {
			return nil
		}
	}
	return notStarted(err, "sync-not-started", "the state machine did not start")
}

// notStarted is the fault of work that AWS did not begin; of what AWS says it
// tells the code alone.
func notStarted(err error, code, what string) error {
	said := "it did not answer"
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		said = e.ErrorCode()
	}
	return fault.Wrap(err, fault.Unavailable, code, "%s: %s", what, said).
		WithHint("try again; if it lasts, the log of the function sync says more")
}
