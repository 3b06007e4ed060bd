package awswire

import (
	"context"
	"fmt"

	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"
)

// Bucket opens a bucket of S3, which must be there.
func Bucket(ctx context.Context, name string) (*blob.Bucket, error) {
	client, err := S3(ctx)
	if err != nil {
		return nil, err
	}
	bucket, err := s3blob.OpenBucket(ctx, client, name, nil)
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", name, err)
	}
	return bucket, nil
}
