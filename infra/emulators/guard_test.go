package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
)

const pretendedPolicy = `{"Statement": [
	{"Effect": "Allow", "Action": ["dynamodb:GetItem"], "Resource": "arn:aws:dynamodb:us-east-1:123456789012:table/t"},
	{"Effect": "Allow", "Action": "dynamodb:PutItem", "Resource": ["arn:aws:dynamodb:us-east-1:123456789012:table/t"], "Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "tokens"}}},
	{"Effect": "Allow", "Action": "dynamodb:DeleteItem", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}},
	{"Effect": "Deny", "Action": "s3:PutObject", "Resource": "*"},
	{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::b/plans/*"},
	{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "arn:aws:lambda:us-east-1:123456789012:function:fetch"}
]}`

// pretend answers as the emulator does, with one role and its one policy.
func pretend(t *testing.T) *guard {
	t.Helper()
	emulator := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "/functions/list/configuration"):
			fmt.Fprint(w, `{"Role": "arn:aws:iam::123456789012:role/r"}`)
		case r.FormValue("Action") == "ListRolePolicies" && r.FormValue("RoleName") == "r":
			fmt.Fprint(w, `<R><ListRolePoliciesResult><PolicyNames><member>p</member></PolicyNames></ListRolePoliciesResult></R>`)
		case r.FormValue("Action") == "GetRolePolicy" && r.FormValue("PolicyName") == "p":
			fmt.Fprintf(w, `<R><GetRolePolicyResult><PolicyDocument>%s</PolicyDocument></GetRolePolicyResult></R>`, url.QueryEscape(pretendedPolicy))
		case strings.HasSuffix(r.URL.Path, "/configuration"):
			http.Error(w, "no such function", http.StatusNotFound)
		default:
			fmt.Fprint(w, "done")
		}
	}))
	t.Cleanup(emulator.Close)
	g, err := startGuard(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.server.Close() })
	if err := g.guards(emulator.URL); err != nil {
		t.Fatal(err)
	}
	return g
}

// request is one of a function to AWS.
type request struct{ from, method, path, target, body string }

func (g *guard) send(t *testing.T, r request) int {
	t.Helper()
	req, err := http.NewRequest(r.method, g.url+r.path, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("User-Agent", "aws-sdk-go-v2/1 "+r.from)
	if r.target != "" {
		req.Header.Set("X-Amz-Target", r.target)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	return res.StatusCode
}

func TestGuard(t *testing.T) {
	const dynamo, put = "DynamoDB_20120810.", `{"TransactItems": [{"Put": {"TableName": "t", "Item": {"pk": {"S": "%s"}}}}, {"%s": {"TableName": "t", "Key": {"pk": {"S": "tokens"}}}}]}`
	for _, c := range []struct {
		name string
		request
		allowed bool
	}{
		{"an action that is allowed", request{"app/list", "POST", "/", dynamo + "GetItem", `{"TableName": "t"}`}, true},
		{"another table", request{"app/list", "POST", "/", dynamo + "GetItem", `{"TableName": "u"}`}, false},
		{"another action", request{"app/list", "POST", "/", dynamo + "Query", `{"TableName": "t"}`}, false},
		{"a scan", request{"app/list", "POST", "/", dynamo + "Scan", `{"TableName": "t"}`}, false},
		{"a batch of two tables", request{"app/list", "POST", "/", dynamo + "BatchGetItem", `{"RequestItems": {"t": {}, "u": {}}}`}, false},
		{"a write of the keys that are allowed", request{"app/list", "POST", "/", dynamo + "TransactWriteItems", fmt.Sprintf(put, "tokens", "Put")}, true},
		{"a write of another key", request{"app/list", "POST", "/", dynamo + "TransactWriteItems", fmt.Sprintf(put, "e#1", "Put")}, false},
		{"a write of which one part is not allowed", request{"app/list", "POST", "/", dynamo + "TransactWriteItems", fmt.Sprintf(put, "tokens", "Delete")}, false},
		{"an object", request{"app/list", "GET", "/b/plans/x", "", ""}, true},
		{"an object elsewhere", request{"app/list", "HEAD", "/b/bundles/x", "", ""}, false},
		{"a list", request{"app/list", "GET", "/b?list-type=2", "", ""}, false},
		{"what is denied", request{"app/list", "PUT", "/b/plans/x", "", "x"}, false},
		{"a function", request{"app/list", "POST", "/2015-03-31/functions/fetch/invocations", "", "{}"}, true},
		{"another function", request{"app/list", "POST", "/2015-03-31/functions/validate/invocations", "", "{}"}, false},
		{"a service that nobody uses", request{"app/list", "POST", "/", "AmazonSSM.GetParameter", `{}`}, false},
		{"a function without a role", request{"app/else", "POST", "/", dynamo + "GetItem", `{"TableName": "t"}`}, false},
		{"who is no function", request{"", "POST", "/", dynamo + "Scan", `{"TableName": "u"}`}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := pretend(t)
			if status := g.send(t, c.request); (status == http.StatusOK) != c.allowed {
				t.Errorf("answers %d, allowed should be %v", status, c.allowed)
			}
			if err := g.verdict(); (err == nil) != (c.allowed && c.from != "") {
				t.Errorf("the verdict is %v", err)
			}
		})
	}
}

// TestDeeds wants the parts of requests that policies speak of.
func TestDeeds(t *testing.T) {
	for want, r := range map[string]request{
		"s3:PutObject arn:aws:s3:::b/k":            {"", "POST", "/b/k?uploads", "", ""},
		"s3:AbortMultipartUpload arn:aws:s3:::b/k": {"", "DELETE", "/b/k?uploadId=1", "", ""},
		"s3:DeleteObject arn:aws:s3:::b/k":         {"", "DELETE", "/b/k", "", ""},
		"s3:ListBucket arn:aws:s3:::b":             {"", "GET", "/b?list-type=2&prefix=x", "", ""},
		"states:StartExecution m":                  {"", "POST", "/", "AWSStepFunctions.StartExecution", `{"stateMachineArn": "m"}`},
		"states:DescribeExecution e":               {"", "POST", "/", "AWSStepFunctions.DescribeExecution", `{"executionArn": "e"}`},
		"secretsmanager:GetSecretValue s":          {"", "POST", "/", "secretsmanager.GetSecretValue", `{"SecretId": "s"}`},
	} {
		req := httptest.NewRequest(r.method, r.path, nil)
		req.Header.Set("X-Amz-Target", r.target)
		got, err := deeds(req, []byte(r.body))
		if err != nil || !slices.Contains([]string{got[0].action + " " + got[0].resource}, want) {
			t.Errorf("%s %s %s is %v (%v), want %s", r.method, r.path, r.target, got, err, want)
		}
	}
}
