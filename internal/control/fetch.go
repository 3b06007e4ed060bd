package control

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// Kinds of content-addressed blobs.
const (
	snapshotBlobs = "snapshots"
	bundleBlobs   = "bundles"
)

// batchSize is how many workflows one validate call checks.
const batchSize = 100

// FetchOutput is what Fetch found.
type FetchOutput struct {
	Unchanged  bool         `json:"unchanged"`
	Complete   bool         `json:"complete"` // discovery could say which files there are
	Files      int          `json:"files"`
	Batches    []BatchInput `json:"batches"`
	BatchCount int          `json:"batchCount"`
}

// BatchInput is one call of Validate: which batch, where its list is, and, after
// the batch has crashed, which one of its files alone.
type BatchInput struct {
	SyncRef
	Index int    `json:"index"`
	Key   string `json:"key"`
	Only  int    `json:"only,omitempty"` // from 1
	Files int    `json:"files"`          // of all batches
}

// batch is what a BatchInput's key holds: all that checking needs, so that the
// function that runs foreign code reads nothing but blobs.
type batch struct {
	Snapshot string   `json:"snapshot"`
	Root     string   `json:"root"`
	Triggers []string `json:"triggers,omitempty"`
	Paths    []string `json:"paths"`

	// Before are the last sync's verdicts on these paths that may still hold.
	Before []check.File `json:"before,omitempty"`
}

// Fetch brings the branch's newest commit: it records commit and snapshot,
// discovers the workflow files, writes a deployment as Processing for each, and
// divides them into batches. Done twice it does the same.
func (p *Plane) Fetch(ctx context.Context, in SyncRef) (FetchOutput, error) {
	s, err := p.enter(ctx, in, "fetch")
	if err != nil {
		return FetchOutput{}, err
	}
	if s.IfChanged && s.Commit == nil {
		same, err := p.unchanged(ctx, &s)
		if err != nil || same {
			return FetchOutput{Unchanged: same}, err
		}
	}
	snap, err := p.snapshotOf(ctx, &s)
	if err != nil {
		return FetchOutput{}, err
	}
	found, err := p.checker.Discover(ctx, source(snap, s.Repository.Root, s.Triggers))
	if err != nil {
		return FetchOutput{}, fmt.Errorf("discover workflows: %w", err)
	}
	s.Counts.Found, s.Diagnostics = len(found.Files), found.Diagnostics
	if err := p.store.UpdateSync(ctx, in.fence(), s); err != nil {
		return FetchOutput{}, fmt.Errorf("write sync: %w", err)
	}
	if err := p.writeProcessing(ctx, s, found.Files); err != nil {
		return FetchOutput{}, err
	}
	out := FetchOutput{Files: len(found.Files), Complete: complete(found)}
	if out.Batches, err = p.writeBatches(ctx, in, s, found.Files); err != nil {
		return FetchOutput{}, err
	}
	out.BatchCount = len(out.Batches)
	// Validate reads and writes blobs only, so its lease begins here.
	s.Batches = out.BatchCount
	if err := p.enterWith(ctx, in, &s, "validate"); err != nil {
		return FetchOutput{}, err
	}
	p.progress(Fetched(*s.Commit, len(found.Files)))
	return out, nil
}

// complete reports whether discovery knew where to look: then a workflow that
// it did not find is missing.
func complete(d check.Discovery) bool {
	return !slices.ContainsFunc(d.Diagnostics, func(d diagnostic.Diagnostic) bool {
		return d.Severity == diagnostic.Error && d.Code != diagnostic.NoWorkflows
	})
}

func source(snap *snapshot.Snapshot, root string, triggers []string) check.Source {
	return check.Source{FS: snap, Root: root, ExtraTriggers: triggers}
}

// unchanged reports whether the last ended sync found what s would find, and
// then gives s its commit.
func (p *Plane) unchanged(ctx context.Context, s *slipway.Sync) (bool, error) {
	tip, err := p.remote.Tip(ctx, s.Repository)
	if err != nil {
		return false, fmt.Errorf("read tip: %w", err)
	}
	last, same, err := p.foundSame(ctx, *s, tip)
	if err != nil || !same {
		return false, err
	}
	s.Commit, s.Snapshot, s.SameAs = last.Commit, last.Snapshot, cmp.Or(last.SameAs, last.ID)
	if err := p.store.UpdateSync(ctx, s.Fence(), *s); err != nil {
		return false, fmt.Errorf("write sync: %w", err)
	}
	return true, nil
}

// foundSame gives the last ended sync, empty where there is none, and reports
// whether it found what s would find at this tip now.
func (p *Plane) foundSame(ctx context.Context, s slipway.Sync, tip string) (last slipway.Sync, same bool, err error) {
	last, ok, err := p.lastEnded(ctx, s.Environment)
	if err != nil || !ok || !last.Finds(tip, s) {
		return last, false, err
	}
	again, err := p.wantsAgain(ctx, s.Environment, last)
	return last, err == nil && !again, err
}

func (p *Plane) lastEnded(ctx context.Context, env string) (slipway.Sync, bool, error) {
	page := Page{Limit: 10}
	for {
		syncs, next, err := p.store.Syncs(ctx, env, page)
		if err != nil {
			return slipway.Sync{}, false, fmt.Errorf("read syncs: %w", err)
		}
		for _, s := range syncs {
			if s.Status.Ended() {
				return s, true, nil
			}
		}
		if page.Cursor = next; next == "" {
			return slipway.Sync{}, false, nil
		}
	}
}

