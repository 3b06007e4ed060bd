package infra

import (
	"fmt"
	"slices"

	"github.com/slipway-dev/slipway/internal/dynamo"
)

func storageLaws() []law {
	return []law{
		{
			"the table is the store's", "the store's own definition is what its conformance suite runs on", tableDiffers,
			[]edit{
				{"storage.yaml", "AttributeName: expires", "AttributeName: ends"},
				{"storage.yaml", "AttributeName: expires, Enabled: true", "AttributeName: expires, Enabled: false"},
				{"storage.yaml", "AttributeName: sk, KeyType", "AttributeName: other, KeyType"},
				{"storage.yaml", "PAY_PER_REQUEST", "PROVISIONED"},
				{"storage.yaml", "      BillingMode", "      GlobalSecondaryIndexes: [{IndexName: x}]\n      BillingMode"},
			},
		},
		{
			"the data outlives the stack", "a stack is deleted in a moment, and what was live is not made again", deleted,
			[]edit{
				{"storage.yaml", "DeletionPolicy: Retain", "DeletionPolicy: Delete"},
				{"storage.yaml", "    UpdateReplacePolicy: Retain\n", ""},
				{"storage.yaml", "PointInTimeRecoveryEnabled: true", "PointInTimeRecoveryEnabled: false"},
				{"storage.yaml", "      DeletionProtectionEnabled: !Ref DeletionProtection\n", ""},
			},
		},
		{
			"what is stored is encrypted and private", "bundles and build logs are the users' code", open,
			[]edit{
				{"storage.yaml", "{SSEAlgorithm: AES256}", "{}"},
				{"storage.yaml", "SSEEnabled: true", "SSEEnabled: false"},
				{"storage.yaml", "BlockPublicPolicy: true", "BlockPublicPolicy: false"},
				{"storage.yaml", "        RestrictPublicBuckets: true\n", ""},
				{"storage.yaml", "BucketOwnerEnforced", "ObjectWriter"},
				{"storage.yaml", `{aws:SecureTransport: "false"}`, `{aws:SecureTransport: "true"}`},
				{"storage.yaml", `[!GetAtt Bucket.Arn, !Sub "${Bucket.Arn}/*"]`, "[!GetAtt Bucket.Arn]"},
				{"queues.yaml", "SqsManagedSseEnabled: true", "SqsManagedSseEnabled: false"},
				{"queues.yaml", "Effect: Deny", "Effect: Allow"},
				{"template.yaml", "      KmsKeyId: !If [HasKey, !Ref KmsKeyArn, !Ref AWS::NoValue]\n", ""},
			},
		},
		{
			"nothing expires but snapshots", "a bundle may be live for years, and the pruner knows which are needed", expiring,
			[]edit{
				{"storage.yaml", "Prefix: snapshots/", `Prefix: ""`},
				{"storage.yaml", "{Id: snapshots,", "{Id: bundles, Status: Enabled, Prefix: bundles/, ExpirationInDays: 30}\n          - {Id: snapshots,"},
				{"storage.yaml", "{DaysAfterInitiation: 1}", "{DaysAfterInitiation: 1}, ExpirationInDays: 9"},
				{"storage.yaml", "          - {Id: aborted-uploads, Status: Enabled, Prefix: \"\", AbortIncompleteMultipartUpload: {DaysAfterInitiation: 1}}\n", ""},
			},
		},
		{
			"no secret is written down", "parameters and variables are shown to whoever may look at the stack", secretsShown,
			[]edit{
				{"template.yaml", "Parameters:\n  Architecture:", "Parameters:\n  GitToken: {Type: String}\n  Architecture:"},
				{"template.yaml", `SecretString: "{}"`, `SecretString: "{\"forge\": {\"password\": \"x\"}}"`},
				{"template.yaml", "GenerateSecretString:", "SecretString: x\n      Other:"},
				{"template.yaml", "PasswordLength: 64", "PasswordLength: 12"},
				{"template.yaml", "SLIPWAY_FIRST_TOKEN_SECRET: !Ref FirstTokenSecret", "SLIPWAY_FIRST_TOKEN_SECRET: !Sub '{{resolve:secretsmanager:${FirstTokenSecret}}}'"},
			},
		},
	}
}

