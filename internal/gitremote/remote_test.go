package gitremote_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/snapshot"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secret is a password that must never show.
const secret = "s3cr3t-pässword"

func newRemote(t *testing.T, o gitremote.Options) *gitremote.Remote {
	t.Helper()
	r := gitremote.New(o)
	t.Cleanup(r.Close)
	return r
}

// wantFault checks a fault, and that nothing of it shows the secret.
func wantFault(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	if fault.KindOf(err) != kind || fault.CodeOf(err) != code {
		t.Errorf("%v is %s %s; want %s %s", err, fault.KindOf(err), fault.CodeOf(err), kind, code)
	}
	for e := err; e != nil; {
		f := fault.Of(err)
		encoded, _ := json.Marshal(f)
		if strings.Contains(fmt.Sprintf("%v %+v %#v %s %s %s", e, e, e, f.Detail, f.Hint, encoded), secret) {
			t.Errorf("the secret shows in %T", e)
		}
		u, ok := e.(interface{ Unwrap() error })
		if !ok {
			break
		}
		e = u.Unwrap()
	}
}

func at(url string) slipway.Repository { return slipway.Repository{URL: url} }

// sample makes a repository with every sort of entry, over two branches.
func sample(t *testing.T) (*gittest.Repo, string) {
	repo := gittest.NewRepo(t)
	repo.CommitTxtar("-- kinde.json --\n{}\n-- old.txt --\nold\n-- node_modules/x/index.js --\nx\n", gittest.Options{})
	sha := repo.Commit(map[string]string{"src/run.sh": "#!/bin/sh", "src/a.ts": "a", `odd\name`: "odd"}, gittest.Options{
		Message: "second\n\nwith a b\xf6dy", Author: "Grace", Email: "grace@example.com",
		Time:       time.Date(2026, 5, 6, 9, 8, 9, 0, time.FixedZone("", 7200)),
		Links:      map[string]string{"link": "src/a.ts", "out": "/etc/passwd"},
		Executable: []string{"src/run.sh"},
		Submodules: map[string]string{"vendor/lib": strings.Repeat("ab", 20)},
		Remove:     []string{"old.txt"},
	})
	repo.Branch("feature/one", sha)
	return repo, sha
}

func checkSample(t *testing.T, sha string, commit slipway.Commit, files *snapshot.Snapshot) {
	t.Helper()
	want := slipway.Commit{
		SHA: sha, Author: "Grace", Email: "grace@example.com", Message: "second\n\nwith a b\uFFFDdy",
		Time: time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC),
	}
	if diff := cmp.Diff(want, commit); diff != "" {
		t.Errorf("commit (-want +got):\n%s", diff)
	}
	found := map[string]fs.FileMode{}
	err := fs.WalkDir(files, ".", func(name string, e fs.DirEntry, err error) error {
		if info, _ := e.Info(); err == nil && !e.IsDir() {
			found[name] = info.Mode()
		}
		return err
	})
	wantFiles := map[string]fs.FileMode{
		"kinde.json": 0o644, "src/a.ts": 0o644, "src/run.sh": 0o755, "link": fs.ModeSymlink | 0o777, "out": fs.ModeSymlink | 0o777,
	}
	if diff := cmp.Diff(wantFiles, found); diff != "" || err != nil {
		t.Errorf("%v, files (-want +got):\n%s", err, diff)
	}
	if got, err := files.ReadFile("link"); err != nil || string(got) != "a" {
		t.Errorf("read link = %q, %v", got, err)
	}
	if diff := cmp.Diff([]snapshot.Submodule{{Path: "vendor/lib", Commit: strings.Repeat("ab", 20)}}, files.Submodules()); diff != "" {
		t.Errorf("submodules (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]snapshot.Skipped{{Path: `odd\name`, Why: "holds a backslash"}}, files.Skipped()); diff != "" {
		t.Errorf("skipped (-want +got):\n%s", diff)
	}
}

func TestFetchOverHTTP(t *testing.T) {
	repo, sha := sample(t)
	server := gittest.Serve(t, repo)
	r := newRemote(t, gitremote.Options{})
	for _, branch := range []string{"", "main", "feature/one"} {
		where := slipway.Repository{URL: server.URL, Branch: branch}
		if tip, err := r.Tip(t.Context(), where); err != nil || tip != sha {
			t.Errorf("tip of %q = %s, %v", branch, tip, err)
		}
		commit, files, err := r.Fetch(t.Context(), where)
		if err != nil {
			t.Fatal(err)
		}
		checkSample(t, sha, commit, files)
	}
	if name, err := r.DefaultBranch(t.Context(), at(server.URL+"/")); err != nil || name != "main" {
		t.Errorf("default branch = %q, %v", name, err)
	}
}

