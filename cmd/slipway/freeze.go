package main

import (
	"strconv"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/when"
)

type freezeCmd struct {
	Env    string `arg:""`
	Until  string `help:"When it ends by itself: a time in UTC (2026-03-02, 2026-03-02T08:00, RFC 3339), or how long from now (90m, 8h, 2d)." placeholder:"TIME|DURATION"`
	Reason string `help:"Why, in your words: it stays in the ledger." placeholder:"TEXT"`
}

func (c *freezeCmd) Run(s *session) error {
	until, err := parseUntil(c.Until, s.now())
	if err != nil {
		s.env = c.Env
		return err
	}
	return s.govern(c.Env, func(o operations) (control.Governed, error) {
		return o.Freeze(s.ctx, c.Env, until, s.request(c.Reason))
	})
}

type thawCmd struct {
	Env    string `arg:""`
	Reason string `help:"Why, in your words: it stays in the ledger." placeholder:"TEXT"`
}

func (c *thawCmd) Run(s *session) error {
	return s.govern(c.Env, func(o operations) (control.Governed, error) {
		return o.Thaw(s.ctx, c.Env, s.request(c.Reason))
	})
}

// parseUntil reads a time, or a duration from now; nil for "".
func parseUntil(text string, now time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no end is an answer
	}
	t, ok := when.End(text, now)
	if !ok {
		return nil, fault.New(fault.Invalid, "bad-freeze", "%q is no time, and no length of time from now", text).
			WithHint("write a time in UTC such as 2026-03-02T08:00, or how long from now, such as 8h or 2d").
			WithFix("freeze", fault.EnvArg, "--until", "8h")
	}
	return &t, nil
}

// govern carries a command about a whole environment out and prints what became
// of it.
func (s *session) govern(env string, do func(operations) (control.Governed, error)) error {
	s.env = env
	ops, err := s.open()
	if err != nil {
		return err
	}
	g, err := do(ops)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(g)
	} else {
		s.printReleases(g)
		s.print("%s", standing(g.Environment))
	}
	s.hintThaw(g.Environment)
	return nil
}

// printReleases prints each row that was written, with its changes.
func (s *session) printReleases(g control.Governed) {
	if !g.Changed {
		s.print("it is so already, nothing was written")
	}
	for _, r := range g.Releases {
		s.print("release %d, %s: %s", r.Number, r.Cause, moves(len(r.Changes)))
		for _, c := range r.Changes {
			s.printChange(c)
		}
		for _, n := range r.Notes {
			s.print("  %s", clean(n))
		}
	}
}

func (s *session) printChange(c slipway.Change) {
	s.print("  %s: %s → %s", clean(c.Workflow), named(c.From, c.FromCommit), named(c.To, c.ToCommit))
}

func moves(n int) string {
	switch n {
	case 0:
		return "what is live stays"
	case 1:
		return "1 workflow moves"
	}
	return strconv.Itoa(n) + " workflows move"
}

// standing says in one line what automation does in an environment.
func standing(v control.EnvironmentView) string {
	switch {
	case v.Freeze != nil:
		return v.Slug + " is frozen " + frozen(*v.Freeze) + ": syncs go on, and make nothing live"
	case v.AutoLive:
		return v.Slug + " is not frozen: syncs make live what is valid"
	}
	return v.Slug + " is not frozen; auto-live is off, so a person makes live what is valid"
}

// frozen is who froze an environment, since when, until when, and why.
func frozen(f slipway.Freeze) string {
	text := "by " + clean(f.Actor.String()) + " since " + stamp(f.At)
	if f.Until != nil {
		text += " until " + stamp(*f.Until)
	}
	return text + because(f.Reason)
}

// printFrozen tells of a freeze beside a list, and how to end it.
func (s *session) printFrozen(v control.EnvironmentView) {
	if v.Freeze != nil {
		s.hint("")
		s.hint("%s", standing(v))
		s.hintThaw(v)
	}
}

// hintThaw says how to end a freeze, where there is one.
func (s *session) hintThaw(v control.EnvironmentView) {
	if v.Freeze != nil {
		s.hint("to let syncs go live again:")
		s.hint("  %s", s.command([]string{"thaw", v.Slug}))
	}
}
