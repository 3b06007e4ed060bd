package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
)

// slipwayIn runs the program on a data folder and decodes what it prints.
func slipwayIn(t *testing.T, data string, v any, args ...string) {
	t.Helper()
	cmd := exec.Command("slipway", append([]string{"--json", "--data", data}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("slipway %v: %v\n%s", args, err, out)
		return
	}
	if err := json.Unmarshal(out, v); err != nil {
		t.Errorf("slipway %v printed %s: %v", args, out, err)
	}
}

// TestTwoProcesses makes two deployments of one workflow live from two processes
// at once, again and again, neither of which is live: each time both are rows,
// one after the other. SLIPWAY_ROUNDS says how often.
func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	rounds := 25
	if n, err := strconv.Atoi(os.Getenv("SLIPWAY_ROUNDS")); err == nil {
		rounds = n
	}
	dir := t.TempDir()
	data, repo := filepath.Join(dir, "data"), filepath.Join(dir, "repo")
	pairs := deploymentPairs(t, data, repo)
	start := len(releases(t, data))
	for round := range rounds {
		var wg sync.WaitGroup
		var moves [2]control.Moved
		for i, d := range pairs[round%2] {
			wg.Add(1)
			go func() {
				defer wg.Done()
				slipwayIn(t, data, &moves[i], "live", "prod", "customClaims", d, "--reason", strconv.Itoa(round))
			}()
		}
		wg.Wait()
		rs := releases(t, data)
		written := len(rs) - start
		start = len(rs)
		if t.Failed() || written != 2 || !moves[0].Changed || !moves[1].Changed {
			t.Fatalf("round %d wrote %d rows: %+v", round, written, moves)
		}
		inOrder(t, rs)
	}
	t.Logf("%d rounds, %d releases in order", rounds, start)
}

// deploymentPairs sets an environment up with two pairs of codes of one
// workflow; the last of the second pair is live.
func deploymentPairs(t *testing.T, data, dir string) (pairs [2][2]string) {
	t.Helper()
	repo, err := newDemoRepo(dir)
	if err != nil {
		t.Fatal(err)
	}
	code := `|| "eu"`
	for i := range 4 {
		next := fmt.Sprintf(`|| "region %d"`, i)
		if _, err := repo.commit(demoCommit{author: "Ana", message: next, edits: []edit{{claimsFile, code, next}}}); err != nil {
			t.Fatal(err)
		}
		code = next
		if i == 0 {
			slipwayIn(t, data, &control.EnvironmentView{}, "env", "add", "prod", "--repo", dir)
		}
		slipwayIn(t, data, &syncResult{}, "sync", "prod")
		var w control.WorkflowView
		slipwayIn(t, data, &w, "show", "prod", "customClaims")
		pairs[i/2][i%2] = w.Live.Deployment
	}
	return pairs
}

func releases(t *testing.T, data string) []control.ReleaseView {
	t.Helper()
	var list struct {
		Releases []control.ReleaseView `json:"releases"`
	}
	slipwayIn(t, data, &list, "releases", "prod", "--limit", "1000")
	return list.Releases
}

// inOrder asserts numbers without gaps, and that each release of the workflow
// starts from where the one before ended.
func inOrder(t *testing.T, rs []control.ReleaseView) {
	t.Helper()
	live := ""
	for i := len(rs) - 1; i >= 0; i-- {
		if want := int64(len(rs) - i); rs[i].Number != want {
			t.Fatalf("release %d stands where %d should", rs[i].Number, want)
		}
		for _, c := range rs[i].Changes {
			if c.Workflow != "customClaims" {
				continue
			}
			if c.From != live {
				t.Fatalf("release %d goes from %q, but %q was live", rs[i].Number, c.From, live)
			}
			live = c.To
		}
	}
}
