package functionwire

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

func TestReadSettings(t *testing.T) {
	env := map[string]string{
		"SLIPWAY_TABLE": "table", "SLIPWAY_BUCKET": "bucket", "SLIPWAY_STATE_MACHINE": "arn:machine", "SLIPWAY_FETCH_FUNCTION": "fetch",
		"SLIPWAY_VALIDATE_FUNCTION": "validate", "SLIPWAY_CREDENTIALS_SECRET": "arn:credentials", "SLIPWAY_FIRST_TOKEN_SECRET": "arn:first",
		"SLIPWAY_ALLOW_LOCAL_REPOSITORIES": "yes", "SLIPWAY_HOSTS": "A.example.com, b.example.com,", "SLIPWAY_LOG_LEVEL": "debug",
	}
	got, err := ReadSettings(func(name string) string { return env[name] })
	want := Settings{
		Table: "table", Bucket: "bucket", StateMachine: "arn:machine", FetchFunction: "fetch", ValidateFunction: "validate",
		CredentialsSecret: "arn:credentials", FirstTokenSecret: "arn:first", AllowLocal: true, Hosts: []string{"a.example.com", "b.example.com"}, LogLevel: slog.LevelDebug,
	}
	if d := cmp.Diff(want, got); d != "" || err != nil {
		t.Errorf("%s (%v)", d, err)
	}
	got, err = ReadSettings(func(string) string { return "" })
	if d := cmp.Diff(Settings{}, got); d != "" || err != nil {
		t.Errorf("without any: %s (%v)", d, err)
	}
	for name, value := range map[string]string{"SLIPWAY_ALLOW_LOCAL_REPOSITORIES": "true", "SLIPWAY_LOG_LEVEL": "loud"} {
		_, err := ReadSettings(func(n string) string {
			if n == name {
				return value
			}
			return ""
		})
		if fault.CodeOf(err) != "bad-setting" || !strings.Contains(err.Error(), name) || fault.Of(err).Hint == "" {
			t.Errorf("%s=%s gives %v", name, value, err)
		}
	}
}

// TestLogNamesTheInvocation wants one JSON object a line.
func TestLogNamesTheInvocation(t *testing.T) {
	var out strings.Builder
	log := newLog(&out, slog.LevelInfo).With("a", 1).WithGroup("g")
	ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "request-1"})
	log.DebugContext(ctx, "not this")
	log.InfoContext(ctx, "this", "b", 2)
	log.Info("and this")
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 || !strings.Contains(lines[0], `"invocation":"request-1"`) || strings.Contains(lines[1], "invocation") {
		t.Errorf("%q", lines)
	}
	for _, line := range lines {
		if !json.Valid([]byte(line)) || !strings.Contains(line, `"a":1`) {
			t.Errorf("%s", line)
		}
	}
}

// TestServeSaysWhatIsMissing: where a function cannot be wired the process ends,
// and the log says why.
func TestServeSaysWhatIsMissing(t *testing.T) {
	wire := func(context.Context, Parts) (lambdaevent.Function, error) {
		t.Error("it was wired")
		return lambdaevent.Function{}, nil
	}
	for name, need := range map[string]Need{"SLIPWAY_TABLE": Table, "SLIPWAY_BUCKET": BlobsToRead} {
		var log strings.Builder
		if code := Serve(&log, func(string) string { return "" }, wire, need); code != 1 || !strings.Contains(log.String(), name) {
			t.Errorf("%d: %s", code, &log)
		}
	}
}
