package infra

import (
	"fmt"
	"slices"
	"strings"
)

func roleLaws() []law {
	return []law{
		{
			"a role is what its function's code calls", "a right that nobody uses is only ever used by who should not be there", rights,
			[]edit{
				{"roles.yaml", "Action: s3:ListBucket", "Action: s3:*"},
				{"roles.yaml", "Action: s3:DeleteObject", "Action: [s3:DeleteObject, s3:DeleteBucket]"},
				{"roles.yaml", "Action: s3:DeleteObject", "Action: s3:DeleteObjectVersion"},
				{"roles.yaml", "Action: secretsmanager:GetSecretValue", "Action: secretsmanager:ListSecrets"},
				{"roles.yaml", "Resource: !Ref TableArn", `Resource: "*"`},
				{"roles.yaml", `!Sub "${BucketArn}/results/*"`, `!Sub "${BucketArn}/*"`},
				{"roles.yaml", "Condition: {ForAllValues:StringEquals: {dynamodb:LeadingKeys: [tokens, key#cursors]}}", "Condition: {}"},
				{"roles.yaml", "- {Sid: Key, Effect: Allow, Action: [kms:Decrypt, kms:GenerateDataKey], Resource: !Ref KmsKeyArn}", "- {Sid: Key, Effect: Allow, Action: kms:*, Resource: !Ref KmsKeyArn}"},
				{"clock.yaml", "Resource: !Ref SyncFunctionArn}", `Resource: "*"}`},
			},
		},
		{
			"only who should takes a role", "a role that any service of any account may take is everybody's", takers,
			[]edit{
				{"roles.yaml", "Service: lambda.amazonaws.com", "AWS: '*'"},
				{"clock.yaml", "Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}", ""},
				{"roles.yaml", "        - PolicyName: list\n", "        - PolicyName: list\n      ManagedPolicyArns: [x]\n      Other:\n        - x: y\n"},
			},
		},
	}
}

// everywhere are the actions for which AWS offers no resource, with who says so.
func everywhere() []string {
	return []string{
		"xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets", // X-Ray: no resource types for them
		"logs:CreateLogDelivery", "logs:GetLogDelivery", "logs:UpdateLogDelivery", "logs:DeleteLogDelivery", "logs:ListLogDeliveries", // of vended logs
		"logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups",
	}
}

// statements gives those of a role; of one that is there with an operator's key
// alone, that.
func statements(role resource) (out []any) {
	for _, p := range list(role.props, "Policies") {
		for _, st := range list(p, "PolicyDocument", "Statement") {
			if choice := list(st, "Fn::If"); len(choice) > 1 {
				st = choice[1]
			}
			out = append(out, st)
		}
	}
	return out
}

func rights(s stack) (out []string) {
	for _, role := range s.resources("AWS::IAM::Role") {
		want, known := granted()[role.file+" "+role.name]
		if !known {
			out = append(out, fmt.Sprintf("%s is in no table of rights", role))
			continue
		}
		var got, all []string
		for _, st := range statements(role) {
			actions, resources := words(st, "Action"), words(st, "Resource")
			got = append(got, strings.Join(actions, " ")+" on "+strings.Join(short(resources), " ")+text(st, "Condition"))
			for _, a := range actions {
				if strings.Contains(a, "*") {
					out = append(out, fmt.Sprintf("%s has %s", role, a))
				}
				if slices.Contains(resources, "*") && !slices.Contains(everywhere(), a) {
					out = append(out, fmt.Sprintf("%s has %s on everything", role, a))
				}
			}
		}
		for _, r := range want {
			all = append(all, strings.Join(r.actions, " ")+" on "+strings.Join(r.on, " ")+r.condition)
		}
		out = append(out, differ(role.String(), got, all)...)
	}
	if n := len(s.resources("AWS::IAM::Role")); n != len(granted()) {
		out = append(out, fmt.Sprintf("there are %d roles, %d in the table", n, len(granted())))
	}
	return out
}

// short gives resources in few words: what they refer to, of ARNs that are put
// together the last part.
func short(resources []string) (out []string) {
	for _, r := range resources {
		r = strings.TrimSuffix(r, "]")
		r = strings.TrimPrefix(strings.TrimPrefix(r, "map[Ref:"), "map[Fn::Sub:")
		r = strings.TrimPrefix(r, "arn:${AWS::Partition}:")
		r = strings.Replace(r, ":${AWS::Region}:${AWS::AccountId}", "", 1)
		out = append(out, r)
	}
	return out
}

func takers(s stack) (out []string) {
	for _, role := range s.resources("AWS::IAM::Role") {
		service, condition := "lambda.amazonaws.com", ""
		switch {
		case role.name == "StateMachine":
			service, condition = "states.amazonaws.com", "AWS::AccountId"
		case role.file == "clock.yaml":
			service, condition = "scheduler.amazonaws.com", "AWS::AccountId"
		}
		trust := list(role.props, "AssumeRolePolicyDocument", "Statement")
		if len(trust) != 1 || text(trust[0], "Principal") != "map[Service:"+service+"]" || text(trust[0], "Condition", "StringEquals", "aws:SourceAccount", "Ref") != condition {
			out = append(out, fmt.Sprintf("%s can be taken by another", role))
		}
		if role.props["ManagedPolicyArns"] != nil {
			out = append(out, fmt.Sprintf("%s has rights that are written elsewhere", role))
		}
	}
	return out
}