// wantsAgain reports whether something that the same commit would answer
// differently was done since the last sync was asked for.
func (p *Plane) wantsAgain(ctx context.Context, env string, last slipway.Sync) (bool, error) {
	head, err := p.store.Head(ctx, env)
	if err != nil {
		return false, fmt.Errorf("read head: %w", err)
	}
	if head.State.Waiting(p.now()) {
		return !missed(head, last), nil
	}
	page := Page{Limit: 50}
	for {
		rows, next, err := p.store.Rows(ctx, env, page)
		if err != nil {
			return false, fmt.Errorf("read releases: %w", err)
		}
		for _, r := range rows {
			if r.At.Before(last.RequestedAt) {
				return false, nil
			}
			switch r.Cause {
			case slipway.CauseDelete, slipway.CauseThaw, slipway.CauseAccept:
				return true, nil
			}
		}
		if page.Cursor = next; next == "" {
			return false, nil
		}
	}
}

// missed reports whether what waits at the head waited already when this sync
// looked, and it could not bring it: the file is broken or gone. Another of the
// same could not either.
func missed(head slipway.Row, s slipway.Sync) bool {
	if head.Sync == s.ID {
		return head.State.Waiting(head.At)
	}
	return head.At.Before(s.RequestedAt) && head.State.Waiting(s.RequestedAt)
}

// snapshotOf fetches the commit that s is to bring, or reads what an earlier
// try of the step recorded.
func (p *Plane) snapshotOf(ctx context.Context, s *slipway.Sync) (*snapshot.Snapshot, error) {
	if s.Commit != nil {
		if snap, err := p.snapshot(ctx, s.Snapshot); !fault.Is(err, fault.NotFound) {
			return snap, err
		}
	}
	commit, snap, digest, err := p.bringSnapshot(ctx, s.Repository)
	if err != nil {
		return nil, err
	}
	s.Commit, s.Snapshot = &commit, digest
	return snap, nil
}

// bringSnapshot fetches the newest commit and stores its files, packed, under the
// digest that it gives.
func (p *Plane) bringSnapshot(ctx context.Context, r slipway.Repository) (slipway.Commit, *snapshot.Snapshot, string, error) {
	commit, snap, err := p.remote.Fetch(ctx, r)
	if err != nil {
		return slipway.Commit{}, nil, "", fmt.Errorf("fetch repository: %w", err)
	}
	data, err := snap.Pack()
	if err != nil {
		return slipway.Commit{}, nil, "", fmt.Errorf("pack snapshot: %w", err)
	}
	digest, err := p.blobs.PutContent(ctx, snapshotBlobs, data)
	if err != nil {
		return slipway.Commit{}, nil, "", fmt.Errorf("write snapshot: %w", err)
	}
	p.cache.put(digest, snap)
	return commit, snap, digest, nil
}

// writeProcessing writes a deployment for each file, for the workflow last seen
// there, if any.
func (p *Plane) writeProcessing(ctx context.Context, s slipway.Sync, paths []string) error {
	ws, err := p.store.Workflows(ctx, s.Environment)
	if err != nil {
		return fmt.Errorf("read workflows: %w", err)
	}
	at := map[string]string{}
	for _, w := range ws {
		at[w.Path] = w.ID
	}
	var ds []slipway.Deployment
	for _, path := range paths {
		ds = append(ds, slipway.Deployment{
			ID: deploymentID(s, path), Environment: s.Environment, Workflow: at[path], Sync: s.ID, Sequence: s.Sequence,
			Commit: *s.Commit, Path: path, Outcome: slipway.Processing, CreatedAt: s.RequestedAt, Diagnostics: []diagnostic.Diagnostic{},
		})
	}
	if err := p.store.PutDeployments(ctx, s.Fence(), ds, nil); err != nil {
		return fmt.Errorf("write deployments: %w", err)
	}
	return nil
}

func batchKey(in SyncRef, index int) string {
	return fmt.Sprintf("batches/%s/%d/%d.json", in.Sync, in.Generation, index)
}

func (p *Plane) writeBatches(ctx context.Context, in SyncRef, s slipway.Sync, paths []string) ([]BatchInput, error) {
	chunks := slices.Collect(slices.Chunk(paths, batchSize))
	batches := make([]BatchInput, len(chunks))
	before := p.verdictsBefore(ctx, s)
	return batches, p.each(len(chunks), func(i int) error {
		batches[i] = BatchInput{SyncRef: in, Index: i, Key: batchKey(in, i), Files: len(paths)}
		data, err := json.Marshal(batch{
			Snapshot: s.Snapshot, Root: s.Repository.Root, Triggers: s.Triggers, Paths: chunks[i], Before: pick(before, chunks[i]),
		})
		if err != nil {
			return fmt.Errorf("encode batch: %w", err)
		}
		if err := p.blobs.Put(ctx, batches[i].Key, data); err != nil {
			return fmt.Errorf("write batch: %w", err)
		}
		return nil
	})
}

// snapshot reads a packed snapshot.
func (p *Plane) snapshot(ctx context.Context, digest string) (*snapshot.Snapshot, error) {
	if snap := p.cache.get(digest); snap != nil {
		return snap, nil
	}
	data, err := p.reads.Content(ctx, snapshotBlobs, digest)
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	snap, err := snapshot.Unpack(data, snapshot.DefaultLimits())
	if err != nil {
		return nil, fmt.Errorf("unpack snapshot: %w", err)
	}
	p.cache.put(digest, snap)
	return snap, nil
}

// snapshotCache keeps the snapshot read last: the batches of a sync share it.
type snapshotCache struct {
	mu     sync.Mutex
	digest string
	snap   *snapshot.Snapshot
}

func (c *snapshotCache) get(digest string) *snapshot.Snapshot {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.digest != digest {
		return nil
	}
	return c.snap
}

func (c *snapshotCache) put(digest string, snap *snapshot.Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.digest, c.snap = digest, snap
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
