package backup

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
)

// Format is the version of the file. A newer one is refused.
const Format = 1

// Names in the file. A blob is kind/hex.
const (
	databaseName = "slipway.db"
	manifestName = "manifest.json"
	digestPrefix = "sha256:"
)

// Kinds of blobs in a back-up.
const (
	bundles   = "bundles"
	snapshots = "snapshots"
)

// Manifest says what a back-up holds.
type Manifest struct {
	Format   int       `json:"format"`
	At       time.Time `json:"at"`       // when the database was copied
	Database Item      `json:"database"` // at that moment
	Blobs    []Item    `json:"blobs"`
	// Missing are blobs that the records need and the store itself does not have
	// whole: the back-up is no better than what it was made of.
	Missing []Item `json:"missing"`
}

// Item is one file in a back-up.
type Item struct {
	Kind   string `json:"kind,omitempty"` // of a blob
	Digest string `json:"digest"`
	Size   int64  `json:"size"`
}

// name is where an item is in the file.
func (i Item) name() string {
	if i.Kind == "" {
		return databaseName
	}
	return i.Kind + "/" + strings.TrimPrefix(i.Digest, digestPrefix)
}

// needed lists the blobs that the records of a store need: the bundles of all
// deployments and of what is live, and for each environment the snapshot of the
// newest ended sync that names one.
func needed(ctx context.Context, s control.Store) ([]Item, error) {
	ids, err := environments(ctx, s)
	if err != nil {
		return nil, err
	}
	found := map[Item]bool{}
	for _, env := range ids {
		if err := neededBundles(ctx, s, env, found); err != nil {
			return nil, err
		}
		if err := neededSnapshot(ctx, s, env, found); err != nil {
			return nil, err
		}
	}
	items := slices.Collect(maps.Keys(found))
	slices.SortFunc(items, func(a, b Item) int { return strings.Compare(a.name(), b.name()) })
	return items, nil
}

// environments gives the ids of all, those that were removed too.
func environments(ctx context.Context, s control.Store) (ids []string, err error) {
	envs, err := s.Environments(ctx)
	if err != nil {
		return nil, fmt.Errorf("read environments: %w", err)
	}
	removals, err := s.Removals(ctx)
	if err != nil {
		return nil, fmt.Errorf("read removals: %w", err)
	}
	for _, e := range envs {
		ids = append(ids, e.ID)
	}
	for _, r := range removals {
		ids = append(ids, r.ID)
	}
	return ids, nil
}

func neededBundles(ctx context.Context, s control.Store, env string, found map[Item]bool) error {
	add := func(digest string) {
		if digest != "" {
			found[Item{Kind: bundles, Digest: digest}] = true
		}
	}
	for q := (control.DeploymentQuery{Page: control.Page{Limit: control.MaxPage}}); ; {
		ds, next, err := s.Deployments(ctx, env, q)
		if err != nil {
			return fmt.Errorf("read deployments: %w", err)
		}
		for _, d := range ds {
			add(d.Digest)
		}
		if q.Cursor = next; next == "" {
			break
		}
	}
	head, err := s.Head(ctx, env)
	if err != nil {
		return fmt.Errorf("read head: %w", err)
	}
	for _, w := range head.State.Workflows {
		if w.Live != nil {
			add(w.Live.Digest)
		}
	}
	return nil
}

func neededSnapshot(ctx context.Context, s control.Store, env string, found map[Item]bool) error {
	for page := (control.Page{}); ; {
		syncs, next, err := s.Syncs(ctx, env, page)
		if err != nil {
			return fmt.Errorf("read syncs: %w", err)
		}
		for _, sync := range syncs {
			if sync.Status.Ended() && sync.Snapshot != "" {
				found[Item{Kind: snapshots, Digest: sync.Snapshot}] = true
				return nil
			}
		}
		if page.Cursor = next; next == "" {
			return nil
		}
	}
}
