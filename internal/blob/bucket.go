package blob

import (
	"gocloud.dev/blob"

	"github.com/slipway-dev/slipway/internal/blob/place"
)

// InBucket gives the blobs in a bucket, which stores whole blobs, lastingly, and
// writes one only where none is when it is asked to. Who reads needs the right to
// list it too: without, S3 does not say that a blob is absent. Close closes the
// bucket.
func InBucket(bucket *blob.Bucket, name string) *Blobs {
	b := &Blobs{bucket: bucket, place: place.Bucket(name), conditional: true, settle: func(string) error { return nil }}
	b.Reader = place.From(source{b})
	return b
}
