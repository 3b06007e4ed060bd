package gitremote_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func TestLocalRepositoryNeedsNoGitProgram(t *testing.T) {
	repo, sha := sample(t)
	t.Setenv("PATH", "")
	before := listing(t, repo.Dir)
	r := newRemote(t, gitremote.Options{})
	for _, url := range []string{repo.Dir, "file://" + repo.Dir, "file://localhost" + repo.Dir} {
		if tip, err := r.Tip(t.Context(), at(url)); err != nil || tip != sha {
			t.Errorf("tip = %s, %v", tip, err)
		}
		commit, files, err := r.Fetch(t.Context(), slipway.Repository{URL: url, Branch: "feature/one"})
		if err != nil {
			t.Fatal(err)
		}
		checkSample(t, sha, commit, files)
	}
	if name, err := r.DefaultBranch(t.Context(), at(repo.Dir)); err != nil || name != "main" {
		t.Errorf("default branch = %q, %v", name, err)
	}
	if diff := cmp.Diff(before, listing(t, repo.Dir)); diff != "" {
		t.Errorf("the repository changed (-before +after):\n%s", diff)
	}
}

// The forms that the git program makes of a repository.
func TestLocalForms(t *testing.T) {
	repo, sha := sample(t)
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		command := exec.Command("git", args...)
		command.Env = append(os.Environ(), "HOME="+dir, "GIT_CONFIG_NOSYSTEM=1")
		command.Dir = dir
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("this test needs the git program")
	}
	git("clone", "-q", repo.Dir, "plain")
	git("clone", "-q", "--shared", repo.Dir, "borrowing")
	git("clone", "-q", "--depth=1", "file://"+repo.Dir, "shallow")
	git("clone", "-q", "--bare", repo.Dir, "packed.git")
	git("-C", "packed.git", "gc", "-q")
	git("-C", "packed.git", "pack-refs", "--all")
	git("-C", "plain", "worktree", "add", "-q", "--detach", "../tree")
	git("-C", "plain", "worktree", "add", "-q", "-b", "topic", "../topic")
	git("clone", "-q", "--separate-git-dir=elsewhere", repo.Dir, "apart")
	if err := os.WriteFile(filepath.Join(dir, "plain", "uncommitted"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", "")
	r := newRemote(t, gitremote.Options{})
	for _, form := range []string{"plain", "borrowing", "shallow", "packed.git", "tree", "topic", "apart"} {
		commit, files, err := r.Fetch(t.Context(), at(filepath.Join(dir, form)))
		if err != nil {
			t.Errorf("%s: %v, %v", form, err, errors.Unwrap(err))
			continue
		}
		checkSample(t, sha, commit, files)
	}
	if name, err := r.DefaultBranch(t.Context(), at(filepath.Join(dir, "topic"))); err != nil || name != "topic" {
		t.Errorf("default branch of a worktree = %q, %v", name, err)
	}
	_, err := r.DefaultBranch(t.Context(), at(filepath.Join(dir, "tree")))
	wantFault(t, err, fault.NotFound, "branch-not-found")
	_, err = r.Tip(t.Context(), at(filepath.Join(dir, "plain", "src")))
	wantFault(t, err, fault.Invalid, "not-a-repository")
	if hint := fault.Of(err).Hint; !strings.Contains(hint, filepath.Join(dir, "plain")) {
		t.Errorf("the hint does not name the repository around it: %s", hint)
	}
}

func TestURLsThatAreRefused(t *testing.T) {
	repo, _ := sample(t)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := newRemote(t, gitremote.Options{})
	for _, c := range []struct {
		url  string
		kind fault.Kind
		code string
	}{
		{"", fault.Invalid, "repository-url"},
		{"https://", fault.Invalid, "repository-url"},
		{"https://host/x?private_token=" + secret, fault.Invalid, "repository-url"},
		{"https://host/x#" + secret, fault.Invalid, "repository-url"},
		{"https://bot:" + secret + "@ho st/%zz", fault.Invalid, "credentials-in-url"},
		{"https://ho st/%zz", fault.Invalid, "repository-url"},
		{"https://bot:" + secret + "@host/x", fault.Invalid, "credentials-in-url"},
		{"https://" + secret + "@host/x", fault.Invalid, "credentials-in-url"},
		{"file://host/x", fault.Invalid, "repository-url"},
		{"ssh://git@host", fault.Invalid, "repository-url"},
		{"ssh:///x", fault.Invalid, "repository-url"},
		{"ssh://host/x?" + secret, fault.Invalid, "repository-url"},
		{"ssh://host/a%0ab", fault.Invalid, "repository-url"},
		{"ssh://git:" + secret + "@host/x", fault.Invalid, "credentials-in-url"},
		{"ssh://ho st/%zz", fault.Invalid, "repository-url"},
		{"git@github.com:", fault.Invalid, "repository-url"},
		{"git@-oProxyCommand=x:y", fault.Invalid, "repository-url"},
		{"git@host:--upload-pack=x", fault.Invalid, "repository-url"},
		{"git@[::1:x", fault.Invalid, "repository-url"},
		{"bot:" + secret + "@github.com/x.git", fault.Invalid, "credentials-in-url"},
		{"git@github.com:acme/x.git", fault.Invalid, "repository-credentials"},
		{"github.com:acme/x.git", fault.Invalid, "repository-credentials"},
		{"git@[::1]:acme/x.git", fault.Invalid, "repository-credentials"},
		{"ssh://" + secret + "@github.com/acme/x.git", fault.Invalid, "credentials-in-url"},
		{"git+ssh://git@github.com/acme/x.git", fault.Invalid, "credentials-in-url"},
		{"git+ssh://github.com/acme/x.git", fault.Invalid, "scheme-not-supported"},
		{"git://github.com/acme/x.git", fault.Invalid, "scheme-not-supported"},
		{"ext::sh -c x", fault.Invalid, "scheme-not-supported"},
		{"/nowhere/at/all", fault.NotFound, "repository-not-found"},
		{secret + "@github.com/acme/x", fault.NotFound, "repository-not-found"},
		{t.TempDir(), fault.Invalid, "not-a-repository"},
		{file, fault.Invalid, "not-a-repository"},
	} {
		_, err := r.Tip(t.Context(), at(c.url))
		wantFault(t, err, c.kind, c.code)
		if f := fault.Of(err); f == nil || f.Hint == "" {
			t.Errorf("%s: no hint", c.url)
		}
	}
	public := newRemote(t, gitremote.Options{PublicOnly: true})
	_, err := public.Tip(t.Context(), at(repo.Dir))
	wantFault(t, err, fault.Invalid, "local-not-allowed")
	for _, url := range []string{"http://127.0.0.1:1/x", "http://localhost:1/x", "http://10.0.0.1/x", "http://[::1]:1/x", "http://169.254.169.254/x"} {
		_, err := public.Tip(t.Context(), at(url))
		wantFault(t, err, fault.Invalid, "address-not-allowed")
	}
}

func TestCancelled(t *testing.T) {
	repo, _ := sample(t)
	server := gittest.Serve(t, repo, gittest.WithWrap(gittest.Hang))
	r := newRemote(t, gitremote.Options{})
	for _, url := range []string{server.URL, repo.Dir} {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		if url == repo.Dir {
			cancel()
		}
		_, err := r.Tip(ctx, at(url))
		wantFault(t, err, fault.Unavailable, "cancelled")
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v is not context.Canceled", err)
		}
	}
}

func listing(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil {
			var info fs.FileInfo
			info, err = e.Info()
			found[name] = info.ModTime().String()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
