package control

import (
	"context"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// Page asks for a part of a list. A Limit of 0 is the store's own, at most
// MaxPage; Cursor is what the page before gave as next, "" for the first. A
// cursor that no list gave is Invalid ("bad-cursor").
type Page struct {
	Cursor string
	Limit  int
}

// MaxPage is the most entries that a page has.
const MaxPage = 1000

// Environments is the port for environments. Slugs are unique among them.
type Environments interface {
	// CreateEnvironment writes e and, in the same transaction, its first poll and
	// the first rows of its ledger. A slug that is taken is Conflict
	// ("environment-exists").
	CreateEnvironment(ctx context.Context, e slipway.Environment, first []slipway.Row) error
	// Environment reads by slug; NotFound ("unknown-environment").
	Environment(ctx context.Context, slug string) (slipway.Environment, error)
	// Environments reads all, by slug.
	Environments(ctx context.Context) ([]slipway.Environment, error)
}

// Syncs is the port for syncs.
type Syncs interface {
	// UpdateSync replaces the record of a running sync; the sequence stays.
	// LeaseLost when f no longer holds, NotFound ("unknown-sync").
	UpdateSync(ctx context.Context, f slipway.Fence, s slipway.Sync) error
	// Sync reads one; NotFound ("unknown-sync").
	Sync(ctx context.Context, env, id string) (slipway.Sync, error)
	// Syncs lists an environment's syncs by sequence, newest first.
	Syncs(ctx context.Context, env string, p Page) (syncs []slipway.Sync, next string, err error)
}

// DeploymentQuery selects deployments; a zero field selects all.
type DeploymentQuery struct {
	Workflow string
	Sync     string
	Commit   string // the first characters of its sha
	Outcome  slipway.Outcome
	WasLive  bool  // only those with the mark of a first go-live
	Below    int64 // only those of a lower sequence
	Whole    bool  // selects nothing: with it, a list gives each as Deployment does
	Page
}

// Deployments is the port for deployments.
type Deployments interface {
	// PutDeployments writes ds, which are of f's sync, then ws, each transaction
	// under f. A deployment whose stored outcome is final is left as it is, and so
	// is a mark; a workflow whose stored Seen is higher is left as it is. LeaseLost
	// when f no longer holds.
	PutDeployments(ctx context.Context, f slipway.Fence, ds []slipway.Deployment, ws []slipway.Workflow) error
	// Deployment reads one; NotFound ("unknown-deployment").
	Deployment(ctx context.Context, env, id string) (slipway.Deployment, error)
	// Deployments lists by sequence, newest first, then by path, each as its Listed
	// gives it unless q asks for it whole: a list need not read build logs. A page
	// may have fewer than asked for and still a next.
	Deployments(ctx context.Context, env string, q DeploymentQuery) (ds []slipway.Deployment, next string, err error)
}

// Workflows is the port for workflows; deployments' writes write them.
type Workflows interface {
	// Workflow reads one; NotFound ("unknown-workflow").
	Workflow(ctx context.Context, env, id string) (slipway.Workflow, error)
	// Workflows reads all of an environment, by id.
	Workflows(ctx context.Context, env string) ([]slipway.Workflow, error)
}

// Ledger is the port for what is live.
type Ledger interface {
	// Head reads the newest row with its state, the zero Row if there is none.
	Head(ctx context.Context, env string) (slipway.Row, error)
	// Append writes row, its id, slipway.ResolvedOf it in place of the one before,
	// and the mark of every change that is a first go live and has none yet, in
	// one transaction, and returns the row as stored.
	// If a row with that id is stored, it returns that one and writes nothing.
	// Conflict ("sync-since") when row.LastSync is given and a sync of a higher
	// sequence was asked for, Conflict ("ledger-moved") when row.Number is not the head's plus one, then
	// Conflict ("deployment-gone") when a deployment that it makes live is not stored;
	// LeaseLost when f is given and no longer holds.
	Append(ctx context.Context, env string, row slipway.Row, f *slipway.Fence) (slipway.Row, error)
	// RowByID reads the row with this id; NotFound ("unknown-release").
	RowByID(ctx context.Context, env, id string) (slipway.Row, error)
	// Resolved reads, of the environment with a slug, its id and what the head
	// leaves live on each trigger, the zero Resolved for an empty ledger; NotFound
	// ("unknown-environment").
	Resolved(ctx context.Context, slug string) (env string, r slipway.Resolved, err error)
}

// Releases is the port for reading the ledger's past.
type Releases interface {
	// Row reads one with its state; NotFound ("unknown-release").
	Row(ctx context.Context, env string, number int64) (slipway.Row, error)
	// Rows lists the ledger, newest first, without states.
	Rows(ctx context.Context, env string, p Page) (rows []slipway.Row, next string, err error)
}

// Store is everything that is recorded. Every method may also fail with
// Unavailable, a passing condition, and with the context's error; a write that
// failed so may have happened.
type Store interface {
	Environments
	Settings
	Syncs
	Slots
	Deployments
	Workflows
	Ledger
	Releases
	Pruning
	Polls
	Tokens
	Answers
	Keys
}

// Blobs is the port for bytes.
type Blobs interface {
	BlobReader
	Sweeper
	// PutContent stores data under its digest ("sha256:…") in kind, and returns
	// it. What is stored there already stays, unless it does not match.
	PutContent(ctx context.Context, kind string, data []byte) (digest string, err error)
	// Put stores data under a name, in place of what is there.
	Put(ctx context.Context, name string, data []byte) error
}

// BlobReader is the part of Blobs that who only reads them needs.
type BlobReader interface {
	// Content reads what PutContent stored. Bytes that do not match their digest
	// count as absent; NotFound ("unknown-blob").
	Content(ctx context.Context, kind, digest string) ([]byte, error)
	// Get reads what Put stored; NotFound ("unknown-blob").
	Get(ctx context.Context, name string) ([]byte, error)
}

// Remote is the port for Git repositories.
type Remote interface {
	// Tip reads the newest commit of the branch without cloning.
	Tip(ctx context.Context, r slipway.Repository) (sha string, err error)
	// Fetch reads the branch's newest commit and its files.
	Fetch(ctx context.Context, r slipway.Repository) (slipway.Commit, *snapshot.Snapshot, error)
	// DefaultBranch names the branch that the repository itself prefers.
	DefaultBranch(ctx context.Context, r slipway.Repository) (string, error)
}

// Checker is the port for checking code; package check has the one there is.
type Checker interface {
	Discover(ctx context.Context, src check.Source) (check.Discovery, error)
	// Recheck takes over what of before still holds; such a verdict has no bundle,
	// which must be stored under its digest.
	Recheck(ctx context.Context, src check.Source, paths []string, before []check.File) ([]check.File, error)
}
