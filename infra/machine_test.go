package infra

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/slipway-dev/slipway/internal/task"
)

const definition = "sync.asl.json"

func machineLaws() []law {
	return []law{
		{
			"the state machine is the definition's", "an execution must be seen, and end as the definition says", machine,
			[]edit{
				{root, "Type: STANDARD", "Type: EXPRESS"},
				{root, "Tracing: {Enabled: true}", "Tracing: {Enabled: false}"},
				{root, "Level: ERROR", "Level: OFF"},
				{root, "IncludeExecutionData: false", "IncludeExecutionData: true"},
				{root, "        Split: !GetAtt ValidateFunction.Arn\n", ""},
				{root, "GoLive: !GetAtt MakeLiveFunction.Arn", "GoLive: !GetAtt FinishFunction.Arn"},
			},
		},
		{
			"every task ends and tries again only what passes", "a task without a time-out may hang for a year, and a try again of a bad repository is a bad repository", tasksEnd,
			[]edit{
				{definition, "      \"TimeoutSeconds\": 60,\n", ""},
				{definition, `"Unavailable"`, `"Invalid"`},
				{definition, `"Lambda.TooManyRequestsException"`, `"States.ALL"`},
				{definition, `"Next": "Finish failed"`, `"Next": "Ended"`},
				{root, "      Timeout: 310\n", "      Timeout: 60\n"},
			},
		},
	}
}

func machine(s stack) (out []string) {
	m := s.one(root, "SyncStateMachine").props
	for path, want := range map[string]string{
		"Type": "STANDARD", "Tracing.Enabled": "true", "Logging.Level": "ERROR", "Logging.IncludeExecutionData": "false",
		"DefinitionUri": "statemachine/sync.asl.json", "Role.Fn::GetAtt": "Roles.Outputs.StateMachineArn",
	} {
		if got := text(m, strings.Split(path, ".")...); got != want {
			out = append(out, fmt.Sprintf("the state machine's %s is %q, not %q", path, got, want))
		}
	}
	for name, function := range substitutes() {
		if got := text(m, "DefinitionSubstitutions", name, "Fn::GetAtt"); got != function+".Arn" {
			out = append(out, fmt.Sprintf("the task %s is done by %q", name, got))
		}
	}
	substituted := slices.Collect(maps.Keys(mapAt(m, "DefinitionSubstitutions")))
	return append(out, differ("substitutions", substituted, slices.Collect(maps.Keys(task.Resources())))...)
}

// substitutes are the tasks with their functions.
func substitutes() map[string]string {
	return map[string]string{
		task.Fetch: "FetchFunction", task.Validate: "ValidateFunction", task.Split: "ValidateFunction", task.GoLive: "MakeLiveFunction", task.Finish: "FinishFunction",
	}
}

// passing are the errors that go away by themselves.
func passing() []string {
	return []string{
		"Unavailable", "Conflict", "States.Timeout",
		"Lambda.ServiceException", "Lambda.AWSLambdaException", "Lambda.SdkClientException", "Lambda.TooManyRequestsException",
	}
}

// tasksEnd looks at every state, those inside Maps too.
func tasksEnd(s stack) (out []string) {
	var visit func(states node, inside bool)
	visit = func(states node, inside bool) {
		for name, state := range states {
			if inner := mapAt(state, "ItemProcessor", "States"); inner != nil {
				visit(inner, true)
			}
			if text(state, "Type") != "Task" {
				continue
			}
			seconds, err := strconv.Atoi(text(state, "TimeoutSeconds"))
			function := substitutes()[strings.Trim(text(state, "Resource"), "${}")]
			if limit, _ := strconv.Atoi(text(s.one(root, function).props, "Timeout")); err != nil || seconds >= limit {
				out = append(out, fmt.Sprintf("%s has no time-out, or its function a shorter one", name))
			}
			retried := words(list(state, "Retry")[0], "ErrorEquals")
			for _, e := range retried {
				if !slices.Contains(passing(), e) {
					out = append(out, fmt.Sprintf("%s tries again after %s", name, e))
				}
			}
			for _, e := range append(passing()[3:], "Unavailable") {
				if !slices.Contains(retried, e) {
					out = append(out, fmt.Sprintf("%s does not try again after %s", name, e))
				}
			}
			if !inside && !strings.HasPrefix(name, "Finish") {
				out = append(out, uncaught(name, state)...)
			}
		}
	}
	visit(mapAt(s[definition], "States"), false)
	return append(out, uncaught("Validate", at(s[definition], "States", "Validate"))...)
}

// uncaught says that a failure of a state does not lead to the end of its sync.
func uncaught(name string, state any) []string {
	for _, c := range list(state, "Catch") {
		if text(c, "Next") == "Finish failed" && slices.Contains(words(c, "ErrorEquals"), "States.ALL") {
			return nil
		}
	}
	return []string{name + " can fail without the sync's end"}
}
