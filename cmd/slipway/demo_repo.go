package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/slipway-dev/slipway/examples"
	"github.com/slipway-dev/slipway/internal/fault"
)

// demoRepo is the demo's Git repository, made without any git program.
type demoRepo struct {
	dir  string
	repo *git.Repository
	time time.Time // of the next commit
}

// demoCommit is a change that somebody commits; the first brings every file.
type demoCommit struct {
	author  string
	message string
	edits   []edit
}

// edit replaces a text in a file.
type edit struct{ file, old, new string }

// newDemoRepo makes it with the examples' files, nothing committed yet. Commits
// have times of their own, so that the story has the same commits wherever it is
// told.
func newDemoRepo(dir string) (*demoRepo, error) {
	if err := os.CopyFS(dir, examples.Files); err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, "demo-folder", "the demo's repository cannot be written to %s", dir).
			WithHint("name a folder with room with --dir")
	}
	repo, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{
		InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName("main")},
	})
	if err != nil {
		return nil, fmt.Errorf("make the demo's repository: %w", err)
	}
	return &demoRepo{dir: dir, repo: repo, time: time.Date(2026, 3, 2, 8, 45, 0, 0, time.UTC)}, nil
}

// commit makes the edits, commits all files and returns the commit's sha.
func (r *demoRepo) commit(c demoCommit) (string, error) {
	for _, e := range c.edits {
		if err := r.edit(e); err != nil {
			return "", err
		}
	}
	tree, err := r.repo.Worktree()
	if err != nil {
		return "", fmt.Errorf("open the demo's repository: %w", err)
	}
	if err := tree.AddWithOptions(&git.AddOptions{All: true}); err != nil {
		return "", fmt.Errorf("add the demo's files: %w", err)
	}
	r.time = r.time.Add(15 * time.Minute)
	who := &object.Signature{Name: c.author, Email: strings.ToLower(c.author) + "@example.com", When: r.time}
	sha, err := tree.Commit(c.message, &git.CommitOptions{Author: who, Committer: who})
	if err != nil {
		return "", fmt.Errorf("commit the demo's change: %w", err)
	}
	return sha.String(), nil
}

func (r *demoRepo) edit(e edit) error {
	file := filepath.Join(r.dir, filepath.FromSlash(e.file))
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read the demo's file: %w", err)
	}
	if !strings.Contains(string(data), e.old) {
		return fault.New(fault.Internal, "demo", "the demo's %s has no %q to change", e.file, e.old)
	}
	text := strings.Replace(string(data), e.old, e.new, 1)
	return os.WriteFile(file, []byte(text), fs.FileMode(0o600))
}
