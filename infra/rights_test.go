package infra

import (
	"slices"
	"strings"
)

// grant is one statement of a role.
type grant struct {
	actions, on []string
	condition   string
}

func allow(actions string, on ...string) grant {
	return grant{actions: strings.Fields(actions), on: on}
}

// granted are the rights of each role, by its file and name; callers has the code
// that uses each.
func granted() map[string][]grant {
	const (
		reads  = "dynamodb:GetItem dynamodb:BatchGetItem dynamodb:Query"
		writes = " dynamodb:PutItem dynamodb:UpdateItem dynamodb:DeleteItem dynamodb:ConditionCheckItem"
		table  = "TableArn"
	)
	invoke := func(names ...string) grant {
		var on []string
		for _, n := range names {
			on = append(on, "lambda:function:${Name}-"+n)
		}
		return allow("lambda:InvokeFunction", on...)
	}
	blobs := func(action string, folders ...string) grant {
		var on []string
		for _, f := range folders {
			on = append(on, "${BucketArn}/"+f+"/*")
		}
		return allow(action, on...)
	}
	start := []grant{
		allow("states:StartExecution", "states:stateMachine:${Name}-sync"),
		allow("states:DescribeExecution", "states:execution:${Name}-sync:*"),
	}
	find := allow("s3:ListBucket", "BucketArn")
	letter := allow("sqs:SendMessage", "AsyncDeadLettersArn")
	trace := allow("xray:PutTraceSegments xray:PutTelemetryRecords", "*")
	keys := func(of string) grant {
		if of == "validate" { // the bucket alone
			return allow("kms:Decrypt kms:GenerateDataKey", "KmsKeyArn")
		}
		return allow("kms:Decrypt kms:GenerateDataKey kms:GenerateDataKeyWithoutPlaintext kms:Encrypt kms:ReEncryptFrom kms:ReEncryptTo kms:DescribeKey kms:CreateGrant", "KmsKeyArn")
	}
	function := func(name string, more ...grant) []grant {
		own := []grant{allow("logs:CreateLogStream logs:PutLogEvents", "logs:log-group:/aws/lambda/${Name}-"+name+":*"), trace}
		return slices.Concat(own, []grant{keys(name)}, more)
	}
	used := allow("dynamodb:PutItem", table)
	used.condition = "map[ForAllValues:StringEquals:map[dynamodb:LeadingKeys:[tokens key#cursors]]]"
	return map[string][]grant{
		"roles.yaml Sync": function("sync", append(start,
			allow(reads+writes, table), find,
			blobs("s3:GetObject", "bundles", "snapshots", "plans", "marks"),
			blobs("s3:PutObject", "bundles", "snapshots", "plans", "marks"),
			blobs("s3:DeleteObject", "bundles", "snapshots", "batches", "results", "plans", "marks"),
			invoke("fetch"), allow("secretsmanager:GetSecretValue", "CredentialsSecretArn", "FirstTokenSecretArn"), letter)...),
		"roles.yaml Fetch": function("fetch",
			allow(reads+writes, table), find,
			blobs("s3:GetObject", "snapshots", "results", "plans", "marks/snapshots"), blobs("s3:PutObject", "snapshots", "batches", "plans"),
			invoke("validate"), allow("secretsmanager:GetSecretValue", "CredentialsSecretArn"), letter),
		"roles.yaml Validate": function("validate", find,
			blobs("s3:GetObject", "snapshots", "batches", "bundles", "plans", "marks/bundles"), blobs("s3:PutObject", "bundles", "results", "plans"), letter),
		"roles.yaml MakeLive": function("make-live",
			allow(reads+writes, table), find, blobs("s3:GetObject", "batches", "results", "bundles")),
		"roles.yaml Finish": function("finish", append(start, allow(reads+writes, table))...),
		"roles.yaml List":   function("list", allow(reads, table), used, find, blobs("s3:GetObject", "bundles", "plans")),
		"roles.yaml Console": function("console", append(start,
			allow(reads+writes, table), find, blobs("s3:GetObject", "bundles"), allow("secretsmanager:GetSecretValue", "CredentialsSecretArn"))...),
		"roles.yaml StateMachine": {
			invoke("fetch", "validate", "make-live", "finish"),
			allow("logs:CreateLogDelivery logs:GetLogDelivery logs:UpdateLogDelivery logs:DeleteLogDelivery logs:ListLogDeliveries "+
				"logs:PutResourcePolicy logs:DescribeResourcePolicies logs:DescribeLogGroups", "*"),
			allow("xray:PutTraceSegments xray:PutTelemetryRecords xray:GetSamplingRules xray:GetSamplingTargets", "*"),
		},
		"clock.yaml Role": {allow("lambda:InvokeFunction", "SyncFunctionArn"), allow("sqs:SendMessage", "TickDeadLettersArn")},
	}
}
