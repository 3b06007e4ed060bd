package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// deployment is template.yaml as it stands on an emulator.
type deployment struct {
	sam      string // the program
	config   string // the environment of samconfig.toml
	endpoint *url.URL
	outputs  map[string]string
	token    string
}

// stackName is the one in samconfig.toml.
const stackName = "slipway"

// stackTime is how long the stack may take to be built, deployed and ready: most of
// it is for a first build, with nothing compiled yet, on a busy machine.
const stackTime = 15 * time.Minute

// deploy builds and deploys the template, and has the tick make the first token.
// What it gives beside an error is to be removed too.
func deploy(ctx context.Context, config, endpoint string) (*deployment, error) {
	ctx, cancel := context.WithTimeout(ctx, stackTime)
	defer cancel()
	at, err := url.Parse(endpoint)
	if err != nil {
		return nil, err
	}
	cli := emulator{name: "sam", title: "the SAM CLI", tools: []string{"python3", "go"}, file: "sam.txt", pins: samPins, fetch: fromPython("sam.txt")}
	dir, err := cli.prepare(ctx)
	if err != nil {
		return nil, err
	}
	d := &deployment{sam: filepath.Join(dir, "bin", "sam"), config: config, endpoint: at}
	err = d.bring(ctx)
	return d, err
}

// bring builds and deploys, and signs in.
func (d *deployment) bring(ctx context.Context) error {
	for _, args := range []string{
		"validate --lint",
		"build --build-dir " + filepath.Join(home, "build"),
		"deploy --template-file " + filepath.Join(home, "build", "template.yaml"),
	} {
		if _, err := d.run(ctx, strings.Fields(args)...); err != nil {
			return err
		}
	}
	if err := d.readOutputs(ctx); err != nil {
		return err
	}
	if _, err := d.run(ctx, "remote", "invoke", "SyncFunction", "--event", `{"tick":true}`); err != nil {
		return err
	}
	return d.signIn(ctx)
}

// run runs the SAM CLI, with what its builds need.
func (d *deployment) run(ctx context.Context, args ...string) ([]byte, error) {
	settings, err := filepath.Abs("samconfig.toml") // else it is looked for beside what was built
	if err != nil {
		return nil, err
	}
	c := exec.CommandContext(ctx, d.sam, append(args, "--config-file", settings, "--config-env", d.config)...)
	c.Env = append(os.Environ(),
		"AWS_ENDPOINT_URL="+d.endpoint.String(), "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_DEFAULT_REGION="+region,
		"SAM_CLI_TELEMETRY=0", "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false -tags=lambda.norpc '-ldflags=-s -w'")
	out, err := c.Output()
	if err == nil {
		return out, nil
	}
	said := out
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		said = append(said, exit.Stderr...)
	}
	log := filepath.Join(home, "sam.log")
	return nil, errors.Join(fmt.Errorf("sam %s: %w: %s; see %s", args[0], err, lastLine(said), log), os.WriteFile(log, said, 0o600))
}

func (d *deployment) readOutputs(ctx context.Context) error {
	said, err := d.run(ctx, "list", "stack-outputs", "--output", "json")
	if err != nil {
		return err
	}
	var list []struct{ OutputKey, OutputValue string }
	if err := json.Unmarshal(said, &list); err != nil {
		return fmt.Errorf("read outputs: %w", err)
	}
	d.outputs = map[string]string{}
	for _, o := range list {
		d.outputs[o.OutputKey] = o.OutputValue
	}
	for _, name := range []string{"ApiId", "FirstTokenSecretArn", "StateMachineArn"} {
		if d.outputs[name] == "" {
			return fmt.Errorf("the stack has no output %s", name)
		}
	}
	return nil
}

// signIn reads the first token and tries it.
func (d *deployment) signIn(ctx context.Context) error {
	secrets := secretsmanager.New(secretsmanager.Options{
		Region: region, BaseEndpoint: aws.String(d.endpoint.String()),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	out, err := secrets.GetSecretValue(ctx, &secretsmanager.GetSecretValueInput{SecretId: aws.String(d.outputs["FirstTokenSecretArn"])})
	if err != nil {
		return fmt.Errorf("read the first token: %w", err)
	}
	var first struct{ Prefix, Secret string }
	if err := json.Unmarshal([]byte(aws.ToString(out.SecretString)), &first); err != nil {
		return fmt.Errorf("read the first token: %w", err)
	}
	d.token = first.Prefix + first.Secret
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.endpoint.String()+"/v1/self", http.NoBody)
	if err != nil {
		return err
	}
	req.Host = d.host()
	req.Header.Set("Authorization", "Bearer "+d.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		var said bytes.Buffer
		_, _ = said.ReadFrom(http.MaxBytesReader(nil, res.Body, 4096)) // for the message
		return fmt.Errorf("the first token is answered %s: %s", res.Status, lastLine(said.Bytes()))
	}
	return nil
}

// host is the API's own name, by which the emulator tells one from another.
func (d *deployment) host() string {
	domain := "execute-api.localhost"
	if d.config == "localstack" {
		domain = "execute-api.localhost.localstack.cloud"
	}
	return d.outputs["ApiId"] + "." + domain + ":" + d.endpoint.Port()
}

// target is what the command finds in its environment; guard is "" for none.
func (d *deployment) target(guard string) []string {
	return []string{
		"SLIPWAY_TARGET=" + d.endpoint.String(), "SLIPWAY_TARGET_HOST=" + d.host(), "SLIPWAY_TARGET_TOKEN=" + d.token,
		"SLIPWAY_TARGET_AWS=" + d.endpoint.String(), "SLIPWAY_TARGET_STATE_MACHINE=" + d.outputs["StateMachineArn"],
		"SLIPWAY_TARGET_GUARD=" + guard,
	}
}

// remove deletes the stack, and fails unless it is gone. The SAM CLI cannot do it
// here: it takes a nested template's address for one of AWS alone.
func (d *deployment) remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := d.cloudFormation(ctx, "DeleteStack"); err != nil {
		return fmt.Errorf("delete the stack: %w", err)
	}
	for {
		said, err := d.cloudFormation(ctx, "DescribeStacks")
		switch {
		case ctx.Err() != nil:
			return errors.New("delete the stack: it is still there")
		case err != nil || bytes.Contains(said, []byte("DELETE_COMPLETE")): // what is gone is not described
			return nil
		case bytes.Contains(said, []byte("DELETE_FAILED")):
			return fmt.Errorf("delete the stack: %s", lastLine(said))
		}
		time.Sleep(200 * time.Millisecond)
	}
}

func (d *deployment) cloudFormation(ctx context.Context, action string) ([]byte, error) {
	form := url.Values{"Action": {action}, "Version": {"2010-05-15"}, "StackName": {stackName}}
	return ask(ctx, http.MethodPost, d.endpoint.String(), form, "cloudformation")
}