// The machine's own Git configuration would lead elsewhere, if it were read.
func TestTheMachinesConfigurationIsNotRead(t *testing.T) {
	repo, sha := sample(t)
	server := gittest.Serve(t, repo)
	home := t.TempDir()
	config := "[url \"http://127.0.0.1:1/\"]\n\tinsteadOf = " + server.URL + "\n[http]\n\textraHeader = X-Leak: yes\n"
	if err := os.WriteFile(home+"/.gitconfig", []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("HOME", home)
	if tip, err := newRemote(t, gitremote.Options{}).Tip(t.Context(), at(server.URL)); err != nil || tip != sha {
		t.Errorf("tip = %s, %v", tip, err)
	}
	for _, request := range server.Requests() {
		if request.Header.Get("X-Leak") != "" {
			t.Error("a header of ~/.gitconfig was sent")
		}
	}
}

func TestForcePush(t *testing.T) {
	repo, old := sample(t)
	server := gittest.Serve(t, repo)
	r := newRemote(t, gitremote.Options{})
	sha := repo.ForcePush("main", map[string]string{"new": "new"})
	commit, files, err := r.Fetch(t.Context(), at(server.URL))
	if err != nil || commit.SHA != sha || sha == old || files.Files() != 1 {
		t.Errorf("fetched %s of %d files, %v; want %s", commit.SHA, files.Files(), err, sha)
	}
}

// Many versions of large files make git send deltas.
func TestDeltas(t *testing.T) {
	repo := gittest.NewRepo(t)
	random := rand.New(rand.NewPCG(1, 2))
	var text strings.Builder
	for range 4000 {
		fmt.Fprintln(&text, random.Uint64())
	}
	files := map[string]string{}
	for i := range 40 {
		files[fmt.Sprintf("f%d.txt", i)] = fmt.Sprintf("%s line %d\n%s", text.String()[:1000*i], i, text.String()[1000*i:])
	}
	sha := repo.Commit(files, gittest.Options{})
	server := gittest.Serve(t, repo)
	commit, got, err := newRemote(t, gitremote.Options{}).Fetch(t.Context(), at(server.URL))
	if err != nil || commit.SHA != sha {
		t.Fatal(commit.SHA, err)
	}
	for name, want := range files {
		if data, err := got.ReadFile(name); err != nil || string(data) != want {
			t.Errorf("%s differs, %v", name, err)
		}
	}
}

func TestEmptyAndMissing(t *testing.T) {
	repo := gittest.NewRepo(t)
	server := gittest.Serve(t, repo)
	r := newRemote(t, gitremote.Options{})
	for _, where := range []string{server.URL, repo.Dir} {
		_, err := r.Tip(t.Context(), at(where))
		wantFault(t, err, fault.Invalid, "repository-empty")
	}
	sha := repo.Commit(map[string]string{"a": "a"}, gittest.Options{})
	for i := range 20 {
		repo.Branch(fmt.Sprintf("other-%02d", i), sha)
	}
	repo.Branch("production", sha)
	for _, where := range []string{server.URL, repo.Dir} {
		_, _, err := r.Fetch(t.Context(), slipway.Repository{URL: where, Branch: "prodution"})
		wantFault(t, err, fault.NotFound, "branch-not-found")
		hint := fault.Of(err).Hint
		if !strings.Contains(hint, "22 branches, among them: production, ") || strings.Count(hint, ",") > 11 {
			t.Errorf("hint: %s", hint)
		}
	}
	repo.SetDefault("gone")
	for _, where := range []string{server.URL, repo.Dir} {
		_, err := r.DefaultBranch(t.Context(), at(where))
		wantFault(t, err, fault.NotFound, "branch-not-found")
	}
}

func TestLimits(t *testing.T) {
	repo := gittest.NewRepo(t)
	repo.Commit(map[string]string{
		"a": "12345", "b/c": "67890", "node_modules/big": strings.Repeat("x", 100), "b/node_modules/more": strings.Repeat("y", 100),
	}, gittest.Options{})
	server := gittest.Serve(t, repo)
	for _, c := range []struct {
		limits snapshot.Limits
		code   string
	}{
		{snapshot.Limits{Bytes: 10, Files: 2}, ""},
		{snapshot.Limits{Bytes: 9, Files: 2}, "repository-too-large"},
		{snapshot.Limits{Bytes: 10, Files: 1}, "repository-too-large"},
	} {
		r := newRemote(t, gitremote.Options{Limits: c.limits})
		for _, where := range []string{server.URL, repo.Dir} {
			_, _, err := r.Fetch(t.Context(), at(where))
			if code := fault.CodeOf(err); code != c.code {
				t.Errorf("%v at %s: %v", c.limits, where, err)
			}
		}
	}
}

func TestPackPastTheBudget(t *testing.T) {
	repo := gittest.NewRepo(t)
	repo.Commit(map[string]string{"bomb": strings.Repeat("\x00", 20<<20)}, gittest.Options{})
	server := gittest.Serve(t, repo)
	_, _, err := newRemote(t, gitremote.Options{Limits: snapshot.Limits{Bytes: 1000, Files: 10}}).Fetch(t.Context(), at(server.URL))
	wantFault(t, err, fault.Invalid, "repository-too-large")
}

func TestEndlessAnswers(t *testing.T) {
	repo, _ := sample(t)
	flood := func(packet string) func(http.Handler) http.Handler {
		return func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				line := []byte(strings.Repeat(fmt.Sprintf("%04x%s", len(packet)+4, packet), 50))
				_, _ = w.Write([]byte("0008NAK\n"))
				for r.Context().Err() == nil {
					if _, err := w.Write(line); err != nil {
						return
					}
				}
			})
		}
	}
	progress := "\x02" + strings.Repeat("counting ", 1000)
	server := gittest.Serve(t, repo, gittest.WithWrap(gittest.On(gittest.UploadPack, flood(progress))))
	r := newRemote(t, gitremote.Options{Limits: snapshot.Limits{Bytes: 1000, Files: 10}, Timeout: 30 * time.Second})
	_, _, err := r.Fetch(t.Context(), at(server.URL))
	wantFault(t, err, fault.Invalid, "repository-too-large")
}

func TestHostileTrees(t *testing.T) {
	for _, name := range []string{"..", ".", "a/b", "../x", ""} {
		repo := gittest.NewRepo(t)
		repo.CommitTree([]string{name}, gittest.Options{})
		_, _, err := newRemote(t, gitremote.Options{}).Fetch(t.Context(), at(repo.Dir))
		if code := fault.CodeOf(err); code != "bad-path" && code != "repository-malformed" {
			t.Errorf("a tree with %q: %v", name, err)
		}
	}
}
