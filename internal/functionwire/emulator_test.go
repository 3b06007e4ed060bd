package functionwire_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/slipway-dev/slipway/internal/api"
	"github.com/slipway-dev/slipway/internal/awswire"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/dynamo"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/functiontest"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/functionwire/bucket"
	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

// TestPartsOnAnEmulator wires a function on a table and a bucket, and one that only
// reads what that has written.
func TestPartsOnAnEmulator(t *testing.T) {
	functiontest.Emulator(t)
	place := "slipway-test-" + strings.ToLower(rand.Text())
	cfg, err := awswire.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := awswire.DynamoDB(cfg).CreateTable(t.Context(), dynamo.Table(place)); err != nil {
		t.Fatal(err)
	}
	if _, err := awswire.S3(cfg).CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &place}); err != nil {
		t.Fatal(err)
	}
	secret := strings.Repeat("0123456789abcdef", 4)
	wire := func(ctx context.Context, p functionwire.Parts) (lambdaevent.Function, error) {
		plane := control.New(p.Options())
		if _, err := plane.EnsureToken(ctx, "first", func(context.Context) (string, error) { return secret, nil }); err != nil {
			return lambdaevent.Function{}, err
		}
		if err := p.Blobs.Put(ctx, "plans/a ü.json", []byte("{}")); err != nil {
			return lambdaevent.Function{}, err
		}
		h, err := p.API(ctx, plane, api.Reads)
		return lambdaevent.Function{HTTP: h}, err
	}
	getenv := func(name string) string {
		return map[string]string{"SLIPWAY_TABLE": place, "SLIPWAY_BUCKET": place}[name]
	}
	var log strings.Builder
	f, err := functionwire.Wired(t.Context(), &log, getenv, wire, functionwire.Table, bucket.Blobs)
	if err != nil {
		t.Fatal(err)
	}
	data, err := f.Invoke(t.Context(), []byte(`{"version":"2.0","rawPath":"/v1/self","headers":{"authorization":"Bearer slipway_first_`+secret+`"},
		"requestContext":{"http":{"method":"GET","sourceIp":"203.0.113.9"}}}`))
	var r struct {
		StatusCode int
		Body       string
	}
	if err != nil || json.Unmarshal(data, &r) != nil || r.StatusCode != http.StatusOK || !strings.Contains(r.Body, `"role":"admin"`) {
		t.Errorf("%s (%v)\n%s", data, err, &log)
	}
	_, err = functionwire.Wired(t.Context(), &log, getenv, func(ctx context.Context, p functionwire.Parts) (lambdaevent.Function, error) {
		if data, err := p.Reads.Get(ctx, "plans/a ü.json"); err != nil || string(data) != "{}" || p.Blobs != nil {
			t.Errorf("read %q (%v), and may write: %v", data, err, p.Blobs)
		}
		if _, err := p.Reads.Get(ctx, "plans/none.json"); fault.CodeOf(err) != "unknown-blob" {
			t.Errorf("an absent name gives %v", err)
		}
		return lambdaevent.Function{}, nil
	}, functionwire.BlobsToRead)
	if err != nil {
		t.Error(err)
	}
}
