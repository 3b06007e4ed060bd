package infra

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func alarmLaws() []law {
	return []law{
		{
			"every trouble has its alarm", "nobody looks at a dashboard at night", unalarmed,
			[]edit{
				{"alarms.yaml", "MetricName: ExecutionsFailed\n", "MetricName: ExecutionsAborted\n"},
				{"alarms.yaml", "  ErrorsMakeLive:\n    Type: AWS::CloudWatch::Alarm", "  ErrorsMakeLive:\n    Type: AWS::CloudWatch::Dashboard"},
				{"alarms.yaml", "Value: !Ref TickDeadLetters}", "Value: !Ref AsyncDeadLetters}"},
				{"alarms.yaml", "      AlarmActions: [!Ref Topic]\n", ""},
				{"alarms.yaml", "TreatMissingData: breaching", "TreatMissingData: notBreaching"},
				{"alarms.yaml", "      TreatMissingData: notBreaching\n", ""},
				{"alarms.yaml", "  SyncsStuck:\n    Type: AWS::CloudWatch::Alarm", "  SyncsLate:\n    Type: AWS::CloudWatch::Alarm"},
				{root, "FinishLog: !GetAtt Logs.Outputs.Finish", "FinishLog: !GetAtt Logs.Outputs.Fetch"},
			},
		},
		{
			"what is counted from logs is what is logged", "a filter that matches nothing is an alarm that never rings", uncounted,
			[]edit{
				{"alarms.yaml", `$.msg = "sync ended" && $.status = "failed"`, `$.msg = "sync ended" && $.status = "broken"`},
				{"alarms.yaml", `$.msg = "sync ended" && $.code = "worker-died"`, `$.msg = "ended" && $.code = "worker-died"`},
				{"alarms.yaml", "LogGroupName: !Ref FinishLog", "LogGroupName: !Ref SyncLog"},
				{"alarms.yaml", "MetricName: SyncsStuck, ", "MetricName: SyncsLate, "},
			},
		},
	}
}

// metric is what an alarm watches, in words.
func metric(r resource) string {
	m := text(r.props, "Namespace") + text(r.props, "MetricName")
	if name := text(r.props, "Namespace", "Fn::Sub"); name != "" {
		m = name + "/" + text(r.props, "MetricName")
	}
	for _, d := range list(r.props, "Dimensions") {
		m += " " + text(d, "Name") + "=" + text(d, "Value")
	}
	return m
}

func unalarmed(s stack) (out []string) {
	want := []string{
		"Slipway/${Name}/SyncsFailed", "Slipway/${Name}/SyncsStuck", "AWS/SchedulerInvocationAttemptCount ScheduleGroup=map[Ref:ScheduleGroup]",
		"AWS/StatesExecutionsFailed StateMachineArn=map[Ref:StateMachineArn]", "AWS/StatesExecutionThrottled StateMachineArn=map[Ref:StateMachineArn]",
		"AWS/SQSApproximateNumberOfMessagesVisible QueueName=map[Ref:AsyncDeadLetters]", "AWS/SQSApproximateNumberOfMessagesVisible QueueName=map[Ref:TickDeadLetters]",
		"AWS/ApiGateway5xx ApiId=map[Ref:ApiId]", "AWS/ApiGatewayLatency ApiId=map[Ref:ApiId]",
		"AWS/DynamoDBReadThrottleEvents TableName=map[Ref:Table]", "AWS/DynamoDBWriteThrottleEvents TableName=map[Ref:Table]",
	}
	for _, folder := range folders() {
		want = append(want, "AWS/LambdaErrors FunctionName=map[Fn::Sub:${Name}-"+folder+"]", "AWS/LambdaThrottles FunctionName=map[Fn::Sub:${Name}-"+folder+"]")
	}
	for _, name := range []string{"Sync", "Fetch", "Validate"} {
		want = append(want, "AWS/LambdaAsyncEventAge FunctionName=map[Fn::Sub:${Name}-"+folders()[name+"Function"]+"]")
	}
	runbook, err := os.ReadFile("../docs/runbook.md")
	if err != nil {
		return []string{err.Error()}
	}
	var got []string
	for _, a := range s.resources("AWS::CloudWatch::Alarm") {
		got = append(got, metric(a))
		missing := map[bool]string{true: "breaching", false: "notBreaching"}[a.name == "TickMissing"]
		if text(a.props, "TreatMissingData") != missing {
			out = append(out, fmt.Sprintf("%s does not say that no data is %s", a, missing))
		}
		if text(a.props, "AlarmActions") != "[map[Ref:Topic]]" {
			out = append(out, fmt.Sprintf("%s tells nobody", a))
		}
		if !strings.Contains(string(runbook), "`"+a.name+"`") || !strings.Contains(text(a.props, "AlarmDescription"), "docs/runbook.md, "+a.name) {
			out = append(out, fmt.Sprintf("%s and docs/runbook.md do not name each other", a))
		}
	}
	for param, log := range map[string]string{"SyncLog": "Sync", "FinishLog": "Finish"} {
		if text(s.one(root, "Alarms").props, "Parameters", param, "Fn::GetAtt") != "Logs.Outputs."+log {
			out = append(out, param+" is another log")
		}
	}
	return append(out, differ("alarms", got, want)...)
}

func uncounted(s stack) []string {
	var got, want []string
	for _, f := range s.resources("AWS::Logs::MetricFilter") {
		for _, m := range list(f.props, "MetricTransformations") {
			got = append(got, text(f.props, "LogGroupName", "Ref")+": "+text(f.props, "FilterPattern")+" is "+text(m, "MetricName"))
		}
	}
	for _, log := range []string{"SyncLog", "FinishLog"} {
		want = append(want,
			fmt.Sprintf(`%s: { $.msg = "sync ended" && $.status = %q } is SyncsFailed`, log, slipway.SyncFailed),
			fmt.Sprintf(`%s: { $.msg = "sync ended" && $.code = %q } is SyncsStuck`, log, control.CodeDied))
	}
	slices.Sort(got)
	return differ("filters", got, want)
}
