package gitremote

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/filesystem"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// onDisk is a repository on this machine, open for one operation.
type onDisk struct {
	storage *filesystem.Storage
	limits  snapshot.Limits
}

// openLocal opens a repository, bare or not, or a worktree of one.
func openLocal(ctx context.Context, dir string, limits snapshot.Limits) (source, *refs, error) {
	if ctx.Err() != nil {
		return nil, nil, interrupted(ctx, nil)
	}
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil, nil, fault.Wrap(os.ErrNotExist, fault.NotFound, "repository-not-found", "there is nothing at %s", shown(dir)).WithHint(urlHint)
	}
	repo, err := git.PlainOpenWithOptions(dir, &git.PlainOpenOptions{EnableDotGitCommonDir: true})
	switch {
	case errors.Is(err, git.ErrRepositoryNotExists):
		return nil, nil, noRepository(dir)
	case errors.Is(err, git.ErrUnsupportedExtensionRepositoryFormatVersion), errors.Is(err, git.ErrUnknownExtension):
		return nil, nil, fault.Wrap(err, fault.Invalid, "repository-unsupported", "%s uses an extension of Git's format that Slipway cannot read", shown(dir)).
			WithHint("clone it in the usual format (SHA-1, without partial clone), or give an https URL")
	case err != nil:
		return nil, nil, unreadable(err, dir)
	}
	opened, ok := repo.Storer.(*filesystem.Storage)
	if !ok {
		return nil, nil, fault.New(fault.Internal, "internal", "a local repository opened without storage")
	}
	// Objects that the repository borrows from another are found from the root.
	o := &onDisk{limits: limits, storage: filesystem.NewStorageWithOptions(opened.Filesystem(), cache.NewObjectLRUDefault(),
		filesystem.Options{AlternatesFS: osfs.New("/")})}
	found, err := o.refs()
	if err != nil {
		return nil, nil, unreadable(err, dir)
	}
	return o, found, nil
}

func (o *onDisk) close() { _ = o.storage.Close() }

func (o *onDisk) fetch(context.Context, hash) (objects, error) { return o, nil }

func (o *onDisk) refs() (*refs, error) {
	r := &refs{branches: map[string]hash{}}
	head, err := o.storage.Reference(plumbing.HEAD)
	if err != nil {
		return nil, err
	}
	if head.Type() == plumbing.HashReference {
		r.detached = head.Hash()
	} else {
		r.head = head.Target().Short()
	}
	all, err := o.storage.IterReferences()
	if err != nil {
		return nil, err
	}
	defer all.Close()
	return r, all.ForEach(func(ref *plumbing.Reference) error {
		if !ref.Name().IsBranch() {
			return nil
		}
		// A branch may be another name for one.
		resolved, err := storer.ResolveReference(o.storage, ref.Name())
		if err == nil {
			r.branches[ref.Name().Short()] = resolved.Hash()
		}
		return nil
	})
}

// read looks at the size first, so that what does not fit is not read.
func (o *onDisk) read(h hash, kind plumbing.ObjectType, room int64) ([]byte, error) {
	// The size of a borrowed object is not known before it is open.
	if size, err := o.storage.EncodedObjectSize(h); err == nil && size > room {
		return nil, o.limits.TooManyBytes(o.limits.Bytes - room + size)
	}
	encoded, err := o.storage.EncodedObject(kind, h)
	if err != nil {
		return nil, err
	}
	size := encoded.Size()
	if size > room {
		return nil, o.limits.TooManyBytes(o.limits.Bytes - room + size)
	}
	in, err := encoded.Reader()
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }()
	data := make([]byte, size)
	_, err = io.ReadFull(in, data)
	return data, err
}

// noRepository names the repository around a folder, if there is one.
func noRepository(dir string) error {
	f := fault.New(fault.Invalid, "not-a-repository", "%s is not a Git repository", shown(dir))
	absolute, err := filepath.Abs(dir)
	for err == nil && filepath.Dir(absolute) != absolute {
		absolute = filepath.Dir(absolute)
		if _, missing := os.Stat(filepath.Join(absolute, ".git")); missing == nil {
			return f.WithHint("it lies in the repository %s: give that, and the folder as the root inside it", absolute)
		}
	}
	return f.WithHint("run git init and make a first commit there; to check a plain folder, run slipway check")
}

func unreadable(cause error, dir string) error {
	return fault.Wrap(cause, fault.Invalid, "not-a-repository", "the repository at %s cannot be read", shown(dir)).
		WithHint("check its permissions, and run git fsck on it")
}

// shown is a path as faults may repeat it: an address typed without its scheme
// looks like a path, and may hold a password before an @.
func shown(dir string) string {
	if at := strings.LastIndex(dir, "@"); at >= 0 {
		return "…" + dir[at:]
	}
	return dir
}
