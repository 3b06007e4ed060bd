package infra

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// folders are the functions with their folders.
func folders() map[string]string {
	return map[string]string{
		"SyncFunction": "sync", "FetchFunction": "fetch", "ValidateFunction": "validate", "MakeLiveFunction": "make-live",
		"FinishFunction": "finish", "ListFunction": "list", "ConsoleFunction": "console",
	}
}

func functionLaws() []law {
	return []law{
		{
			"every function is set up alike", "what is said of one function in the documents is true of all", odd,
			[]edit{
				{root, "Tracing: Active", "Tracing: PassThrough"},
				{root, "Architectures: [!Ref Architecture]", "Architectures: [arm64]"},
				{root, "    Handler: bootstrap\n", ""},
				{root, "      Timeout: 70\n", ""},
				{root, "      Role: !GetAtt Roles.Outputs.ListArn", "      Role: !GetAtt Roles.Outputs.SyncArn"},
				{root, "CodeUri: functions/list/", "CodeUri: functions/sync/"},
				{root, "LoggingConfig: {LogGroup: !GetAtt Logs.Outputs.List}", "LoggingConfig: {LogGroup: !GetAtt Logs.Outputs.Sync}"},
				{root, "      FunctionName: !Sub ${AWS::StackName}-list\n", ""},
				{root, "BuildProperties: {TrimGoPath: true}", "BuildProperties: {TrimGoPath: false}"},
			},
		},
		{
			"every log ends", "a log without an end is paid for for ever", endless,
			[]edit{
				{"logs.yaml", "      LogGroupName: !Sub /aws/lambda/${Name}-list\n      RetentionInDays: !Ref RetentionDays\n", "      LogGroupName: !Sub /aws/lambda/${Name}-list\n"},
				{"logs.yaml", "/aws/lambda/${Name}-fetch", "/aws/lambda/${Name}-fetched"},
			},
		},
		{
			"a function knows only what it needs", "what runs foreign code must not even know where the table is", variables,
			[]edit{
				{root, "        SLIPWAY_BUCKET:", "        SLIPWAY_TABLE: x\n        SLIPWAY_BUCKET:"},
				{root, "          SLIPWAY_VALIDATE_FUNCTION: !Sub ${AWS::StackName}-validate\n", ""},
				{root, "SLIPWAY_STATE_MACHINE: !Sub arn", "SLIPWAY_MACHINE: !Sub arn"},
			},
		},
		{
			"no asynchronous call is lost", "a plan that is lost runs until its time is over, and nobody knows why", lost,
			[]edit{
				{root, "        DestinationConfig: {OnFailure: {Type: SQS, Destination: !GetAtt Queues.Outputs.AsyncDeadLettersArn}}\n", ""},
				{"clock.yaml", "        DeadLetterConfig: {Arn: !Ref TickDeadLettersArn}\n", ""},
				{"clock.yaml", "State: ENABLED", "State: DISABLED"},
				{"clock.yaml", "rate(1 minute)", "rate(1 hour)"},
				{"clock.yaml", `'{"tick":true}'`, `'{}'`},
			},
		},
		{
			"everything is tagged", "who pays asks what belongs to what", untagged,
			[]edit{
				{"clock.yaml", "      Tags: [{Key: application, Value: slipway}]\n", ""},
				{root, "    Tags: {application: slipway}\n", ""},
				{"storage.yaml", "Value: slipway", "Value: other"},
			},
		},
	}
}

// of gives a property of a function, or else what Globals say.
func of(s stack, f resource, path ...string) any {
	if v := at(f.props, path...); v != nil {
		return v
	}
	return at(s[root], append([]string{"Globals", "Function"}, path...)...)
}

func odd(s stack) (out []string) {
	var names []string
	for _, f := range s.resources("AWS::Serverless::Function") {
		names = append(names, f.name)
		short := strings.TrimSuffix(f.name, "Function")
		for what, want := range map[string]string{
			"Tracing": "Active", "Architectures": "[map[Ref:Architecture]]", "Runtime": "provided.al2023", "Handler": "bootstrap",
			"FunctionName": "map[Fn::Sub:${AWS::StackName}-" + folders()[f.name] + "]", "CodeUri": "functions/" + folders()[f.name] + "/",
			"Role": "map[Fn::GetAtt:Roles.Outputs." + short + "Arn]", "LoggingConfig": "map[LogGroup:map[Fn::GetAtt:Logs.Outputs." + short + "]]",
		} {
			if got := fmt.Sprint(of(s, f, what)); got != want {
				out = append(out, fmt.Sprintf("%s has the %s %s, not %s", f, what, got, want))
			}
		}
		if n, err := strconv.Atoi(text(f.props, "Timeout")); err != nil || n < 1 || n > 900 {
			out = append(out, fmt.Sprintf("%s has no time-out of its own", f))
		}
		if text(f.whole, "Metadata", "BuildMethod") != "go1.x" || text(f.whole, "Metadata", "BuildProperties", "TrimGoPath") != "true" {
			out = append(out, fmt.Sprintf("%s is built in another way", f))
		}
	}
	return append(out, differ("functions", names, slices.Collect(maps.Keys(folders())))...)
}

