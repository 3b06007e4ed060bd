package gitremote

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// What Options mean where they say nothing.
const (
	DefaultTimeout = 5 * time.Minute
	DefaultStall   = 30 * time.Second
)

// Options make a Remote. The zero value reads public and local repositories
// within the default limits.
type Options struct {
	Credentials Credentials     // nil knows none
	Limits      snapshot.Limits // the zero value is snapshot.DefaultLimits
	Timeout     time.Duration   // for one whole operation; 0 is DefaultTimeout
	Stall       time.Duration   // how long a host may send nothing; 0 is DefaultStall
	PublicOnly  bool            // refuse local paths, file URLs and addresses that are not public
}

// Remote reads repositories. Any number of goroutines may use one.
type Remote struct {
	credentials Credentials
	limits      snapshot.Limits
	timeout     time.Duration
	stall       time.Duration
	publicOnly  bool
	dialer      *net.Dialer
	transport   *http.Transport
}

// New returns a Remote. It opens nothing yet.
func New(o Options) *Remote {
	r := &Remote{
		credentials: o.Credentials, limits: o.Limits, timeout: o.Timeout, stall: o.Stall, publicOnly: o.PublicOnly,
	}
	if r.credentials == nil {
		r.credentials = List{}
	}
	if r.limits == (snapshot.Limits{}) {
		r.limits = snapshot.DefaultLimits()
	}
	if r.timeout <= 0 {
		r.timeout = DefaultTimeout
	}
	if r.stall <= 0 {
		r.stall = DefaultStall
	}
	r.dialer = newDialer(r.publicOnly)
	r.transport = newTransport(r.dialer)
	return r
}

// Close ends connections that are kept for the next operation.
func (r *Remote) Close() { r.transport.CloseIdleConnections() }

// Tip returns the hash of a branch's newest commit without reading the commit.
// An empty branch is the repository's default branch.
//
// Faults: Invalid repository-url, credentials-in-url, scheme-not-supported,
// insecure-credentials, credential-host, local-not-allowed,
// address-not-allowed, repository-credentials, repository-empty,
// not-a-repository, repository-too-large; of HTTP repository-redirect; of ssh
// credential-user, bad-credential, host-key-unknown, host-key-changed,
// host-key-revoked; of local repositories repository-unsupported. NotFound
// unknown-credential, repository-not-found, branch-not-found. Unavailable
// repository-unreachable, cancelled.
func (r *Remote) Tip(ctx context.Context, repo slipway.Repository) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	source, refs, err := r.open(ctx, cancel, repo)
	if err != nil {
		return "", err
	}
	defer source.close()
	_, hash, err := refs.find(repo.Branch)
	if err != nil {
		return "", err
	}
	return hash.String(), nil
}

// DefaultBranch returns the name of the repository's default branch. Faults:
// those of Tip; branch-not-found also where HEAD names no branch.
func (r *Remote) DefaultBranch(ctx context.Context, repo slipway.Repository) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	source, refs, err := r.open(ctx, cancel, repo)
	if err != nil {
		return "", err
	}
	defer source.close()
	name, _, err := refs.find("")
	if err == nil && name == "" {
		return "", fault.New(fault.NotFound, "branch-not-found", "the repository's HEAD is a commit, not a branch").
			WithHint("name the branch")
	}
	return name, err
}

// Fetch returns the newest commit of a branch and its files. Over HTTP and
// ssh it asks for that one commit. Submodules are recorded and not fetched; files kept by
// Git LFS stay pointers. Of a local repository it reads what is committed.
//
// Faults: those of Tip, and Invalid bad-path, repository-incomplete,
// repository-malformed.
func (r *Remote) Fetch(ctx context.Context, repo slipway.Repository) (slipway.Commit, *snapshot.Snapshot, error) {
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	source, refs, err := r.open(ctx, cancel, repo)
	if err != nil {
		return slipway.Commit{}, nil, err
	}
	defer source.close()
	_, hash, err := refs.find(repo.Branch)
	if err != nil {
		return slipway.Commit{}, nil, err
	}
	objects, err := source.fetch(ctx, hash)
	if err != nil {
		return slipway.Commit{}, nil, err
	}
	commit, files, err := read(ctx, objects, hash, r.limits)
	if ctx.Err() != nil && err != nil {
		return slipway.Commit{}, nil, interrupted(ctx, err)
	}
	return commit, files, err
}

// source is one open repository.
type source interface {
	// fetch makes the objects of one commit readable.
	fetch(ctx context.Context, commit hash) (objects, error)
	close()
}

// open asks a repository for its branches. A host that falls silent cancels.
func (r *Remote) open(ctx context.Context, cancel context.CancelFunc, repo slipway.Repository) (source, *refs, error) {
	place, err := locate(repo.URL)
	if err != nil {
		return nil, nil, err
	}
	if place.local() && repo.Credential != "" {
		return nil, nil, fault.New(fault.Invalid, "credential-host", "a repository on this machine takes no credential").
			WithHint("leave the credential out")
	}
	if place.local() {
		if r.publicOnly {
			return nil, nil, fault.New(fault.Invalid, "local-not-allowed", "this server reads no repositories from its own disk").
				WithHint("give the https or ssh URL of the repository, or ask the operator to allow local repositories")
		}
		return openLocal(ctx, place.path, r.limits)
	}
	credential, err := r.credential(ctx, place, repo.Credential)
	if err != nil {
		return nil, nil, err
	}
	p := peer{host: place.url.Host, reference: repo.Credential, limits: r.limits}
	if place.url.Scheme == "ssh" {
		return r.connectSSH(ctx, cancel, place, credential, p)
	}
	return r.connect(ctx, cancel, place, basicAuth(credential), p)
}

// interrupted is the fault for an operation whose context ended.
func interrupted(ctx context.Context, cause error) error {
	if errors.Is(context.Cause(ctx), context.Canceled) {
		return fault.Wrap(errors.Join(context.Canceled, cause), fault.Unavailable, "cancelled", "reading the repository was cancelled")
	}
	return fault.Wrap(errors.Join(context.DeadlineExceeded, cause), fault.Unavailable, "repository-unreachable",
		"reading the repository took longer than it may").
		WithHint("try again; if it lasts, look whether the Git host is up")
}
