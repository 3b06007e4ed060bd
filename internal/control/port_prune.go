package control

import (
	"context"
	"time"
)

// MaxDeletes is the most records that one call of Pruning removes: what fits in
// one transaction of every store.
const MaxDeletes = 24

// Pruning is the port for taking old records away. Rows of the ledger and their
// states are never among them.
type Pruning interface {
	// DeleteDeployments removes the deployments with these ids, at most
	// MaxDeletes, in one transaction; what is not stored is passed over. Conflict
	// ("ledger-moved") when head is not the number of the environment's head: then
	// nothing is removed. Together with Append, which refuses to make live what
	// is not stored, it leaves nothing live that is gone.
	DeleteDeployments(ctx context.Context, env string, head int64, ids []string) error
	// DeleteSyncs removes the syncs with these ids, at most MaxDeletes, that have
	// ended and that no stored deployment refers to; others are passed over.
	DeleteSyncs(ctx context.Context, env string, ids []string) error
}

// Stored is one stored blob, as a pruner sees it. Of content there may be two
// copies, each a blob of its own.
type Stored struct {
	Name     string
	Digest   string // of content, "" for what was put under a name
	Size     int64
	At       time.Time  // when it was written
	MarkedAt *time.Time // when its mark was written, nil without one
}

// Sweeper is what a pruner needs of blobs.
type Sweeper interface {
	// Stored lists the blobs below a folder such as "bundles" by name, at most
	// limit, after the name after.
	Stored(ctx context.Context, folder, after string, limit int) ([]Stored, error)
	// Mark says of one blob that nothing needs it, in place of an older mark. A
	// mark is never taken off: from then on PutContent writes another copy
	// beside this one, and does not count on it.
	Mark(ctx context.Context, name string, at time.Time) error
	// Delete removes one blob and then its mark; one that is not there is passed
	// over.
	Delete(ctx context.Context, name string) error
}
