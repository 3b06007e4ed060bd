package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// account and region are those that the emulator pretends.
const (
	region  = "us-east-1"
	account = "123456789012"
)

// deed is one thing that a request does, in the words of IAM.
type deed struct {
	action, resource string
	keys             []string // the partition keys, of a write
}

func arn(service, rest string) string {
	return "arn:aws:" + service + ":" + region + ":" + account + ":" + rest
}

// deeds reads a request to a service that Slipway uses.
func deeds(r *http.Request, body []byte) ([]deed, error) {
	if target := r.Header.Get("X-Amz-Target"); target != "" {
		service, operation, _ := strings.Cut(target, ".")
		var in struct {
			TableName, StateMachineArn, ExecutionArn, SecretID string
			RequestItems                                       map[string]any
			TransactItems                                      []map[string]struct {
				TableName string
				Item, Key map[string]struct{ S string }
			}
		}
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, fmt.Errorf("read %s: %w", target, err)
		}
		switch {
		case operation == "TransactWriteItems":
			var list []deed
			for _, t := range in.TransactItems {
				for kind, w := range t {
					action := map[string]string{"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}[kind]
					list = append(list, deed{"dynamodb:" + action, arn("dynamodb", "table/"+w.TableName), []string{w.Item["pk"].S + w.Key["pk"].S}})
				}
			}
			return list, nil
		case operation == "BatchGetItem":
			var list []deed
			for table := range in.RequestItems {
				list = append(list, deed{action: "dynamodb:BatchGetItem", resource: arn("dynamodb", "table/"+table)})
			}
			return list, nil
		case strings.HasPrefix(service, "DynamoDB"):
			return []deed{{action: "dynamodb:" + operation, resource: arn("dynamodb", "table/"+in.TableName)}}, nil
		case service == "AWSStepFunctions":
			return []deed{{action: "states:" + operation, resource: in.StateMachineArn + in.ExecutionArn}}, nil
		case service == "secretsmanager":
			return []deed{{action: "secretsmanager:" + operation, resource: in.SecretID}}, nil
		}
		return nil, fmt.Errorf("calls %s, which nobody has thought of", target)
	}
	if rest, is := strings.CutPrefix(r.URL.Path, "/2015-03-31/functions/"); is {
		name, _, _ := strings.Cut(rest, "/")
		return []deed{{action: "lambda:InvokeFunction", resource: arn("lambda", "function:"+name)}}, nil
	}
	return ofBucket(r.Method, r.URL)
}

// ofBucket reads a request to S3, the bucket being in the path.
func ofBucket(method string, u *url.URL) ([]deed, error) {
	bucket, key, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	if key == "" && method == http.MethodGet {
		return []deed{{action: "s3:ListBucket", resource: "arn:aws:s3:::" + bucket}}, nil
	}
	action := map[string]string{
		http.MethodGet: "GetObject", http.MethodHead: "GetObject", http.MethodPut: "PutObject", http.MethodPost: "PutObject", http.MethodDelete: "DeleteObject",
	}[method]
	if method == http.MethodDelete && u.Query().Has("uploadId") {
		action = "AbortMultipartUpload"
	}
	if action == "" || key == "" {
		return nil, fmt.Errorf("asks S3 to %s %s, which nobody has thought of", method, u.Path)
	}
	return []deed{{action: "s3:" + action, resource: "arn:aws:s3:::" + bucket + "/" + key}}, nil
}
