package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// manyWorkflows is more than one row of the ledger can make live for the first
// time.
const manyWorkflows = 120

// killWorld is an environment on a repository of many workflows.
type killWorld struct {
	t    *testing.T
	data string
	repo *demoRepo
}

func newKillWorld(t *testing.T) *killWorld {
	t.Helper()
	dir := t.TempDir()
	repo, err := newDemoRepo(filepath.Join(dir, "repo"))
	if err != nil {
		t.Fatal(err)
	}
	w := &killWorld{t: t, data: filepath.Join(dir, "data"), repo: repo}
	if err := os.RemoveAll(filepath.Join(repo.dir, "kindeSrc")); err != nil {
		t.Fatal(err)
	}
	add := []string{"env", "add", "prod", "--repo", repo.dir}
	for i := range manyWorkflows {
		add = append(add, "--trigger", fmt.Sprint("t:", i))
	}
	w.change("first")
	slipwayIn(t, w.data, &control.EnvironmentView{}, add...)
	return w
}

// change commits other code for every workflow and returns the commit.
func (w *killWorld) change(text string) string {
	w.t.Helper()
	dir := filepath.Join(w.repo.dir, "kindeSrc", "environment", "workflows")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		w.t.Fatal(err)
	}
	for i := range manyWorkflows {
		code := fmt.Sprintf("export const workflowSettings = { id: \"w%d\", trigger: \"t:%d\" };\n"+
			"export default async function f() { console.log(%q); }\n", i, i, text)
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("w%dWorkflow.ts", i)), []byte(code), 0o600); err != nil {
			w.t.Fatal(err)
		}
	}
	sha, err := w.repo.commit(demoCommit{author: "Ana", message: text})
	if err != nil {
		w.t.Fatal(err)
	}
	return sha
}

