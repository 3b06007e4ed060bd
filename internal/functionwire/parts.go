package functionwire

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/slipway-dev/slipway/internal/api"
	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/awswire"
	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/dynamo"
)

// Need is a part that a function asks for.
type Need int

// The parts.
const (
	Table Need = iota
	Bucket
)

// Parts are what a function is wired from.
type Parts struct {
	Settings Settings
	Log      *slog.Logger
	Now      func() time.Time
	Store    control.Store // nil unless Table is needed
	Blobs    control.Blobs // nil unless Bucket is
}

// open makes the clients of what is needed. It asks nobody anything yet.
func (p *Parts) open(ctx context.Context, needs []Need) error {
	for _, need := range needs {
		switch {
		case need == Table && p.Settings.Table != "":
			client, err := awswire.DynamoDB(ctx)
			if err != nil {
				return err
			}
			p.Store = dynamo.New(client, p.Settings.Table)
		case need == Bucket && p.Settings.Bucket != "":
			bucket, err := awswire.Bucket(ctx, p.Settings.Bucket)
			if err != nil {
				return err
			}
			p.Blobs = blob.InBucket(bucket, p.Settings.Bucket)
		case need == Table:
			return badSetting("SLIPWAY_TABLE", "name the table")
		default:
			return badSetting("SLIPWAY_BUCKET", "name the bucket")
		}
	}
	return nil
}

// Options are those of a plane on the parts, which the function completes.
func (p Parts) Options() control.Options {
	return control.Options{Store: p.Store, Blobs: p.Blobs, Now: p.Now, Observe: p.observe}
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
