package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

type envCmd struct {
	Add    envAddCmd    `cmd:"" help:"Add an environment. Proves that the branch can be read; starts no sync."`
	List   envListCmd   `cmd:"" help:"List the environments."`
	Show   envShowCmd   `cmd:"" help:"Show an environment."`
	Set    envSetCmd    `cmd:"" help:"Change an environment's settings. Proves that a branch that changes can be read."`
	Remove envRemoveCmd `cmd:"" help:"Remove an environment. Its name becomes free; its records stay."`
}

type envAddCmd struct {
	Env        string   `arg:"" help:"A name for it, such as production."`
	Repo       string   `required:"" help:"URL of the repository, or a path on this machine." placeholder:"URL_OR_PATH"`
	Branch     string   `help:"Branch. Default: the repository's own."`
	Root       string   `help:"Sub-directory of the repository that has the kinde.json." placeholder:"SUBDIR"`
	Credential string   `help:"Name of a credential in the operator's configuration." placeholder:"NAME"`
	AutoLive   bool     `help:"Make new valid deployments live at once." default:"true" negatable:""`
	Trigger    []string `help:"A trigger beyond the built-in ones. May be repeated." placeholder:"NAME"`
	Poll       string   `help:"How often the clock asks the branch for its tip (30s, 2m, 1h), or off. Default: 2m." placeholder:"DURATION|off"`
}

func (c *envAddCmd) Run(s *session) error {
	ops, err := s.open()
	if err != nil {
		return err
	}
	url, err := repositoryURL(c.Repo)
	if err != nil {
		return err
	}
	s.env = c.Env
	poll, err := parsePoll(c.Poll)
	if err != nil {
		return err
	}
	v, err := ops.AddEnvironment(s.ctx, control.NewEnvironment{
		Slug: c.Env, Triggers: c.Trigger, AutoLiveOff: !c.AutoLive, PollSeconds: poll, Actor: s.actor,
		Repository: slipway.Repository{URL: url, Branch: c.Branch, Root: c.Root, Credential: c.Credential},
	})
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(v)
	} else {
		s.print("added %s: branch %s of %s", v.Slug, clean(v.Repository.Branch), clean(v.Repository.URL))
	}
	s.hint("bring its workflows with")
	s.hint("  %s", s.command([]string{"sync", c.Env}))
	return nil
}

// repositoryURL makes a path absolute, so that it means the same from wherever
// the program is run next.
func repositoryURL(repo string) (string, error) {
	if repo == "" || strings.Contains(repo, "://") || (strings.Contains(repo, ":") && !filepath.IsAbs(repo)) {
		return repo, nil
	}
	abs, err := filepath.Abs(repo)
	if err != nil {
		return "", fmt.Errorf("find %s: %w", repo, err)
	}
	return abs, nil
}

type envListCmd struct {
	Removed bool `help:"Those that were removed, in place of those there are."`
}

func (c *envListCmd) Run(s *session) error {
	if c.Removed {
		return listRemoved(s)
	}
	ops, err := s.open()
	if err != nil {
		return err
	}
	es, err := ops.Environments(s.ctx)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"environments": es})
		return nil
	}
	if len(es) == 0 {
		s.print("no environment yet; add one with")
		s.print("  %s", s.command([]string{"env", "add", "production", "--repo", "URL_OR_PATH"}))
		return nil
	}
	var rows [][]string
	for _, e := range es {
		last := ""
		if e.LastSync != nil {
			last = fmt.Sprintf("%d %s", e.LastSync.Sequence, e.LastSync.Status)
		}
		rows = append(rows, []string{
			e.Slug, e.Repository.URL, e.Repository.Branch, fmt.Sprintf("%d of %d", e.Live, e.Workflows), fmt.Sprint(e.Held), onOff(e.AutoLive), freezeEnd(e.Freeze), last,
		})
	}
	s.table("ENVIRONMENT REPOSITORY BRANCH LIVE HELD AUTO-LIVE FROZEN LAST-SYNC", rows)
	return nil
}

// freezeEnd is a freeze in a cell: when it ends.
func freezeEnd(f *slipway.Freeze) string {
	switch {
	case f == nil:
		return ""
	case f.Until == nil:
		return "until thawed"
	}
	return "until " + stamp(*f.Until)
}

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

type envShowCmd struct {
	Env string `arg:""`
}

func (c *envShowCmd) Run(s *session) error {
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	v, err := ops.Environment(s.ctx, c.Env)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(v)
		return nil
	}
	s.printEnvironment(v)
	s.hintThaw(v)
	return nil
}

func (s *session) printEnvironment(v control.EnvironmentView) {
	s.print("environment  %s (%s)", v.Slug, v.ID)
	s.print("repository   %s", clean(v.Repository.URL))
	s.print("branch       %s", clean(v.Repository.Branch))
	if v.Repository.Root != "" {
		s.print("root         %s", clean(v.Repository.Root))
	}
	if v.Repository.Credential != "" {
		s.print("credential   %s", clean(v.Repository.Credential))
	}
	if len(v.Triggers) > 0 {
		s.print("triggers     %s", clean(strings.Join(v.Triggers, " ")))
	}
	s.print("auto-live    %s", onOff(v.AutoLive))
	if v.Freeze != nil {
		s.print("frozen       %s", frozen(*v.Freeze))
	}
	s.print("poll         %s", polled(v.Poll))
	s.print("workflows    %d, %d live, %d held", v.Workflows, v.Live, v.Held)
	s.print("release      %d", v.Release)
	if v.LastSync != nil {
		s.print("last sync    %d %s, %s", v.LastSync.Sequence, v.LastSync.Status, stamp(v.LastSync.RequestedAt))
	}
	s.print("added        %s by %s", stamp(v.CreatedAt), clean(v.CreatedBy.String()))
	if v.Version > 1 {
		s.print("changed      %s by %s, configuration %d", stamp(v.ChangedAt), clean(v.ChangedBy.String()), v.Version)
	}
}
