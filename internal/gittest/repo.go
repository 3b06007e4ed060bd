package gittest

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
	"golang.org/x/tools/txtar"
)

// DefaultBranch is the branch that a new repository's HEAD names.
const DefaultBranch = "main"

// Epoch is when the first commit of a repository is made, unless it says
// otherwise; each further commit is a minute later.
func Epoch() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// Repo is a bare repository in a temporary folder.
type Repo struct {
	Dir string

	t       testing.TB
	git     *git.Repository
	commits int
}

// NewRepo makes an empty repository whose HEAD names main.
func NewRepo(t testing.TB) *Repo {
	t.Helper()
	dir := t.TempDir()
	repo, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{
		Bare:        true,
		InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName(DefaultBranch)},
	})
	if err != nil {
		t.Fatalf("gittest: make repository: %v", err)
	}
	return &Repo{Dir: dir, t: t, git: repo}
}

// Options say what a commit is besides its files. The zero value is a commit on
// main, a minute after the one before, by Ada.
type Options struct {
	Branch     string // main
	Message    string // "commit n"
	Author     string // Ada
	Email      string // ada@example.com
	Time       time.Time
	Links      map[string]string // path to target
	Executable []string          // paths among the files
	Submodules map[string]string // path to commit
	Remove     []string          // paths to take away; a folder takes its files along
	Fresh      bool              // start from nothing, not from the branch's files
	Orphan     bool              // have no parent, as after a rewritten history
}

func (o Options) filled(n int) Options {
	or := func(value *string, other string) {
		if *value == "" {
			*value = other
		}
	}
	or(&o.Branch, DefaultBranch)
	or(&o.Message, "commit "+strconv.Itoa(n))
	or(&o.Author, "Ada")
	or(&o.Email, "ada@example.com")
	if o.Time.IsZero() {
		o.Time = Epoch().Add(time.Duration(n-1) * time.Minute)
	}
	return o
}

// Commit puts files (path to content) on top of what the branch has, moves the
// branch and returns the commit's hash.
func (r *Repo) Commit(files map[string]string, options Options) string {
	r.t.Helper()
	r.commits++
	o := options.filled(r.commits)
	parent := r.tip(o.Branch)
	tree := newTree()
	if !parent.IsZero() && !o.Fresh {
		r.load(tree, parent)
	}
	r.change(tree, files, o)
	commit := &object.Commit{
		Author:    object.Signature{Name: o.Author, Email: o.Email, When: o.Time},
		Committer: object.Signature{Name: o.Author, Email: o.Email, When: o.Time},
		Message:   o.Message,
		TreeHash:  r.writeTree(tree),
	}
	if !parent.IsZero() && !o.Orphan {
		commit.ParentHashes = []plumbing.Hash{parent}
	}
	hash := r.write(commit)
	r.point(o.Branch, hash)
	return hash.String()
}

// CommitTxtar is Commit with the files of a txtar archive.
func (r *Repo) CommitTxtar(archive string, options Options) string {
	r.t.Helper()
	files := map[string]string{}
	for _, file := range txtar.Parse([]byte(archive)).Files {
		files[file.Name] = string(file.Data)
	}
	return r.Commit(files, options)
}

// Branch makes a branch at a commit, or moves it there, whatever it was: what a
// server's repository looks like after a push or a forced push.
func (r *Repo) Branch(name, sha string) {
	r.t.Helper()
	r.point(name, plumbing.NewHash(sha))
}

// ForcePush rewrites a branch: it becomes one commit without a parent that has
// these files alone. It returns the commit's hash.
func (r *Repo) ForcePush(branch string, files map[string]string) string {
	r.t.Helper()
	return r.Commit(files, Options{Branch: branch, Fresh: true, Orphan: true, Message: "rewritten"})
}

// DeleteBranch takes a branch away.
func (r *Repo) DeleteBranch(name string) {
	r.t.Helper()
	r.must(r.git.Storer.RemoveReference(plumbing.NewBranchReferenceName(name)))
}

// SetDefault makes HEAD name a branch, which need not exist.
func (r *Repo) SetDefault(branch string) {
	r.t.Helper()
	r.must(r.git.Storer.SetReference(plumbing.NewSymbolicReference(plumbing.HEAD, plumbing.NewBranchReferenceName(branch))))
}

// Tip is the hash of a branch's newest commit, or "" where there is no branch.
func (r *Repo) Tip(branch string) string {
	hash := r.tip(branch)
	if hash.IsZero() {
		return ""
	}
	return hash.String()
}

func (r *Repo) tip(branch string) plumbing.Hash {
	ref, err := r.git.Storer.Reference(plumbing.NewBranchReferenceName(branch))
	if err != nil {
		return plumbing.ZeroHash
	}
	return ref.Hash()
}

// point moves a branch in one step, as git does: go-git would empty the file
// first, and a server that reads it then breaks off.
func (r *Repo) point(branch string, hash plumbing.Hash) {
	r.t.Helper()
	name := filepath.Join(r.Dir, "refs", "heads", filepath.FromSlash(branch))
	r.must(os.MkdirAll(filepath.Dir(name), 0o755))
	r.must(os.WriteFile(filepath.Join(r.Dir, "point.new"), []byte(hash.String()+"\n"), 0o644))
	r.must(os.Rename(filepath.Join(r.Dir, "point.new"), name))
}

func (r *Repo) change(tree *folder, files map[string]string, o Options) {
	r.t.Helper()
	for _, name := range o.Remove {
		tree.remove(name)
	}
	for name, content := range files {
		tree.put(name, filemode.Regular, r.blob(content))
	}
	for _, name := range o.Executable {
		tree.put(name, filemode.Executable, r.blob(files[name]))
	}
	for name, target := range o.Links {
		tree.put(name, filemode.Symlink, r.blob(target))
	}
	for name, commit := range o.Submodules {
		tree.put(name, filemode.Submodule, plumbing.NewHash(commit))
	}
}

func (r *Repo) must(err error) {
	r.t.Helper()
	if err != nil {
		r.t.Fatalf("gittest: %v", err)
	}
}
