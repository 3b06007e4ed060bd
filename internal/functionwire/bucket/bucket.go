package bucket

import (
	"context"
	"fmt"

	"gocloud.dev/blob/s3blob"

	"github.com/slipway-dev/slipway/internal/awswire"
	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/functionwire"
)

var _ functionwire.Need = Blobs

// Blobs needs the blobs, to write as well.
func Blobs(ctx context.Context, p *functionwire.Parts) error {
	name := p.Settings.Bucket
	if name == "" {
		return functionwire.BadSetting("SLIPWAY_BUCKET", "name the bucket")
	}
	bucket, err := s3blob.OpenBucket(ctx, awswire.S3(p.AWS), name, nil)
	if err != nil {
		return fmt.Errorf("open bucket %s: %w", name, err)
	}
	blobs := blob.InBucket(bucket, name)
	p.Blobs, p.Reads = blobs, blobs
	return nil
}
