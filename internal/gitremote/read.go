package gitremote

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	gitobject "github.com/go-git/go-git/v5/plumbing/object"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

// objects is where the objects of a commit are.
type objects interface {
	// read returns an object's content. If it has more bytes than room, it may
	// give the fault repository-too-large without reading it.
	read(h hash, kind plumbing.ObjectType, room int64) ([]byte, error)
}

// The most that is kept of a commit's texts, in bytes.
const (
	maxMessage = 8 << 10
	maxPerson  = 256
	maxTree    = 64 << 20 // the bytes of one folder's list
)

// read makes a commit and a snapshot from objects.
func read(ctx context.Context, from objects, at hash, limits snapshot.Limits) (slipway.Commit, *snapshot.Snapshot, error) {
	var commit gitobject.Commit
	if err := decode(from, at, plumbing.CommitObject, &commit); err != nil {
		return slipway.Commit{}, nil, err
	}
	w := walk{ctx: ctx, from: from, limits: limits, builder: snapshot.NewBuilder(limits)}
	if err := w.folder("", commit.TreeHash); err != nil {
		return slipway.Commit{}, nil, err
	}
	return told(at, &commit), w.builder.Snapshot(), nil
}

// told is a commit in Slipway's words: valid UTF-8 of a bounded size, and the
// time at which it was committed, not the one at which it was first written.
func told(at hash, c *gitobject.Commit) slipway.Commit {
	when := c.Committer.When.UTC()
	if when.Year() < 1 || when.Year() > 9999 {
		when = time.Unix(0, 0).UTC() // no calendar has it; JSON neither
	}
	return slipway.Commit{
		SHA:     at.String(),
		Author:  clip(c.Author.Name, maxPerson),
		Email:   clip(c.Author.Email, maxPerson),
		Message: clip(c.Message, maxMessage),
		Time:    when,
	}
}

type decoder interface {
	Decode(plumbing.EncodedObject) error
}

func decode(from objects, at hash, kind plumbing.ObjectType, into decoder) error {
	data, err := from.read(at, kind, maxTree)
	if err != nil {
		return incomplete(err)
	}
	var encoded plumbing.MemoryObject
	encoded.SetType(kind)
	if _, err := encoded.Write(data); err != nil {
		return incomplete(err)
	}
	if err := into.Decode(&encoded); err != nil {
		return fault.Wrap(err, fault.Invalid, "repository-malformed", "the %s %s is malformed", kind, at).
			WithHint("run git fsck on the repository")
	}
	return nil
}

// incomplete lets faults through; anything else is an object that is not there.
func incomplete(err error) error {
	if _, ok := errors.AsType[*fault.Fault](err); ok {
		return err
	}
	return fault.Wrap(err, fault.Invalid, "repository-incomplete", "an object of the commit is missing or cannot be read").
		WithHint("run git fsck on the repository; a partial clone has to be completed first")
}

// walk puts the files of one commit into a snapshot.
type walk struct {
	ctx     context.Context
	from    objects
	limits  snapshot.Limits
	builder *snapshot.Builder
	folders int
}

func (w *walk) folder(prefix string, at hash) error {
	if w.folders++; w.folders > w.limits.Folders() {
		return w.limits.TooManyFolders(w.folders)
	}
	var tree gitobject.Tree
	if err := decode(w.from, at, plumbing.TreeObject, &tree); err != nil {
		return err
	}
	for _, entry := range tree.Entries {
		if err := w.ctx.Err(); err != nil {
			return err
		}
		if snapshot.LeftOut(entry.Name) {
			continue
		}
		if err := w.entry(prefix, entry); err != nil {
			return err
		}
	}
	return nil
}

func (w *walk) entry(prefix string, entry gitobject.TreeEntry) error {
	name := entry.Name
	if strings.Contains(name, "/") || name == "." || name == ".." {
		return snapshot.CheckPath("../" + name)
	}
	name = path.Join(prefix, name)
	if snapshot.CheckPath(name) != nil {
		// Odd or hostile: recorded with all below it, or refused.
		return w.builder.AddOrSkip(name, 0, nil)
	}
	switch entry.Mode {
	case filemode.Dir:
		return w.folder(name, entry.Hash)
	case filemode.Submodule:
		return w.builder.AddSubmodule(name, entry.Hash.String())
	case filemode.Regular, filemode.Deprecated:
		return w.file(name, 0o644, entry.Hash)
	case filemode.Executable:
		return w.file(name, 0o755, entry.Hash)
	case filemode.Symlink:
		return w.file(name, fs.ModeSymlink, entry.Hash)
	}
	return w.builder.AddOrSkip(name, fs.ModeIrregular, nil)
}

func (w *walk) file(name string, mode fs.FileMode, at hash) error {
	data, err := w.from.read(at, plumbing.BlobObject, w.builder.Room())
	if err != nil {
		return incomplete(err)
	}
	return w.builder.AddOrSkip(name, mode, data)
}
