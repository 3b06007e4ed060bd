package lean

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"github.com/slipway-dev/slipway/internal/blob/place"
)

// API is the part of S3's client that is used.
type API interface {
	GetObject(ctx context.Context, in *s3.GetObjectInput, o ...func(*s3.Options)) (*s3.GetObjectOutput, error)
}

var _ API = (*s3.Client)(nil)

// Bucket reads the blobs in a bucket. Who reads needs the right to list it too:
// without, S3 does not say that a blob is absent.
func Bucket(api API, name string) place.Reader {
	return place.From(bucket{api: api, name: name, place: place.Bucket(name)})
}

type bucket struct {
	api   API
	name  string
	place place.Place
}

var _ place.Source = bucket{}

// Read implements place.Source.
func (b bucket) Read(ctx context.Context, key string) ([]byte, error) {
	data, err := b.get(ctx, key)
	if err == nil {
		return data, nil
	}
	code, status := said(err)
	switch {
	case ctx.Err() == nil && (code == "NoSuchKey" || code == "" && status == http.StatusNotFound):
		return nil, place.Unknown(key)
	case code == "AccessDenied", status == http.StatusForbidden:
		return nil, b.place.Fault(ctx, "read blob", err, place.Denied)
	}
	return nil, b.place.Fault(ctx, "read blob", err, place.Broken)
}

func (b bucket) get(ctx context.Context, key string) ([]byte, error) {
	out, err := b.api.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &key})
	if err != nil {
		return nil, fmt.Errorf("get %s: %w", key, err)
	}
	data, err := io.ReadAll(out.Body)
	if err := errors.Join(err, out.Body.Close()); err != nil {
		return nil, fmt.Errorf("get %s: %w", key, err)
	}
	return data, nil
}

// said is what S3 answered: the code of its error and the status, as far as there
// are any.
func said(err error) (code string, status int) {
	if e, ok := errors.AsType[smithy.APIError](err); ok {
		code = e.ErrorCode()
	}
	if e, ok := errors.AsType[*awshttp.ResponseError](err); ok {
		status = e.HTTPStatusCode()
	}
	return code, status
}