func tableDiffers(s stack) []string {
	want, table := dynamo.Table(""), s.one("storage.yaml", "Table").props
	var keys, attributes []string
	for i, k := range want.KeySchema {
		keys = append(keys, fmt.Sprint(i, *k.AttributeName, k.KeyType))
	}
	for _, a := range want.AttributeDefinitions {
		attributes = append(attributes, *a.AttributeName+" "+string(a.AttributeType))
	}
	var gotKeys, gotAttributes []string
	for i, k := range list(table, "KeySchema") {
		gotKeys = append(gotKeys, fmt.Sprint(i, text(k, "AttributeName"), text(k, "KeyType")))
	}
	for _, a := range list(table, "AttributeDefinitions") {
		gotAttributes = append(gotAttributes, text(a, "AttributeName")+" "+text(a, "AttributeType"))
	}
	out := slices.Concat(differ("keys", gotKeys, keys), differ("attributes", gotAttributes, attributes))
	if got := text(table, "BillingMode"); got != string(want.BillingMode) {
		out = append(out, "the table is paid as "+got)
	}
	if text(table, "TimeToLiveSpecification", "AttributeName") != dynamo.TimeToLive || text(table, "TimeToLiveSpecification", "Enabled") != "true" {
		out = append(out, "time to live is not the attribute "+dynamo.TimeToLive)
	}
	if (at(table, "GlobalSecondaryIndexes") != nil || at(table, "LocalSecondaryIndexes") != nil) != (len(want.GlobalSecondaryIndexes)+len(want.LocalSecondaryIndexes) > 0) {
		out = append(out, "the table's indexes are others")
	}
	return out
}

func deleted(s stack) (out []string) {
	for _, r := range s.resources("AWS::DynamoDB::Table", "AWS::S3::Bucket") {
		for _, policy := range []string{"DeletionPolicy", "UpdateReplacePolicy"} {
			if text(r.whole, policy) != "Retain" {
				out = append(out, fmt.Sprintf("%s has the %s %q", r, policy, text(r.whole, policy)))
			}
		}
	}
	table := s.one("storage.yaml", "Table").props
	if text(table, "PointInTimeRecoverySpecification", "PointInTimeRecoveryEnabled") != "true" {
		out = append(out, "the table has no point-in-time recovery")
	}
	if text(table, "DeletionProtectionEnabled", "Ref") != "DeletionProtection" || text(s[root], "Parameters", "DeletionProtection", "Default") != "true" {
		out = append(out, "the table is not protected unless the operator says so")
	}
	return out
}

func open(s stack) (out []string) {
	bucket := s.one("storage.yaml", "Bucket").props
	for _, rule := range list(bucket, "BucketEncryption", "ServerSideEncryptionConfiguration") {
		for _, way := range list(rule, "ServerSideEncryptionByDefault", "Fn::If")[1:] {
			if text(way, "SSEAlgorithm") == "" {
				out = append(out, "the bucket is not encrypted")
			}
		}
	}
	for _, way := range list(s.one("storage.yaml", "Table").props, "SSESpecification", "Fn::If")[1:] {
		if text(way, "SSEEnabled") != "true" {
			out = append(out, "the table is not encrypted under a key of KMS")
		}
	}
	for _, block := range []string{"BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"} {
		if text(bucket, "PublicAccessBlockConfiguration", block) != "true" {
			out = append(out, "the bucket does not "+block)
		}
	}
	if rules := list(bucket, "OwnershipControls", "Rules"); len(rules) != 1 || text(rules[0], "ObjectOwnership") != "BucketOwnerEnforced" {
		out = append(out, "objects may have lists of access of their own")
	}
	for _, r := range append(s.resources("AWS::S3::BucketPolicy"), s.resources("AWS::SQS::QueuePolicy")...) {
		covered := map[string][]string{
			"storage.yaml": {"map[Fn::GetAtt:Bucket.Arn]", "map[Fn::Sub:${Bucket.Arn}/*]"},
			"queues.yaml":  {"map[Fn::GetAtt:AsyncDeadLetters.Arn]", "map[Fn::GetAtt:TickDeadLetters.Arn]"},
		}[r.file]
		st := list(r.props, "PolicyDocument", "Statement")[0]
		if text(st, "Effect") != "Deny" || text(st, "Condition", "Bool", "aws:SecureTransport") != "false" || len(differ("", words(st, "Resource"), covered)) > 0 {
			out = append(out, fmt.Sprintf("%s lets pass what comes without TLS", r))
		}
	}
	for _, r := range s.resources("AWS::SQS::Queue") {
		if text(r.props, "SqsManagedSseEnabled") != "true" {
			out = append(out, fmt.Sprintf("%s is not encrypted", r))
		}
	}
	for _, r := range s.resources("AWS::SecretsManager::Secret") {
		if at(r.props, "KmsKeyId") == nil {
			out = append(out, fmt.Sprintf("%s does not take the operator's key", r))
		}
	}
	return out
}

func expiring(s stack) []string {
	var got []string
	for _, rule := range list(s.one("storage.yaml", "Bucket").props, "LifecycleConfiguration", "Rules") {
		r, _ := rule.(node)
		keys := ""
		for _, k := range []string{"ExpirationInDays", "ExpirationDate", "NoncurrentVersionExpiration", "Transitions", "AbortIncompleteMultipartUpload"} {
			if r[k] != nil {
				keys += " " + k
			}
		}
		got = append(got, text(rule, "Prefix")+keys)
	}
	return differ("lifecycle rules", got, []string{"snapshots/ ExpirationInDays", " AbortIncompleteMultipartUpload"})
}
