package blob

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	"gocloud.dev/blob/memblob"
	"gocloud.dev/blob/s3blob"
	"gocloud.dev/gcerrors"

	"github.com/slipway-dev/slipway/internal/blob/place"
	"github.com/slipway-dev/slipway/internal/fault"
)

// onEachBucket runs test in a bucket in memory, and in one of the emulator of S3
// where make test has started it.
func onEachBucket(t *testing.T, test func(t *testing.T, bucket *blob.Bucket)) {
	t.Helper()
	t.Run("memory", func(t *testing.T) { test(t, memblob.OpenBucket(nil)) })
	t.Run("s3", func(t *testing.T) { test(t, emulated(t)) })
}

// emulated makes a bucket on the emulator, and skips the test without one.
func emulated(t *testing.T) *blob.Bucket {
	t.Helper()
	_, rest, ok := strings.Cut(os.Getenv("SLIPWAY_DYNAMODB_ENDPOINTS"), "ministack=")
	if !ok {
		t.Skip("no S3 here: make test starts an emulator")
	}
	url, _, _ := strings.Cut(rest, ",")
	web := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(web.CloseIdleConnections)
	client := s3.New(s3.Options{
		HTTPClient: web, BaseEndpoint: &url, Region: "us-east-1", UsePathStyle: true,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	})
	name := "slipway-test-" + strings.ToLower(rand.Text())
	if _, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}); err != nil {
		t.Fatalf("create bucket: %v", err)
	}
	bucket, err := s3blob.OpenBucket(t.Context(), client, name, nil)
	if err != nil {
		t.Fatal(err)
	}
	return bucket
}

func opened(t *testing.T, bucket *blob.Bucket) *Blobs {
	t.Helper()
	b := InBucket(bucket, "test")
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return b
}

func TestBucket(t *testing.T) {
	onEachBucket(t, func(t *testing.T, bucket *blob.Bucket) {
		b, ctx := opened(t, bucket), t.Context()
		large := bytes.Repeat([]byte{7, 0, 255}, 1<<21) // more than one part of an upload
		for _, data := range [][]byte{{}, []byte("hello"), large} {
			for range 2 {
				digest, err := b.PutContent(ctx, "bundle", data)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := b.Content(ctx, "bundle", digest); err != nil || !bytes.Equal(got, data) {
					t.Fatalf("%d bytes came back as %d (%v)", len(data), len(got), err)
				}
			}
		}
		if _, err := b.Content(ctx, "bundle", "sha256:"+strings.Repeat("0", 64)); fault.CodeOf(err) != "unknown-blob" {
			t.Errorf("absent content gives %v", err)
		}
		if _, err := b.Get(ctx, "plans/none.json"); fault.CodeOf(err) != "unknown-blob" {
			t.Errorf("an absent name gives %v", err)
		}
		for _, text := range []string{"one", "two"} {
			if err := b.Put(ctx, "plans/a ü.json", []byte(text)); err != nil {
				t.Fatal(err)
			}
			if got, err := b.Get(ctx, "plans/a ü.json"); err != nil || string(got) != text {
				t.Errorf("got %q (%v), want %q", got, err, text)
			}
		}
	})
}

// TestBucketDamage wants bytes that are not those of their digest replaced,
// although content is otherwise written only where nothing is.
func TestBucketDamage(t *testing.T) {
	onEachBucket(t, func(t *testing.T, bucket *blob.Bucket) {
		b, ctx := opened(t, bucket), t.Context()
		digest, err := b.PutContent(ctx, "bundle", []byte("hello"))
		if err != nil {
			t.Fatal(err)
		}
		key, _ := place.Key("bundle", digest)
		if err := bucket.WriteAll(ctx, key, []byte("hellO"), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := b.Content(ctx, "bundle", digest); fault.CodeOf(err) != "unknown-blob" {
			t.Errorf("damaged content gives %v", err)
		}
		if _, err := b.PutContent(ctx, "bundle", []byte("hello")); err != nil {
			t.Fatal(err)
		}
		if got, err := b.Content(ctx, "bundle", digest); err != nil || string(got) != "hello" {
			t.Errorf("got %q (%v)", got, err)
		}
	})
}

// TestBucketSweep marks a copy and deletes it: a writer that saw the mark has
// written the other place.
func TestBucketSweep(t *testing.T) {
	onEachBucket(t, func(t *testing.T, bucket *blob.Bucket) {
		b, ctx := opened(t, bucket), t.Context()
		digest, err := b.PutContent(ctx, "bundle", []byte("hello"))
		if err != nil {
			t.Fatal(err)
		}
		list, err := b.Stored(ctx, "bundle", "", 10)
		if err != nil || len(list) != 1 || list[0].Digest != digest || list[0].MarkedAt != nil {
			t.Fatalf("stored is %+v (%v)", list, err)
		}
		if err := b.Mark(ctx, list[0].Name, time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := b.PutContent(ctx, "bundle", []byte("hello")); err != nil {
			t.Fatal(err)
		}
		if err := b.Delete(ctx, list[0].Name); err != nil {
			t.Fatal(err)
		}
		after, err := b.Stored(ctx, "bundle", "", 10)
		if err != nil || len(after) != 1 || after[0].Name == list[0].Name || after[0].MarkedAt != nil {
			t.Errorf("stored is %+v (%v)", after, err)
		}
		if got, err := b.Content(ctx, "bundle", digest); err != nil || string(got) != "hello" {
			t.Errorf("got %q (%v)", got, err)
		}
	})
}

// TestBucketTogether lets many writers put the same content at once: all are
// told that it is stored.
func TestBucketTogether(t *testing.T) {
	onEachBucket(t, func(t *testing.T, bucket *blob.Bucket) {
		b := opened(t, bucket)
		for round := range 5 {
			data := bytes.Repeat([]byte{byte(round)}, 100_000)
			var wg sync.WaitGroup
			begin := make(chan struct{})
			for range 8 {
				wg.Go(func() {
					<-begin
					if _, err := b.PutContent(t.Context(), "bundle", data); err != nil {
						t.Errorf("put: %v", err)
					}
				})
			}
			close(begin)
			wg.Wait()
		}
	})
}

// TestBucketWritesOnce wants the second writer of a free place refused.
func TestBucketWritesOnce(t *testing.T) {
	onEachBucket(t, func(t *testing.T, bucket *blob.Bucket) {
		b, ctx := opened(t, bucket), t.Context()
		if err := b.write(ctx, "bundle/x", []byte("one"), true); err != nil {
			t.Fatal(err)
		}
		if err := b.write(ctx, "bundle/x", []byte("two"), true); gcerrors.Code(err) != gcerrors.FailedPrecondition {
			t.Errorf("a second one gives %v", err)
		}
		if got, err := b.Get(ctx, "bundle/x"); err != nil || string(got) != "one" {
			t.Errorf("got %q (%v)", got, err)
		}
	})
}
