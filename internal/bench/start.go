package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/dynamo"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// startTurns is how often each function is started.
const startTurns = 40

// starting is a function and its first request.
type starting struct {
	name, method, path, body string
	want                     string // in its answer
}

// firstAnswers are what is measured. The list is empty and there is no such
// environment: each has read the token, and looked in the table for what it is
// asked about.
func firstAnswers() []starting {
	return []starting{
		{"list", http.MethodGet, "/v1/environments", "", `"statusCode":200`},
		{"make-live", http.MethodPut, "/v1/environments/prod/workflows/greet/hold", "{}", `unknown-environment`},
		{"sync", http.MethodPost, "/v1/environments/prod/syncs", "{}", `unknown-environment`},
	}
}

// starts measures functions from the start of their process to their first
// answer, under a Runtime API on loopback, beside the least that one can be.
func (b *bench) starts(ctx context.Context) error {
	at, end, err := listen(&fake{items: map[key]json.RawMessage{}})
	if err != nil {
		return err
	}
	defer end()
	token, err := tokenIn(ctx, at)
	if err != nil {
		return err
	}
	hello, err := b.function(ctx, "./internal/bench/hello")
	if err != nil {
		return err
	}
	for _, s := range firstAnswers() {
		program, err := b.function(ctx, "./functions/"+s.name)
		if err != nil {
			return err
		}
		var ours, bare []time.Duration
		for range startTurns {
			one, err := firstAnswer(ctx, hello, s.event(token), "hello", surroundings(at))
			if err != nil {
				return err
			}
			two, err := firstAnswer(ctx, program, s.event(token), s.want, surroundings(at))
			if err != nil {
				return err
			}
			bare, ours = append(bare, one), append(ours, two)
		}
		more, times := median(ours)-median(bare), ratio(median(ours), median(bare))
		b.table.row("start of "+s.name+" to its first answer, beside hello-world", short(median(ours)), short(median(bare)), times+" (+ "+short(more)+")")
	}
	return nil
}

// function builds one as make deploy does, for this machine.
func (b *bench) function(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(b.dir, "functions", filepath.Base(dir))
	_, err := run(ctx, ".", "go", "build", "-trimpath", "-tags=lambda.norpc", "-ldflags=-s -w", "-o", path, dir)
	return path, err
}

// tokenIn makes a token in the table at url.
func tokenIn(ctx context.Context, url string) (secret string, err error) {
	store := dynamo.New(dynamodb.New(dynamodb.Options{
		BaseEndpoint: &url, Region: "eu-west-1",
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "bench", SecretAccessKey: "bench"}, nil
		}),
	}), "bench")
	plane := control.New(control.Options{Store: store, Now: time.Now})
	token, err := plane.CreateToken(ctx, control.NewToken{Name: "bench", Role: slipway.Admin, Actor: slipway.LocalActor("bench")})
	if err != nil {
		return "", fmt.Errorf("make token: %w", err)
	}
	return *token.Secret, nil
}

// surroundings are the environment of a function, with every service at url.
func surroundings(url string) []string {
	const arn = "arn:aws:%s:eu-west-1:123456789012:%s"
	return []string{
		"AWS_ENDPOINT_URL=" + url, "AWS_REGION=eu-west-1", "AWS_ACCESS_KEY_ID=bench", "AWS_SECRET_ACCESS_KEY=bench", "AWS_SESSION_TOKEN=bench",
		"SLIPWAY_TABLE=bench", "SLIPWAY_BUCKET=bench", "SLIPWAY_STATE_MACHINE=" + fmt.Sprintf(arn, "states", "stateMachine:bench"),
		"SLIPWAY_FETCH_FUNCTION=fetch", "SLIPWAY_VALIDATE_FUNCTION=validate",
		"SLIPWAY_CREDENTIALS_SECRET=" + fmt.Sprintf(arn, "secretsmanager", "secret:bench"), "HOME=" + os.TempDir(),
	}
}

// event is the request as API Gateway gives it to a function.
func (s starting) event(token string) string {
	data, _ := json.Marshal(map[string]any{ // strings alone
		"version": "2.0", "rawPath": s.path, "body": s.body,
		"headers": map[string]string{"host": "api.example.com", "content-type": "application/json", "authorization": "Bearer " + token},
		"requestContext": map[string]any{
			"stage": "$default", "domainName": "api.example.com", "http": map[string]string{"method": s.method, "path": s.path, "sourceIp": "203.0.113.9"},
		},
	})
	return string(data)
}
