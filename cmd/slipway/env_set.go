package main

import "github.com/slipway-dev/slipway/internal/control"

type envSetCmd struct {
	Env        string   `arg:""`
	Repo       *string  `help:"URL of the repository, or a path on this machine." placeholder:"URL_OR_PATH"`
	Branch     *string  `help:"Branch. Empty: the repository's own."`
	Root       *string  `help:"Sub-directory of the repository that has the kinde.json. Empty: the top." placeholder:"SUBDIR"`
	Credential *string  `help:"Name of a credential in the operator's configuration. Empty: none." placeholder:"NAME"`
	AutoLive   *bool    `help:"Make new valid deployments live at once." negatable:""`
	Trigger    []string `help:"The triggers beyond the built-in ones, in place of those there are. May be repeated. Empty: none." placeholder:"NAME"`
	Poll       string   `help:"How often the clock asks the branch for its tip (30s, 2m, 1h), or off." placeholder:"DURATION|off"`
	Reason     string   `help:"Why auto-live is switched, in your words: it stays in the ledger." placeholder:"TEXT"`
}

func (c *envSetCmd) Run(s *session) error {
	change, err := c.change()
	if err != nil {
		return err
	}
	s.env = c.Env
	ops, err := s.open()
	if err != nil {
		return err
	}
	before, err := ops.Environment(s.ctx, c.Env)
	if err != nil {
		return err
	}
	g, err := ops.SetEnvironment(s.ctx, c.Env, change, s.request(c.Reason))
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(g)
		return nil
	}
	s.printReleases(g)
	v := g.Environment
	if v.Version != before.Version {
		s.print("%s has configuration %d; syncs that were asked for before keep theirs", v.Slug, v.Version)
	}
	s.printEnvironment(v)
	return nil
}

func (c *envSetCmd) change() (control.EnvironmentChange, error) {
	poll, err := parsePoll(c.Poll)
	if err != nil {
		return control.EnvironmentChange{}, err
	}
	change := control.EnvironmentChange{Branch: c.Branch, Root: c.Root, Credential: c.Credential, AutoLive: c.AutoLive, PollSeconds: poll}
	if c.Repo != nil {
		url, err := repositoryURL(*c.Repo)
		if err != nil {
			return change, err
		}
		change.URL = &url
	}
	if c.Trigger != nil {
		triggers := []string{}
		for _, t := range c.Trigger {
			if t != "" {
				triggers = append(triggers, t)
			}
		}
		change.Triggers = &triggers
	}
	return change, nil
}
