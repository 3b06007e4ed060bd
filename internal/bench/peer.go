package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/slipway-dev/slipway/internal/check"
)

// esbuild is esbuild's own command, of the version that is linked into Slipway.
type esbuild struct {
	command string
	alias   string // what @kinde/infrastructure means to it
}

// errMissing is the cause where a tool is not installed.
var errMissing = errors.New("not installed")

// findESBuild gets the command from npm into dir, the first time.
func findESBuild(ctx context.Context, dir string) (esbuild, error) {
	alias, err := filepath.Abs("internal/bundle/infrastructure.ts")
	if err != nil {
		return esbuild{}, fmt.Errorf("find our package: %w", err)
	}
	folder := filepath.Join(dir, "esbuild-"+check.EsbuildVersion)
	pattern := filepath.Join(folder, "node_modules", "@esbuild", "*", "bin", "esbuild")
	if found, _ := filepath.Glob(pattern); len(found) > 0 {
		return esbuild{found[0], alias}, nil
	}
	if _, err := exec.LookPath("npm"); err != nil {
		return esbuild{}, fmt.Errorf("npm: %w", errMissing)
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return esbuild{}, fmt.Errorf("make folder: %w", err)
	}
	if _, err := run(ctx, folder, "npm", "install", "--no-save", "--ignore-scripts", "--prefix", folder, "esbuild@"+check.EsbuildVersion); err != nil {
		return esbuild{}, err
	}
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		return esbuild{}, fmt.Errorf("esbuild's command for this system: %w", errMissing)
	}
	return esbuild{found[0], alias}, nil
}

// cloneAndBundle is what a person would do by hand: a shallow clone into dir, and
// one program of each workflow, with the settings that Slipway uses.
func (e esbuild) cloneAndBundle(ctx context.Context, r *repository, dir string) (cost, error) {
	cloned, err := run(ctx, ".", "git", "clone", "--quiet", "--depth", "1", r.url(), dir)
	if err != nil {
		return cost{}, err
	}
	bundled, err := run(ctx, dir, e.command, append(r.entries(),
		"--bundle", "--format=iife", "--global-name=workflow", "--target=es2020", "--platform=neutral", "--charset=utf8",
		"--legal-comments=none", "--sourcemap=external", "--sources-content=false", "--log-level=error",
		"--alias:@kinde/infrastructure="+e.alias, "--outdir=out")...)
	return cloned.plus(bundled), err
}

// fetchAndCheckOut brings a shallow clone to the newest commit.
func fetchAndCheckOut(ctx context.Context, dir string) (cost, error) {
	fetched, err := run(ctx, dir, "git", "fetch", "--quiet", "--depth", "1", "origin", "main")
	if err != nil {
		return cost{}, err
	}
	done, err := run(ctx, dir, "git", "checkout", "--quiet", "FETCH_HEAD")
	return fetched.plus(done), err
}
