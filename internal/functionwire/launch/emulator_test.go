package launch_test

import (
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"

	"github.com/slipway-dev/slipway/internal/awswire"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/functiontest"
	"github.com/slipway-dev/slipway/internal/functionwire/launch"
)

// TestExecutionsOnAnEmulator starts the same execution twice: while it runs that
// is one start, and afterwards it is none.
func TestExecutionsOnAnEmulator(t *testing.T) {
	functiontest.Emulator(t)
	cfg, err := awswire.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := sfn.NewFromConfig(cfg)
	for name, c := range map[string]struct {
		states string
		good   bool
	}{
		"runs":      {`{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":600,"End":true}}}`, true},
		"has ended": {`{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			made, err := client.CreateStateMachine(t.Context(), &sfn.CreateStateMachineInput{
				Name: aws.String("slipway-test-" + strings.ToLower(rand.Text())), Definition: &c.states, RoleArn: aws.String("arn:aws:iam::123456789012:role/test"),
			})
			if err != nil {
				t.Fatal(err)
			}
			e := launch.Executions{API: client, Machine: *made.StateMachineArn}
			ref := control.SyncRef{Environment: "env_1", Sync: "sync_1", Generation: 1}
			if err := e.Start(t.Context(), ref); err != nil {
				t.Fatal(err)
			}
			for range 600 { // until it is there, and has ended if it does
				list, err := client.ListExecutions(t.Context(), &sfn.ListExecutionsInput{StateMachineArn: made.StateMachineArn})
				if err != nil {
					t.Fatal(err)
				}
				if len(list.Executions) == 1 && (list.Executions[0].Status == "RUNNING") == c.good {
					break
				}
				time.Sleep(50 * time.Millisecond)
			}
			err = e.Start(t.Context(), ref)
			if c.good && err != nil || !c.good && fault.CodeOf(err) != "sync-not-started" {
				t.Errorf("a second start gives %v", err)
			}
			ref.Generation++
			if err := e.Start(t.Context(), ref); err != nil {
				t.Errorf("the next generation: %v", err)
			}
		})
	}
}

func TestPlansOnAnEmulator(t *testing.T) {
	functiontest.Emulator(t)
	cfg, err := awswire.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	p := launch.NewPlans(cfg, "slipway-no-such-function")
	if err := p.Hand(t.Context(), "env_1", "plan_1"); fault.CodeOf(err) != "plan-not-started" || !strings.Contains(err.Error(), "ResourceNotFound") {
		t.Errorf("%v", err)
	}
}
