package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/slipway-dev/slipway/internal/fault"
)

type demoCmd struct {
	Dir    string `help:"Folder to keep the demo in. Default: a new one among the system's temporary files." placeholder:"DIR" type:"path"`
	Repo   string `help:"Do the main job on this repository instead." placeholder:"URL_OR_PATH"`
	Branch string `help:"With --repo: the branch. Default: the repository's own."`
	Root   string `help:"With --repo: the sub-directory that has the kinde.json." placeholder:"SUBDIR"`
}

// demo is one telling of the story: every command in it is the program itself.
type demo struct {
	*session
	dir  string
	repo *demoRepo
}

func (c *demoCmd) Run(s *session) error {
	if s.json {
		s.misuse(s, errors.New("the demo tells a story: it has no JSON"))
		return exitStatus(exitUsage)
	}
	s.print("Slipway demo: workflows from Git, live, broken, rolled back, and staying so.")
	d := &demo{session: s}
	if err := d.makeFolder(c.Dir); err != nil {
		return err
	}
	s.print("Everything is kept in %s", d.dir)
	if c.Repo != "" {
		return d.ownRepository(c)
	}
	start := s.now()
	if err := d.story(); err != nil {
		return err
	}
	s.print("")
	s.print("That was the story, told in %.1f s. Three commands to try in what it left behind:", s.now().Sub(start).Seconds())
	d.offer("workflows", "demo")
	d.offer("rollback", "demo", "customClaims", "--reason", "trying it out")
	d.offer("releases", "demo")
	return nil
}

func (d *demo) makeFolder(dir string) error {
	var err error
	if dir == "" {
		dir, err = os.MkdirTemp("", "slipway-demo-")
	} else if err = os.MkdirAll(dir, 0o700); err == nil {
		if entries, rerr := os.ReadDir(dir); rerr != nil || len(entries) > 0 {
			return fault.New(fault.Invalid, "demo-folder", "the folder %s is not empty", dir).WithHint("name a new folder with --dir")
		}
	}
	if err != nil {
		return folderFault(err, dir)
	}
	d.dir = dir
	return nil
}

// ownRepository does the main job on the reader's repository.
func (d *demo) ownRepository(c *demoCmd) error {
	add := []string{"env", "add", "demo", "--repo", c.Repo}
	if c.Branch != "" {
		add = append(add, "--branch", c.Branch)
	}
	if c.Root != "" {
		add = append(add, "--root", c.Root)
	}
	if code := d.run(add...); code != exitDone {
		return exitStatus(code)
	}
	code := d.run("sync", "demo")
	d.run("workflows", "demo")
	d.print("")
	d.print("Three commands to try:")
	d.offer("workflows", "demo")
	d.offer("releases", "demo")
	d.offer("sync", "demo")
	if code != exitDone {
		return exitStatus(code)
	}
	return nil
}

// chapter is a part of the story: what is told, the commit that happens, and
// the commands that follow, each with the exit status that it must have.
type chapter struct {
	tell     string
	commit   *demoCommit
	bad      bool // the commit is the bad release
	commands []demoCommand
}

type demoCommand struct {
	args []string
	code int
}

func (d *demo) story() error {
	repo, err := newDemoRepo(filepath.Join(d.dir, "repo"))
	if err != nil {
		return err
	}
	d.repo = repo
	bad := ""
	for i, c := range story(repo.dir) {
		d.print("")
		d.print("%d. %s", i+1, c.tell)
		if c.commit != nil {
			sha, err := repo.commit(*c.commit)
			if err != nil {
				return err
			}
			d.print("")
			if c.bad {
				bad = sha[:7]
			}
			d.print("   %s commits %s %q", c.commit.author, sha[:7], c.commit.message)
		}
		for _, command := range c.commands {
			args := slices.Clone(command.args)
			if i := slices.Index(args, badRelease); i >= 0 {
				args[i] = bad
			}
			if code := d.run(args...); code != command.code {
				return fault.New(fault.Internal, "demo", "the demo's story broke off: %v ended with status %d, not %d", command.args, code, command.code)
			}
		}
	}
	return nil
}

// run shows a command, runs it as the program would, and returns its status.
func (d *demo) run(args ...string) int {
	told := *d.program
	d.print("")
	d.print("$ slipway %s", join(args))
	return told.run(d.ctx, append([]string{"--data", d.data()}, args...))
}

func (d *demo) data() string { return filepath.Join(d.dir, "data") }

// offer prints a command that can be run as it stands.
func (d *demo) offer(args ...string) {
	d.print("  %s --data %s %s", d.name, quote(d.data()), join(args))
}

func join(args []string) string {
	text := ""
	for _, a := range args {
		text += " " + quote(a)
	}
	return text[1:]
}
