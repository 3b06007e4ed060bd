package functionwire

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/slipway-dev/slipway/internal/api"
	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/awswire"
	"github.com/slipway-dev/slipway/internal/blob/lean"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/dynamo"
)

// Parts are what a function is wired from.
type Parts struct {
	Settings Settings
	Log      *slog.Logger
	Now      func() time.Time
	AWS      aws.Config         // of which clients are made
	Store    control.Store      // nil unless Table is needed
	Reads    control.BlobReader // nil unless BlobsToRead or bucket.Blobs is
	Blobs    control.Blobs      // nil unless bucket.Blobs is
}

// Need opens a part that a function asks for. It asks nobody anything yet.
type Need func(ctx context.Context, p *Parts) error

var _, _ Need = Table, BlobsToRead

// Table needs the table.
func Table(_ context.Context, p *Parts) error {
	if p.Settings.Table == "" {
		return BadSetting("SLIPWAY_TABLE", "name the table")
	}
	p.Store = dynamo.New(awswire.DynamoDB(p.AWS), p.Settings.Table)
	return nil
}

// BlobsToRead needs the blobs, and writes none. What writes needs bucket.Blobs.
func BlobsToRead(_ context.Context, p *Parts) error {
	if p.Settings.Bucket == "" {
		return BadSetting("SLIPWAY_BUCKET", "name the bucket")
	}
	p.Reads = lean.Bucket(awswire.S3(p.AWS), p.Settings.Bucket)
	return nil
}

// Options are those of a plane on the parts, which the function completes.
func (p Parts) Options() control.Options {
	return control.Options{Store: p.Store, Blobs: p.Blobs, Reads: p.Reads, Now: p.Now, Observe: p.observe}
}

// API serves groups of operations on a plane. The description names all, whoever
// serves them. A request is known by the id of its invocation, unless its sender
// has given it one.
func (p Parts) API(ctx context.Context, plane *control.Plane, groups api.Group) (http.Handler, error) {
	h, err := api.New(ctx, api.Options{
		Plane: plane, Answers: p.Store, Keys: p.Store, Guard: auth.New(plane, p.Now), Log: p.Log, Now: p.Now,
		Version: Version(), Groups: groups, DescribeAll: groups&api.Reads != 0, Hosts: p.Settings.Hosts,
	})
	if err != nil {
		return nil, err
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if id := invocation(r.Context()); id != "" && r.Header.Get("Slipway-Request-Id") == "" {
			r.Header.Set("Slipway-Request-Id", id)
		}
		h.ServeHTTP(w, r)
	}), nil
}

// Version is that of the program, "" for one that was not built from a release.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return ""
}
