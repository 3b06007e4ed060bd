package infra

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// call is the code that needs an action: a file, and what it says there.
type call struct{ file, says string }

// callers are the actions of the functions' roles with the code that calls them;
// what Lambda does for a function is said in the template.
func callers() map[string]call {
	const store, transactions = "internal/dynamo/store.go", "internal/dynamo/transact.go"
	return map[string]call{
		"dynamodb:GetItem":              {store, "s.api.GetItem("},
		"dynamodb:BatchGetItem":         {store, "s.api.BatchGetItem("},
		"dynamodb:Query":                {store, "s.api.Query("},
		"dynamodb:PutItem":              {transactions, "&types.Put{"},
		"dynamodb:UpdateItem":           {transactions, "&types.Update{"},
		"dynamodb:DeleteItem":           {transactions, "&types.Delete{"},
		"dynamodb:ConditionCheckItem":   {transactions, "&types.ConditionCheck{"},
		"s3:GetObject":                  {"internal/blob/lean/bucket.go", "b.api.GetObject("},
		"s3:PutObject":                  {"internal/blob/blobs.go", "b.bucket.NewWriter("},
		"s3:DeleteObject":               {"internal/blob/sweep.go", "b.bucket.Delete("},
		"s3:ListBucket":                 {"internal/blob/sweep.go", "b.bucket.List("},
		"states:StartExecution":         {"internal/functionwire/launch/executions.go", "e.API.StartExecution("},
		"states:DescribeExecution":      {"internal/functionwire/launch/executions.go", "e.API.DescribeExecution("},
		"lambda:InvokeFunction":         {"internal/functionwire/launch/plans.go", "p.API.Invoke("},
		"secretsmanager:GetSecretValue": {"internal/functionwire/operator/secrets.go", "s.api.GetSecretValue("},
		"logs:CreateLogStream":          {root, "LoggingConfig:"},
		"logs:PutLogEvents":             {root, "LoggingConfig:"},
		"xray:PutTraceSegments":         {root, "Tracing: Active"},
		"xray:PutTelemetryRecords":      {root, "Tracing: Active"},
		"sqs:SendMessage":               {root, "OnFailure: {Type: SQS"},
	}
}

// needs are what a main says that makes its function call a service.
func needs() map[string][]string {
	return map[string][]string{
		"dynamodb":       {"functionwire.Table"},
		"s3":             {"functionwire.BlobsToRead", "bucket.Blobs"},
		"states":         {"launch.Wire("},
		"lambda":         {"launch.Wire(", "launch.NewPlans("},
		"secretsmanager": {"operator.Open("},
	}
}

// unused are needs of a main for which its role has no right, with why.
func unused() map[string]string {
	return map[string]string{
		"finish lambda": "it starts the sync that waits, and never a plan",

		"console lambda": "it starts syncs, and never a plan",
	}
}

// TestActions holds the table of rights to the code: every action has its call,
// and a function's role names the services that its main brings, and no other.
func TestActions(t *testing.T) {
	for role, grants := range granted() {
		file, name, _ := strings.Cut(role, " ")
		folder, is := folders()[name+"Function"]
		if file != "roles.yaml" || !is {
			continue
		}
		main := source(t, filepath.Join("functions", folder, "main.go"))
		var services []string
		for _, g := range grants {
			for _, action := range g.actions {
				service, _, _ := strings.Cut(action, ":")
				services = append(services, service)
				c, known := callers()[action]
				if service != "kms" && (!known || !strings.Contains(source(t, c.file), c.says)) { // KMS is called by the services
					t.Errorf("%s: no code calls %s: %q is not in %q", role, action, c.says, c.file)
				}
			}
		}
		for service, words := range needs() {
			brought := slices.ContainsFunc(words, func(w string) bool { return strings.Contains(main, w) })
			why, excused := unused()[folder+" "+service]
			if has := slices.Contains(services, service); has != brought && !(brought && excused) {
				t.Errorf("%s has rights in %s: %v; its main brings it: %v (%s)", role, service, has, brought, why)
			}
			if excused && !brought {
				t.Errorf("%s %s is excused and not brought: take it out of unused", folder, service)
			}
		}
	}
}

// source is a file of the project.
func source(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
