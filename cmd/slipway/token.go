package main

import (
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/when"
)

type tokenCmd struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token and print its secret, once."`
	List   tokenListCmd   `cmd:"" help:"List the tokens, revoked ones too, without their secrets."`
	Revoke tokenRevokeCmd `cmd:"" help:"End a token at once."`
}

type tokenCreateCmd struct {
	Name    string   `arg:"" help:"Who has it, such as ana or deploy-bot: the name beside everything that is done with it."`
	Role    string   `required:"" help:"viewer reads; deployer also decides what is live; admin also changes settings and tokens." placeholder:"ROLE"`
	Env     []string `help:"An environment that it is for. May be repeated. Default: all." placeholder:"ENV"`
	Expires string   `help:"When it ends: a time in UTC, or how long from now (90d, 8h). Default: when it is revoked." placeholder:"TIME|DURATION"`
}

func (c *tokenCreateCmd) Run(s *session) error {
	expires, err := c.expiry(s.now())
	if err != nil {
		return err
	}
	ops, err := s.open()
	if err != nil {
		return err
	}
	v, err := ops.CreateToken(s.ctx, control.NewToken{
		Name: c.Name, Role: slipway.Role(c.Role), Environments: c.Env, ExpiresAt: expires, Actor: s.actor,
	})
	if err != nil {
		return err
	}
	if v.Secret == nil {
		return fault.New(fault.Unavailable, "secret-lost", "token %s was made, and the answer with its secret was lost", v.ID).
			WithHint("nobody can read the secret again: revoke the token, and make another").WithFix("token", "revoke", v.ID)
	}
	if s.json {
		s.printJSON(v)
		return nil
	}
	s.print("%s", *v.Secret)
	s.say("%s; this is its secret, and it is not shown again", describeToken(v))
	return nil
}

func (c *tokenCreateCmd) expiry(now time.Time) (*time.Time, error) {
	if c.Expires == "" {
		return nil, nil //nolint:nilnil // no end is an answer
	}
	t, ok := when.End(c.Expires, now)
	if !ok {
		return nil, fault.New(fault.Invalid, "bad-expiry", "%q is no time, and no length of time from now", c.Expires).
			WithHint("write a time in UTC such as 2026-03-02T08:00, or how long from now, such as 8h or 90d")
	}
	return &t, nil
}

func describeToken(v control.TokenView) string {
	text := "token " + v.ID + " of " + clean(v.Name) + ": " + string(v.Role) + " in " + tokenEnvironments(v)
	if v.ExpiresAt != nil {
		text += ", until " + stamp(*v.ExpiresAt)
	}
	return text
}

func tokenEnvironments(v control.TokenView) string {
	if len(v.Environments) == 0 {
		return "all environments"
	}
	return strings.Join(v.Environments, ", ")
}

type tokenListCmd struct{}

func (c *tokenListCmd) Run(s *session) error {
	ops, err := s.open()
	if err != nil {
		return err
	}
	vs, err := ops.Tokens(s.ctx)
	if err != nil {
		return err
	}
	if s.json {
		s.printJSON(map[string]any{"tokens": vs})
		return nil
	}
	if len(vs) == 0 {
		s.print("no token yet; make one with")
		s.print("  %s", s.command([]string{"token", "create", "NAME", "--role", "ROLE"}))
		return nil
	}
	var rows [][]string
	for _, v := range vs {
		revoked := ""
		if v.RevokedAt != nil {
			revoked = stamp(*v.RevokedAt) + " by " + v.RevokedBy.String()
		}
		rows = append(rows, []string{
			v.ID, v.Name, string(v.Role), tokenEnvironments(v), stamp(v.CreatedAt), v.CreatedBy.String(), stampOr(v.ExpiresAt), stampOr(v.LastUsedAt), revoked,
		})
	}
	s.table("TOKEN NAME ROLE ENVIRONMENTS CREATED BY EXPIRES LAST-USED REVOKED", rows)
	return nil
}

func stampOr(t *time.Time) string {
	if t == nil {
		return ""
	}
	return stamp(*t)
}

type tokenRevokeCmd struct {
	Token string `arg:"" help:"Its id: what stands between the first and the second _ of its text."`
}

func (c *tokenRevokeCmd) Run(s *session) error {
	ops, err := s.open()
	if err != nil {
		return err
	}
	v, changed, err := ops.RevokeToken(s.ctx, c.Token, s.request(""))
	if err != nil {
		return err
	}
	switch {
	case s.json:
		s.printJSON(map[string]any{"changed": changed, "token": v})
	case changed:
		s.print("revoked %s: it lets nobody in any more", describeToken(v))
	default:
		s.print("it is so already, nothing was written")
	}
	return nil
}
