package gittest

import (
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// folder is a Git tree on its way.
type folder struct {
	folders map[string]*folder
	files   map[string]object.TreeEntry
}

func newTree() *folder {
	return &folder{folders: map[string]*folder{}, files: map[string]object.TreeEntry{}}
}

func (f *folder) put(name string, mode filemode.FileMode, hash plumbing.Hash) {
	first, rest, deeper := strings.Cut(name, "/")
	if !deeper {
		delete(f.folders, name)
		f.files[name] = object.TreeEntry{Name: name, Mode: mode, Hash: hash}
		return
	}
	delete(f.files, first)
	if f.folders[first] == nil {
		f.folders[first] = newTree()
	}
	f.folders[first].put(rest, mode, hash)
}

func (f *folder) remove(name string) {
	first, rest, deeper := strings.Cut(name, "/")
	if !deeper {
		delete(f.folders, name)
		delete(f.files, name)
		return
	}
	if below := f.folders[first]; below != nil {
		below.remove(rest)
		if len(below.folders)+len(below.files) == 0 {
			delete(f.folders, first)
		}
	}
}

// load fills a tree with a commit's.
func (r *Repo) load(into *folder, commit plumbing.Hash) {
	r.t.Helper()
	c, err := object.GetCommit(r.git.Storer, commit)
	r.must(err)
	tree, err := c.Tree()
	r.must(err)
	walker := object.NewTreeWalker(tree, true, nil)
	defer walker.Close()
	for {
		name, entry, err := walker.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		r.must(err)
		if entry.Mode != filemode.Dir {
			into.put(name, entry.Mode, entry.Hash)
		}
	}
}

// writeTree writes a tree and those below it, in the order Git wants: folders
// sort as if their names ended in a slash.
func (r *Repo) writeTree(f *folder) plumbing.Hash {
	r.t.Helper()
	var entries []object.TreeEntry
	for _, entry := range f.files {
		entries = append(entries, entry)
	}
	for name, below := range f.folders {
		entries = append(entries, object.TreeEntry{Name: name, Mode: filemode.Dir, Hash: r.writeTree(below)})
	}
	key := func(e object.TreeEntry) string {
		if e.Mode == filemode.Dir {
			return e.Name + "/"
		}
		return e.Name
	}
	slices.SortFunc(entries, func(a, b object.TreeEntry) int { return strings.Compare(key(a), key(b)) })
	return r.raw(plumbing.TreeObject, treeBytes(entries))
}

// treeBytes is a tree as Git stores it. It checks nothing: tests make trees that
// no Git program would.
func treeBytes(entries []object.TreeEntry) []byte {
	var out []byte
	for _, e := range entries {
		out = strconv.AppendUint(out, uint64(e.Mode), 8)
		out = append(out, ' ')
		out = append(out, e.Name...)
		out = append(out, 0)
		out = append(out, e.Hash[:]...)
	}
	return out
}

// CommitTree commits one hand-made root tree: each name is taken as it is, with
// slashes, dots and all, and holds its own name as content. It is for trees
// that a hostile server could send.
func (r *Repo) CommitTree(names []string, options Options) string {
	r.t.Helper()
	r.commits++
	o := options.filled(r.commits)
	var entries []object.TreeEntry
	for _, name := range names {
		entries = append(entries, object.TreeEntry{Name: name, Mode: filemode.Regular, Hash: r.blob(name)})
	}
	who := object.Signature{Name: o.Author, Email: o.Email, When: o.Time}
	hash := r.write(&object.Commit{
		Author: who, Committer: who, Message: o.Message, TreeHash: r.raw(plumbing.TreeObject, treeBytes(entries)),
	})
	r.point(o.Branch, hash)
	return hash.String()
}

func (r *Repo) blob(content string) plumbing.Hash {
	r.t.Helper()
	return r.raw(plumbing.BlobObject, []byte(content))
}

func (r *Repo) raw(kind plumbing.ObjectType, content []byte) plumbing.Hash {
	r.t.Helper()
	o := r.git.Storer.NewEncodedObject()
	o.SetType(kind)
	o.SetSize(int64(len(content)))
	w, err := o.Writer()
	r.must(err)
	_, err = w.Write(content)
	r.must(err)
	r.must(w.Close())
	hash, err := r.git.Storer.SetEncodedObject(o)
	r.must(err)
	return hash
}

func (r *Repo) write(commit *object.Commit) plumbing.Hash {
	r.t.Helper()
	o := r.git.Storer.NewEncodedObject()
	r.must(commit.Encode(o))
	hash, err := r.git.Storer.SetEncodedObject(o)
	r.must(err)
	return hash
}
