package console

import (
	"net/http"
	"slices"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/when"
)

// tokenForm is what a person types about a new token.
type tokenForm struct {
	Name         string
	Role         slipway.Role
	Scope        string // all, or some: the named ones
	Environments []string
	Expires      string
}

// Has reports whether an environment is named.
func (f tokenForm) Has(env string) bool { return slices.Contains(f.Environments, env) }

// createToken makes a token and answers with its secret: that page is the only one
// that ever has it, it is kept nowhere, and asked for again it says so.
func (c *console) createToken(v *visit) (answer, error) {
	f := tokenForm{
		Name: v.form("name"), Role: slipway.Role(v.form("role")), Scope: v.form("scope"), Environments: v.r.PostForm["env"], Expires: v.form("expires"),
	}
	made, err := c.make(v, f)
	if err == nil {
		// A status of its own keeps the answer out of every cache.
		return answer{page: "token-made", title: "Token of " + made.Name, status: http.StatusCreated, model: made}, nil
	}
	t, status, shown := c.inPlace(v, err)
	if !shown {
		return answer{}, err
	}
	return c.tokensAnswer(v, tokensPage{Form: f, Trouble: &t}, status)
}

func (c *console) make(v *visit, f tokenForm) (control.TokenView, error) {
	n, err := f.token(c.Now())
	if err != nil {
		return control.TokenView{}, err
	}
	again, first, err := c.once(v, slipway.AnswerLife, "make-token", v.form("key"))
	if err != nil {
		return control.TokenView{}, err
	}
	if !first {
		return control.TokenView{}, fault.New(fault.Conflict, codeSentBefore, "this form was sent before: it makes one token, and shows its secret once").
			WithHint("if the secret was not kept nobody can read it again: revoke that token, and make another")
	}
	n.Actor = v.who.Actor
	t, err := c.Plane.CreateToken(v.ctx(), n)
	if err != nil && wroteNothing(err) {
		again()
	}
	return t, err
}

// token is what the form asks for. That it is for all environments is said, and not
// what is left when none is named.
func (f tokenForm) token(now time.Time) (control.NewToken, error) {
	n := control.NewToken{Name: f.Name, Role: f.Role, Environments: f.Environments}
	switch {
	case f.Scope != "all" && f.Scope != "some":
		return n, fault.New(fault.Invalid, "bad-scope", "the form does not say where the token is good").WithHint("choose all environments, or some")
	case f.Scope == "some" && len(f.Environments) == 0:
		return n, fault.New(fault.Invalid, "bad-scope", "the token is for some environments, and none is chosen").WithHint("choose at least one, or all environments")
	case f.Scope == "all" && len(f.Environments) > 0:
		return n, fault.New(fault.Invalid, "bad-scope", "the token is for all environments, and some are chosen").WithHint("choose only these, or none of them")
	}
	if f.Expires != "" {
		end, ok := when.End(f.Expires, now)
		if !ok {
			return n, fault.New(fault.Invalid, "bad-expiry", "%q is no time, and no length of time from now", f.Expires).
				WithHint("write how long, such as 90d or 8h, or a time in UTC such as 2026-12-31")
		}
		n.ExpiresAt = &end
	}
	return n, nil
}
