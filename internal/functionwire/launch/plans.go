package launch

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

// Lambda is the part of its client that is used here.
type Lambda interface {
	Invoke(ctx context.Context, in *lambda.InvokeInput, o ...func(*lambda.Options)) (*lambda.InvokeOutput, error)
}

var _ Lambda = (*lambda.Client)(nil)

// Plans hands plans to the function that works on them next.
type Plans struct {
	API      Lambda
	Function string // name
}

// NewPlans makes one with its client.
func NewPlans(cfg aws.Config, function string) Plans {
	return Plans{lambda.NewFromConfig(cfg), function}
}

// Hand leaves a plan to the function, which Lambda invokes soon, and again where
// it fails. Faults: Unavailable ("plan-not-started").
func (p Plans) Hand(ctx context.Context, env, id string) error {
	payload, err := json.Marshal(lambdaevent.PlanEvent{Plan: lambdaevent.Plan{Environment: env, ID: id}})
	if err != nil {
		return fmt.Errorf("encode event: %w", err)
	}
	_, err = p.API.Invoke(ctx, &lambda.InvokeInput{FunctionName: &p.Function, InvocationType: types.InvocationTypeEvent, Payload: payload})
	if err != nil {
		return notStarted(err, "plan-not-started", "the function "+p.Function+" was not invoked")
	}
	return nil
}
