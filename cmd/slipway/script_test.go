package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"slipway": main, "slipway-later": mainLater})
}

// TestScripts runs the sessions in testdata: each is a person at the terminal.
// Those at the top run twice: on the store in a folder, and on a server. Where
// they work is in their environment, and $AT matches what a printed command says
// of it. Those in testdata/local are about the store or the arguments alone.
func TestScripts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, dir string
		setup     func(e *testscript.Env) error
	}{
		{"store", "testdata", onStore},
		{"server", "testdata", onServer},
		{"local", "testdata/local", func(*testscript.Env) error { return nil }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			files, err := filepath.Glob(c.dir + "/*.txtar")
			if err != nil || len(files) == 0 {
				t.Fatalf("no session in %s: %v", c.dir, err)
			}
			testscript.Run(t, testscript.Params{
				Dir: c.dir,
				Setup: func(e *testscript.Env) error {
					e.Setenv("HOME", e.WorkDir)
					for _, name := range []string{"SLIPWAY_DATA", "SLIPWAY_SERVER", "SLIPWAY_TOKEN", "SLIPWAY_CA_FILE", "SLIPWAY_INSECURE"} {
						e.Setenv(name, "")
					}
					return c.setup(e)
				},
				Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
					"commit": commitCommand, "capture": captureCommand, "revise": reviseCommand,
				},
				RequireExplicitExec: true,
				UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
			})
		})
	}
}

func onStore(e *testscript.Env) error {
	e.Setenv("SLIPWAY_DATA", filepath.Join(e.WorkDir, "data"))
	e.Setenv("AT", "--data .*data")
	return nil
}

func onServer(e *testscript.Env) error {
	s, err := startAPI(filepath.Join(e.WorkDir, "data"))
	if err != nil {
		return err
	}
	e.Defer(s.stop)
	e.Setenv("SLIPWAY_SERVER", s.address)
	e.Setenv("SLIPWAY_TOKEN", s.token)
	e.Setenv("AT", "--server http://127.0.0.1:[0-9]+")
	return nil
}

// commitCommand is "commit DIR AUTHOR MESSAGE": it commits all files of the
// folder, which it makes a repository on branch main first if it is none, and
// sets the variable SHA.
func commitCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: commit DIR AUTHOR MESSAGE")
	}
	dir := ts.MkAbs(args[0])
	repo, err := git.PlainOpen(dir)
	if err != nil {
		repo, err = git.PlainInitWithOptions(dir, &git.PlainInitOptions{
			InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName("main")},
		})
	}
	ts.Check(err)
	tree, err := repo.Worktree()
	ts.Check(err)
	ts.Check(tree.AddWithOptions(&git.AddOptions{All: true}))
	at := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	if head, err := repo.Head(); err == nil {
		last, err := repo.CommitObject(head.Hash())
		ts.Check(err)
		at = last.Committer.When.Add(time.Minute)
	}
	who := &object.Signature{Name: args[1], Email: strings.ToLower(args[1]) + "@example.com", When: at}
	sha, err := tree.Commit(args[2], &git.CommitOptions{Author: who, Committer: who, AllowEmptyCommits: true})
	ts.Check(err)
	ts.Setenv("SHA", sha.String())
}

// captureCommand is "capture VARIABLE FIELD": it sets a variable to the first
// text with that name in the JSON on stdout.
func captureCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: capture VARIABLE FIELD")
	}
	out := ts.ReadFile("stdout")
	key := fmt.Sprintf("%q: \"", args[1])
	_, rest, found := strings.Cut(out, key)
	if !found {
		ts.Fatalf("stdout has no field %s", args[1])
	}
	value, _, _ := strings.Cut(rest, `"`)
	ts.Setenv(args[0], value)
}

// reviseCommand is "revise N DIR FILE PROGRAM ARGS…": N times it writes another
// number for "version N" in the file, commits the folder and runs the program.
func reviseCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 {
		ts.Fatalf("usage: revise N DIR FILE PROGRAM ARGS…")
	}
	times, err := strconv.Atoi(args[0])
	ts.Check(err)
	file := filepath.Join(ts.MkAbs(args[1]), args[2])
	text, err := os.ReadFile(file)
	ts.Check(err)
	for i := range times {
		next := strings.ReplaceAll(string(text), "version 1", fmt.Sprint("version ", i+2))
		ts.Check(os.WriteFile(file, []byte(next), 0o600))
		commitCommand(ts, false, []string{args[1], "Ben", fmt.Sprint("Version ", i+2)})
		ts.Check(ts.Exec(args[3], args[4:]...))
	}
}
