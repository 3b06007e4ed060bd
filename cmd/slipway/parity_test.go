package main

import (
	"bytes"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// said is all that a run of the program gave.
type said struct {
	Stdout, Stderr string
	Status         int
}

// sayings runs the program, where two words say, and takes those and cursors out
// of what it printed.
func sayings(t *testing.T, token string, where []string, args ...string) said {
	t.Helper()
	var out, aside bytes.Buffer
	p := &program{
		name: "slipway", stdout: &out, stderr: &aside, now: time.Now, actor: slipway.LocalActor("you"),
		getenv: func(name string) string { return map[string]string{"SLIPWAY_TOKEN": token}[name] },
	}
	status := p.run(t.Context(), append(slices.Clone(where), args...))
	cursor := regexp.MustCompile(`(--cursor |"next": ")[\w-]+`) // a server seals it
	strip := func(b bytes.Buffer) string {
		return cursor.ReplaceAllString(strings.ReplaceAll(b.String(), " "+where[0]+" "+quote(where[1]), " WHERE"), "${1}CURSOR")
	}
	return said{strip(out), strip(aside), status}
}

// TestSameBothWays runs commands that change nothing on one store, in its folder
// and through a server: they print and end byte by byte the same.
func TestSameBothWays(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := filepath.Join(dir, "data")
	pairs := deploymentPairs(t, data, filepath.Join(dir, "repo"))
	slipwayIn(t, data, &control.Moved{}, "live", "prod", "customClaims", pairs[0][1], "--reason", "it broke")
	slipwayIn(t, data, &control.Moved{}, "reject", "prod", "customClaims", pairs[1][0], "--reason", "leaks")
	slipwayIn(t, data, &control.Governed{}, "freeze", "prod", "--reason", "the launch")
	var syncs struct{ Syncs []struct{ ID string } }
	slipwayIn(t, data, &syncs, "syncs", "prod")
	server, err := startAPI(data)
	if err != nil {
		t.Fatal(err)
	}
	defer server.stop()
	for _, args := range [][]string{
		{"env", "list"},
		{"env", "list", "--removed"},
		{"env", "show", "prod"},
		{"env", "show", "nowhere"},
		{"env", "add", "prod", "--repo", dir},
		{"env", "add", "No Such", "--repo", dir},
		{"env", "add", "other", "--repo", filepath.Join(dir, "nothing")},
		{"env", "set", "prod"},
		{"env", "set", "prod", "--branch", "none"},
		{"env", "remove", "prod"},
		{"syncs", "prod"},
		{"syncs", "prod", "--limit", "1"},
		{"syncs", "prod", "--limit", "-1"},
		{"show", "prod", syncs.Syncs[0].ID},
		{"show", "prod", "sync_none"},
		{"cancel", "prod", syncs.Syncs[0].ID},
		{"workflows", "prod"},
		{"show", "prod", "customClaims"},
		{"show", "prod", "welcome"},
		{"show", "prod", "customclaims"},
		{"why", "prod", "customClaims"},
		{"deployments", "prod", "customClaims"},
		{"deployments", "prod", "customClaims", "--limit", "2"},
		{"deployments", "prod", "none"},
		{"show", "prod", pairs[1][0]},
		{"show", "prod", "dep_none"},
		{"log", "prod", "customClaims"},
		{"log", "prod", "customClaims", "previous"},
		{"log", "prod", pairs[0][0]},
		{"live", "prod", "customClaims", pairs[0][1]},
		{"live", "prod", "customClaims", pairs[1][0]},
		{"live", "prod", "customClaims", "latest"},
		{"live", "prod", "welcome", pairs[0][0]},
		{"live", "prod", "customClaims", pairs[0][0], "--from", pairs[1][1]},
		{"reject", "prod", "customClaims", pairs[1][0]},
		{"hold", "prod", "customClaims"},
		{"lift", "prod", "welcome"},
		{"accept", "prod", "customClaims", pairs[0][0]},
		{"thaw", "nowhere"},
		{"freeze", "prod", "--until", "2020-01-01"},
		{"releases", "prod"},
		{"releases", "prod", "--limit", "1"},
		{"restore", "prod", "1", "--preview"},
		{"restore", "prod", "99", "--preview"},
		{"restore", "prod", "99"},
		{"deployments", "prod"},
		{"deployments", "prod", "--status", "Live"},
		{"deployments", "prod", "--status", "live"},
		{"syncs", "prod", "--status", "done"},
		{"syncs", "prod", "--commit", "main"},
		{"syncs", "prod", "--limit", "5000"},
		{"releases", "prod", "--cause", "accident"},
		{"syncs", "prod", "--author", "ana", "--since", "2026-01-01", "--limit", "1"},
		{"releases", "prod", "--cause", "roll-back", "--workflow", "customClaims"},
		{"token", "revoke", "none"},
		{"token", "create", "", "--role", "viewer"},
		{"token", "create", "bot", "--role", "king"},
		{"token", "create", "bot", "--role", "viewer", "--env", "nowhere"},
		{"token", "create", "bot", "--role", "viewer", "--expires", "2020-01-01"},
		{"sync", "nowhere"},
		{"sync", "nowhere", "--no-wait"},
	} {
		for _, args := range [][]string{args, append([]string{"--json"}, args...)} {
			here := sayings(t, "", []string{"--data", data}, args...)
			there := sayings(t, server.token, []string{"--server", server.address}, args...)
			if d := cmp.Diff(here, there); d != "" {
				t.Errorf("slipway %v (- in a folder, + on a server)\n%s", args, d)
			}
		}
	}
}
