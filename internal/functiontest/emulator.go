package functiontest

import (
	"os"
	"strings"
	"testing"
)

// Emulator names the emulator of AWS to the SDK in the environment, and skips the
// test where make test has started none.
func Emulator(t testing.TB) {
	t.Helper()
	_, rest, ok := strings.Cut(os.Getenv("SLIPWAY_DYNAMODB_ENDPOINTS"), "ministack=")
	if !ok {
		t.Skip("no emulator of AWS here: make test starts one")
	}
	url, _, _ := strings.Cut(rest, ",")
	name(t, url, "us-east-1")
}

// Deployed names the AWS of the deployed stack to the SDK in the environment, gives
// the ARN of its state machine, and skips the test where none is deployed.
func Deployed(t testing.TB) string {
	t.Helper()
	url, machine := os.Getenv("SLIPWAY_TARGET_AWS"), os.Getenv("SLIPWAY_TARGET_STATE_MACHINE")
	if url == "" || machine == "" {
		t.Skip("no stack is deployed here: make test deploys one")
	}
	name(t, url, "us-east-1")
	return machine
}

// name gives the SDK an endpoint for every service, and a key that opens nothing.
func name(t testing.TB, url, region string) {
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": url, "AWS_REGION": region, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
		"AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		t.Setenv(name, value)
	}
}
