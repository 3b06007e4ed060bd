package gittest_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/gittest"
)

// What is built here is what the git program itself accepts and clones.
func TestGitAcceptsWhatIsBuilt(t *testing.T) {
	repo := gittest.NewRepo(t)
	repo.CommitTxtar("-- a.txt --\na\n-- b/c.txt --\nc\n-- b-d --\nd\n", gittest.Options{})
	sha := repo.Commit(map[string]string{"run": "x"}, gittest.Options{
		Remove: []string{"a.txt"}, Executable: []string{"run"}, Links: map[string]string{"link": "b"},
	})
	repo.Branch("other", sha)
	repo.DeleteBranch("other")
	if repo.Tip("main") != sha || repo.Tip("other") != "" {
		t.Errorf("tips are %q and %q", repo.Tip("main"), repo.Tip("other"))
	}
	server := gittest.Serve(t, repo)
	dir := t.TempDir()
	run := func(args ...string) string {
		out, err := exec.Command("git", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	run("clone", "-q", server.URL, dir+"/clone")
	run("-C", dir+"/clone", "fsck", "--strict")
	if got := run("-C", dir+"/clone", "ls-files"); got != "b-d\nb/c.txt\nlink\nrun\n" {
		t.Errorf("files are %q", got)
	}
}
