package gittest_test

import (
	"os"
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

// The git and ssh programs read the keys that are made here, and clone from the
// server that serves over ssh.
func TestGitClonesOverSSH(t *testing.T) {
	if _, err := exec.LookPath("ssh"); err != nil {
		t.Skip("this test needs the ssh program")
	}
	repo := gittest.NewRepo(t)
	repo.Commit(map[string]string{"a.txt": "a"}, gittest.Options{})
	key := gittest.NewKey(t, "ed25519")
	server := gittest.ServeSSH(t, repo, key, gittest.WithHostKeys(gittest.NewKey(t, "ecdsa"), gittest.NewKey(t, "rsa")))
	dir := t.TempDir()
	for name, text := range map[string]string{"key": string(key.Private("")), "hosts": server.KnownHosts()} {
		if err := os.WriteFile(dir+"/"+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.Command("git", "clone", "-q", strings.Replace(server.URL, "ssh://", "ssh://git@", 1), dir+"/clone")
	command.Env = append(os.Environ(), "GIT_SSH_COMMAND=ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o UserKnownHostsFile="+dir+"/hosts -i "+dir+"/key")
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("git clone: %v\n%s", err, out)
	}
	if data, err := os.ReadFile(dir + "/clone/a.txt"); err != nil || string(data) != "a" {
		t.Errorf("a.txt is %q, %v", data, err)
	}
}