func endless(s stack) (out []string) {
	for _, r := range s.resources("AWS::Logs::LogGroup") {
		if text(r.props, "RetentionInDays", "Ref") != "RetentionDays" {
			out = append(out, fmt.Sprintf("%s never ends", r))
		}
	}
	for name, folder := range folders() {
		group := s.one("logs.yaml", strings.TrimSuffix(name, "Function"))
		if text(group.props, "LogGroupName", "Fn::Sub") != "/aws/lambda/${Name}-"+folder {
			out = append(out, name+" has no log group")
		}
	}
	return out
}

func variables(s stack) (out []string) {
	common := "BUCKET LOG_LEVEL"
	for name, more := range map[string]string{
		"SyncFunction":     "TABLE STATE_MACHINE FETCH_FUNCTION CREDENTIALS_SECRET FIRST_TOKEN_SECRET ALLOW_LOCAL_REPOSITORIES HOSTS",
		"FetchFunction":    "TABLE VALIDATE_FUNCTION CREDENTIALS_SECRET ALLOW_LOCAL_REPOSITORIES",
		"ConsoleFunction":  "TABLE STATE_MACHINE CREDENTIALS_SECRET ALLOW_LOCAL_REPOSITORIES HOSTS",
		"ValidateFunction": "",
		"MakeLiveFunction": "TABLE HOSTS", "ListFunction": "TABLE HOSTS", "FinishFunction": "TABLE STATE_MACHINE",
	} {
		want, got := []string{"AWS_SDK_UA_APP_ID"}, []string(nil)
		for _, v := range strings.Fields(common + " " + more) {
			want = append(want, "SLIPWAY_"+v)
		}
		for _, vars := range []any{at(s[root], "Globals", "Function", "Environment", "Variables"), at(s.one(root, name).props, "Environment", "Variables")} {
			m, _ := vars.(node)
			got = slices.AppendSeq(got, maps.Keys(m))
		}
		out = append(out, differ("variables of "+name, got, want)...)
	}
	return out
}

func lost(s stack) (out []string) {
	for _, name := range []string{"SyncFunction", "FetchFunction", "ValidateFunction"} {
		if text(s.one(root, name).props, "EventInvokeConfig", "DestinationConfig", "OnFailure", "Destination", "Fn::GetAtt") != "Queues.Outputs.AsyncDeadLettersArn" {
			out = append(out, name+" leaves no dead letter")
		}
	}
	tick := s.one("clock.yaml", "Tick").props
	for path, want := range map[string]string{
		"State": "ENABLED", "ScheduleExpression": "rate(1 minute)", "Target.Input": `{"tick":true}`, "Target.DeadLetterConfig.Arn.Ref": "TickDeadLettersArn",
	} {
		if got := text(tick, strings.Split(path, ".")...); got != want {
			out = append(out, fmt.Sprintf("the tick's %s is %q, not %q", path, got, want))
		}
	}
	return out
}

// tagless are the kinds of resources that take no tags.
var tagless = regexp.MustCompile(`Policy$|Permission$|::Route$|Integration$|ApiMapping$|MetricFilter$|Dashboard$|Subscription$|Scheduler::Schedule$`)

func untagged(s stack) (out []string) {
	for _, r := range s.resources() {
		if tagless.MatchString(r.kind) {
			continue
		}
		tags := r.props["Tags"]
		if r.kind == "AWS::Serverless::Function" {
			tags = of(s, r, "Tags")
		}
		if got := fmt.Sprint(tags); got != "[map[Key:application Value:slipway]]" && got != "map[application:slipway]" {
			out = append(out, fmt.Sprintf("%s has no tag", r))
		}
	}
	return out
}

// secretName is what a parameter with a secret in it would be called.
var secretName = regexp.MustCompile(`(?i)(secret|token|password|credential|privatekey|passphrase)`)

func secretsShown(s stack) (out []string) {
	params, _ := at(s[root], "Parameters").(node)
	for name := range params {
		if secretName.MatchString(name) {
			out = append(out, "the parameter "+name+" takes a secret")
		}
	}
	for _, r := range s.resources("AWS::SecretsManager::Secret") {
		length, _ := strconv.Atoi(text(r.props, "GenerateSecretString", "PasswordLength"))
		if text(r.props, "SecretString") != "{}" && length < 64 {
			out = append(out, fmt.Sprintf("%s is written in the template, or short", r))
		}
	}
	for _, f := range s.resources("AWS::Serverless::Function") {
		for name, v := range maps.All(mapAt(f.props, "Environment", "Variables")) {
			if strings.Contains(fmt.Sprint(v), "{{resolve:") {
				out = append(out, fmt.Sprintf("%s of %s holds a secret itself", name, f))
			}
		}
	}
	return out
}

func mapAt(n any, path ...string) node {
	m, _ := at(n, path...).(node)
	return m
}
