package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"

	"github.com/slipway-dev/slipway/internal/awswire"
	"github.com/slipway-dev/slipway/internal/functiontest"
	"github.com/slipway-dev/slipway/statemachine"
)

// machine is the deployed state machine, seen from AWS's side.
type machine struct {
	arn       string
	states    *sfn.Client
	functions *lambda.Client
}

func deployed(t *testing.T) *machine {
	t.Helper()
	arn := functiontest.Deployed(t)
	cfg, err := awswire.Load(t.Context())
	must(t, err)
	return &machine{arn, sfn.NewFromConfig(cfg), lambda.NewFromConfig(cfg)}
}

// function is the stack's name of one.
func (m *machine) function(name string) string {
	own := m.arn[strings.LastIndex(m.arn, ":")+1:] // the stack's name and -sync
	return strings.TrimSuffix(own, "sync") + name
}

// execution is what one did.
type execution struct {
	status types.ExecutionStatus
	// path is the states in order, a repeated one with its attempt, each with the
	// error of its task; and of a Map how each task in it ended.
	path string
	// transitions is how many states were entered, each attempt and each state of
	// a Map's items counted.
	transitions int
	succeeded   int // tasks in a Map
}

// execution reads the one of a sync under its first generation, as far as it is.
func (m *machine) execution(ctx context.Context, sync string) (e execution, err error) {
	arn := strings.Replace(m.arn, ":stateMachine:", ":execution:", 1) + ":" + sync + "-1"
	described, err := m.states.DescribeExecution(ctx, &sfn.DescribeExecutionInput{ExecutionArn: &arn})
	if err != nil {
		return e, err
	}
	var seen []string
	var state string
	var tries int
	var within []string // how the tasks of a Map ended
	inMap := false
	pages := sfn.NewGetExecutionHistoryPaginator(m.states, &sfn.GetExecutionHistoryInput{ExecutionArn: &arn})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return e, err
		}
		for _, event := range page.Events {
			switch {
			case event.StateEnteredEventDetails != nil:
				state, tries = aws.ToString(event.StateEnteredEventDetails.Name), 0
				inMap, within = event.Type == types.HistoryEventTypeMapStateEntered, nil
				seen = append(seen, state)
				e.transitions++
			case event.TaskScheduledEventDetails != nil:
				if tries++; inMap || tries > 1 {
					e.transitions++
				}
				if tries > 1 && !inMap {
					seen = append(seen, fmt.Sprint(state, "#", tries))
				}
			case event.TaskSucceededEventDetails != nil && inMap:
				within = append(within, "done")
				e.succeeded++
			case event.TaskFailedEventDetails != nil && inMap:
				within = append(within, aws.ToString(event.TaskFailedEventDetails.Error))
			case event.TaskFailedEventDetails != nil:
				seen[len(seen)-1] += " (" + aws.ToString(event.TaskFailedEventDetails.Error) + ")"
			case event.Type == types.HistoryEventTypeMapStateExited:
				seen[len(seen)-1] += " (" + strings.Join(within, ", ") + ")"
			}
		}
	}
	e.status, e.path = described.Status, strings.Join(seen, ", ")
	return e, nil
}

// ended waits for the end of a sync's execution.
func (m *machine) ended(t *team, sync string) execution {
	t.Helper()
	return t.until(func() (execution, bool) {
		e, err := m.execution(t.Context(), sync)
		must(t.T, err)
		return e, e.status != types.ExecutionStatusRunning
	})
}

// until looks again and again until there is what the caller waits for.
func (m *team) until(look func() (execution, bool)) execution {
	m.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if e, ok := look(); ok {
			return e
		}
	}
	m.Fatal("it does not come to that")
	return execution{}
}

// TestDeployedDefinition wants that of the file, with the functions in the places
// of its substitutions.
func TestDeployedDefinition(t *testing.T) {
	m := deployed(t)
	found, err := m.states.DescribeStateMachine(t.Context(), &sfn.DescribeStateMachineInput{StateMachineArn: &m.arn})
	must(t, err)
	want := statemachine.Definition
	prefix := strings.Replace(m.arn[:strings.LastIndex(m.arn, ":stateMachine:")], ":states:", ":lambda:", 1) + ":function:"
	for name, function := range map[string]string{"Fetch": "fetch", "Validate": "validate", "Split": "validate", "GoLive": "make-live", "Finish": "finish"} {
		want = strings.ReplaceAll(want, "${"+name+"}", prefix+m.function(function))
	}
	if a, b := canonical(t, aws.ToString(found.Definition)), canonical(t, want); a != b {
		t.Errorf("deployed is\n%s\nnot\n%s", a, b)
	}
}

func canonical(t *testing.T, text string) string {
	t.Helper()
	var v any
	must(t, json.Unmarshal([]byte(text), &v))
	out, err := json.Marshal(v)
	must(t, err)
	return string(out)
}

// TestTransitions follows one sync of 20 workflows on the deployed state machine:
// AWS bills by state transitions.
func TestTransitions(t *testing.T) {
	const workflows, most = 20, 12
	m := deployed(t)
	team := newTeam(t, there(t))
	var files []string
	for n := range workflows {
		files = append(files, fmt.Sprint("claims", n), fmt.Sprint("event:", n), "hello")
	}
	team.push("Twenty", files...)
	var triggers []string
	for n := range workflows {
		triggers = append(triggers, fmt.Sprintf("%q", fmt.Sprint("event:", n)))
	}
	team.connect(`"pollSeconds":0`, `"triggers":[`+strings.Join(triggers, ",")+`]`)
	s := team.sync("succeeded")
	team.same("live", s.number("counts.live"), workflows)
	e := m.ended(team, s.str("id"))
	t.Logf("a sync of %d workflows takes %d state transitions: %s", workflows, e.transitions, e.path)
	team.same("the path", e.path, "Fetch, Is unchanged, Validate (done), Go live, Finish, Ended")
	if e.transitions > most || e.status != types.ExecutionStatusSucceeded {
		t.Errorf("%d transitions, over %d, or it is %s", e.transitions, most, e.status)
	}
}