// syncUntil runs a sync and signals it when it says moment on stderr, and some
// time after that.
func (w *killWorld) syncUntil(moment string, after time.Duration, sig os.Signal, args ...string) *exec.Cmd {
	w.t.Helper()
	cmd := exec.Command("slipway", append([]string{"--data", w.data}, append(args, "sync", "prod")...)...)
	said, err := cmd.StderrPipe()
	if err != nil {
		w.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	for moment != "" && lines.Scan() && !strings.HasPrefix(lines.Text(), moment) {
		continue
	}
	time.Sleep(after)
	if err := cmd.Process.Signal(sig); err != nil {
		w.t.Logf("signal: %v", err)
	}
	return cmd
}

// TestKilled kills a sync in each of its steps and between the parts of its
// go-live. After a tick it has ended with a reason, what is live is what the
// ledger says, and the next sync works.
func TestKilled(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	between := 0
	for i, k := range []struct {
		moment string
		after  time.Duration
	}{
		{"", 5 * time.Millisecond},
		{"", 30 * time.Millisecond},
		{"fetch", 0},
		{"fetch", 20 * time.Millisecond},
		{"fetch", 100 * time.Millisecond},
		{"validate  120", 0},
		{"validate  120", 5 * time.Millisecond},
		{"go live", 0},
		{"go live", 3 * time.Millisecond},
	} {
		sha := w.change(fmt.Sprint("change ", i))
		cmd := w.syncUntil(k.moment, k.after, syscall.SIGKILL)
		_ = cmd.Wait()
		if w.check(k.moment, sha) == slipway.SyncIncomplete {
			between++
		}
	}
	t.Logf("%d of the kills came between two parts of a go-live", between)
	sha := w.change("last")
	var s syncResult
	slipwayIn(t, w.data, &s, "sync", "prod")
	if s.Counts.Live != manyWorkflows || s.Commit.SHA != sha {
		t.Errorf("the last sync: %+v", s.Counts)
	}
}

// check asserts what a killed sync has left, and returns how it ended.
func (w *killWorld) check(moment, sha string) slipway.SyncStatus {
	t := w.t
	t.Helper()
	var ticked struct{ Ticked []control.Ticked }
	slipwayIn(t, w.data, &ticked, "tick")
	var list struct{ Syncs []slipway.Sync }
	slipwayIn(t, w.data, &list, "syncs", "prod")
	if len(list.Syncs) == 0 {
		return "" // it was killed before it asked
	}
	for _, s := range list.Syncs {
		if !s.Status.Ended() {
			t.Fatalf("killed at %q: sync %d is %s after a tick", moment, s.Sequence, s.Status)
		}
	}
	last := list.Syncs[0]
	if last.Commit != nil && last.Commit.SHA == sha && (last.Status != slipway.SyncSucceeded || last.Problem != nil) {
		if last.Problem == nil || last.Problem.Code != control.CodeDied {
			t.Errorf("killed at %q: ended as %s with %+v", moment, last.Status, last.Problem)
		}
		if last.Status == slipway.SyncIncomplete && !strings.Contains(last.Problem.Detail, "checked and not brought: w") {
			t.Errorf("what was not brought is not named: %s", last.Problem.Detail)
		}
	}
	var detail control.SyncDetail
	slipwayIn(t, w.data, &detail, "show", "prod", last.ID)
	for _, d := range detail.Deployments {
		if d.Status == slipway.StatusProcessing {
			t.Errorf("killed at %q: %s is still processing", moment, d.ID)
		}
	}
	w.liveIsTheLedgers()
	return last.Status
}

// liveIsTheLedgers holds what is listed as live to the changes of the releases.
func (w *killWorld) liveIsTheLedgers() {
	t := w.t
	t.Helper()
	live := map[string]string{}
	rs := releases(t, w.data)
	for i := len(rs) - 1; i >= 0; i-- {
		if rs[i].Number != int64(len(rs)-i) {
			t.Fatalf("release %d stands where %d should", rs[i].Number, len(rs)-i)
		}
		for _, c := range rs[i].Changes {
			if c.From != live[c.Workflow] {
				t.Fatalf("release %d takes %s from %q, but %q was live", rs[i].Number, c.Workflow, c.From, live[c.Workflow])
			}
			live[c.Workflow] = c.To
		}
	}
	var list struct{ Workflows []control.WorkflowView }
	slipwayIn(t, w.data, &list, "workflows", "prod")
	for _, v := range list.Workflows {
		listed := ""
		if v.Live != nil {
			listed = v.Live.Deployment
		}
		if listed != live[v.ID] {
			t.Errorf("%s is listed live with %q; the ledger says %q", v.ID, listed, live[v.ID])
		}
	}
}

// TestZombie stops a worker until its lease has run out and another sync has
// finished. When it wakes it changes nothing, and says how its sync ended.
func TestZombie(t *testing.T) {
	t.Parallel()
	w := newKillWorld(t)
	w.change("of the zombie")
	zombie := w.syncUntil("fetch", 50*time.Millisecond, syscall.SIGSTOP, "--lease", "1s")
	time.Sleep(1500 * time.Millisecond)
	newest := w.change("newest")
	var s syncResult
	slipwayIn(t, w.data, &s, "sync", "prod")
	before := releases(t, w.data)
	if err := zombie.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := zombie.Wait(); err == nil {
		t.Error("the zombie ended with status 0")
	}
	if after := releases(t, w.data); len(after) != len(before) {
		t.Errorf("the zombie wrote %d releases", len(after)-len(before))
	}
	var list struct{ Syncs []slipway.Sync }
	slipwayIn(t, w.data, &list, "syncs", "prod")
	died := list.Syncs[1]
	if died.Status != slipway.SyncFailed || died.Problem.Code != control.CodeDied || !strings.Contains(died.Problem.Detail, "lease ran out") {
		t.Errorf("the zombie's sync ended as %s: %+v", died.Status, died.Problem)
	}
	if s.Commit.SHA != newest || s.Counts.Live != manyWorkflows {
		t.Errorf("the other sync: %+v", s.Counts)
	}
	w.liveIsTheLedgers()
}
