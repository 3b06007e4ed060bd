package bucket_test

import (
	"testing"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/functionwire/bucket"
)

// TestBlobs wants a bucket that is named, which one function then reads and writes.
func TestBlobs(t *testing.T) {
	t.Setenv("AWS_REGION", "eu-west-1")
	var p functionwire.Parts
	if err := bucket.Blobs(t.Context(), &p); fault.CodeOf(err) != "bad-setting" || p.Reads != nil || p.Blobs != nil {
		t.Errorf("without a name: %v, %+v", err, p)
	}
	p.Settings.Bucket = "blobs"
	if err := bucket.Blobs(t.Context(), &p); err != nil || p.Reads == nil || p.Blobs == nil {
		t.Errorf("%v, %+v", err, p)
	}
}
