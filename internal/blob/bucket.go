package blob

import "gocloud.dev/blob"

// InBucket gives the blobs in a bucket, which stores whole blobs, lastingly, and
// writes one only where none is when it is asked to. Who reads needs the right to
// list it too: without, S3 does not say that a blob is absent. Close closes the
// bucket.
func InBucket(bucket *blob.Bucket, name string) *Blobs {
	return &Blobs{
		bucket: bucket, place: "the bucket " + name, advice: ofBucket(), conditional: true, settle: func(string) error { return nil },
	}
}
