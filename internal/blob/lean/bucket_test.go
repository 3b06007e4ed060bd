package lean_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/slipway-dev/slipway/internal/blob/lean"
	"github.com/slipway-dev/slipway/internal/blob/place"
	"github.com/slipway-dev/slipway/internal/fault"
)

// The digest of "hello".
const helloDigest = "sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

// bucket answers as S3 does: a path leads to bytes or to the code of an error.
type bucket map[string]string

func (b bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	stored, ok := b[r.URL.Path]
	if !ok {
		stored = "404 NoSuchKey"
	}
	var status int
	var code string
	if n, _ := fmt.Sscanf(stored, "%d %s", &status, &code); n == 0 {
		_, _ = w.Write([]byte(stored))
		return
	}
	w.WriteHeader(status)
	if code != "" {
		_, _ = fmt.Fprintf(w, "<Error><Code>%s</Code><Message>no</Message></Error>", code)
	}
}

func reader(t *testing.T, stored bucket) place.Reader {
	t.Helper()
	server := httptest.NewServer(stored)
	t.Cleanup(server.Close)
	return lean.Bucket(s3.New(s3.Options{
		BaseEndpoint: &server.URL, Region: "eu-west-1", UsePathStyle: true, Retryer: aws.NopRetryer{},
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
		}),
	}), "blobs")
}

func TestContent(t *testing.T) {
	key := "/blobs/bundles/sha256/" + strings.TrimPrefix(helloDigest, "sha256:")
	for name, c := range map[string]struct {
		stored bucket
		code   string
	}{
		"first copy":        {bucket{key: "hello"}, ""},
		"second copy":       {bucket{key + place.Again: "hello"}, ""},
		"first one damaged": {bucket{key: "hellO", key + place.Again: "hello"}, ""},
		"none":              {bucket{}, "unknown-blob"},
		"both damaged":      {bucket{key: "hellO", key + place.Again: "hell"}, "unknown-blob"},
		"no right":          {bucket{key: "403 AccessDenied"}, "blobs-read-only"},
		"no bucket":         {bucket{key: "404 NoSuchBucket"}, "blobs-io"},
		"out of order":      {bucket{key: "500 InternalError"}, "blobs-io"},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := reader(t, c.stored).Content(t.Context(), "bundles", helloDigest)
			if fault.CodeOf(err) != c.code || (err == nil) != (string(data) == "hello") {
				t.Errorf("%q, %v, want %q", data, err, c.code)
			}
			if of := fault.Of(err); fault.Is(err, fault.Unavailable) && (of.Hint == "" || !strings.Contains(of.Detail, "the bucket blobs")) {
				t.Errorf("%v helps nobody: %q", err, of.Hint)
			}
		})
	}
	for kind, digest := range map[string]string{"a/b": helloDigest, "bundles": "sha256:../x"} {
		if _, err := reader(t, bucket{}).Content(t.Context(), kind, digest); fault.CodeOf(err) != "bad-blob-name" {
			t.Errorf("%s %s gives %v", kind, digest, err)
		}
	}
}

func TestGet(t *testing.T) {
	r := reader(t, bucket{"/blobs/plans/a ü.json": "{}", "/blobs/plans/forbidden": "403"})
	if data, err := r.Get(t.Context(), "plans/a ü.json"); err != nil || string(data) != "{}" {
		t.Errorf("%q (%v)", data, err)
	}
	for name, code := range map[string]string{"plans/none.json": "unknown-blob", "plans/forbidden": "blobs-read-only", "../x": "bad-blob-name"} {
		if _, err := r.Get(t.Context(), name); fault.CodeOf(err) != code {
			t.Errorf("%s gives %v, want %s", name, err, code)
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := r.Get(ended, "plans/none.json"); err == nil || fault.Is(err, fault.NotFound) {
		t.Errorf("after the context's end: %v", err)
	}
}
