package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/slipway-dev/slipway/internal/blob"
	"github.com/slipway-dev/slipway/internal/bundle"
	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/sandbox"
	"github.com/slipway-dev/slipway/internal/sqlite"
)

// environment is the slug of the one that is measured.
const environment = "bench"

// command is the slipway command with a store.
type command struct {
	path string
	data string
}

// build builds the command into dir.
func build(ctx context.Context, dir string) (string, error) {
	path := filepath.Join(dir, "slipway")
	_, err := run(ctx, ".", "go", "build", "-trimpath", "-o", path, "./cmd/slipway")
	return path, err
}

// newStore makes an empty store for a repository.
func newStore(ctx context.Context, path, data string, r *repository) (command, error) {
	if err := os.RemoveAll(data); err != nil {
		return command{}, fmt.Errorf("empty store: %w", err)
	}
	c := command{path, data}
	args := []string{"--data", data, "env", "add", environment, "--repo", r.dir}
	for _, t := range r.triggers() {
		args = append(args, "--trigger", t)
	}
	_, err := run(ctx, ".", path, args...)
	return c, err
}

// sync brings the store to the newest commit; a sync that fails is an error.
func (c command) sync(ctx context.Context) (cost, error) {
	return run(ctx, ".", c.path, "--data", c.data, "sync", environment)
}

func (c command) database() string { return filepath.Join(c.data, "slipway.db") }

// plane opens the store in this process.
func (c command) plane(ctx context.Context) (p *control.Plane, shut func() error, err error) {
	o, shut, err := c.open(ctx)
	return o.Plane, shut, err
}

// opened is the store in this process.
type opened struct {
	*control.Plane
	store *sqlite.Store
}

func (c command) open(ctx context.Context) (o opened, shut func() error, err error) {
	store, err := sqlite.Open(ctx, c.database())
	if err != nil {
		return opened{}, nil, fmt.Errorf("open store: %w", err)
	}
	blobs, err := blob.OpenDir(filepath.Join(c.data, "blobs")) //nolint:contextcheck // a folder is opened at once
	if err != nil {
		return opened{}, nil, fmt.Errorf("open blobs: %w", err)
	}
	remote := gitremote.New(gitremote.Options{})
	o = opened{store: store}
	o.Plane = control.New(control.Options{
		Store: store, Blobs: blobs, Remote: remote, Now: time.Now,
		Checker: check.New(bundle.New(), sandbox.New(), check.DefaultLimits()),
	})
	return o, func() error {
		remote.Close()
		if err := blobs.Close(); err != nil {
			return fmt.Errorf("close blobs: %w", err)
		}
		return store.Close()
	}, nil
}
