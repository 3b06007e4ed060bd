package console

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// tokensPage is the model of the page tokens.
type tokensPage struct {
	Rows         []tokenRow
	Filters      []filterLink
	Query        string
	Show         string
	Pages        pageLinks
	Revoked      *tokenRow // just now
	Form         tokenForm
	Roles        []roleChoice
	Environments []string // slugs there are
	Key          string
	Trouble      *Trouble
}

// tokenRow is a token in a list.
type tokenRow struct {
	control.TokenView
	State string // in use, expired or revoked
	Own   bool   // whoever looks signed in with it
}

// roleChoice is a role with what it lets somebody do.
type roleChoice struct {
	Role slipway.Role
	May  string
}

func roleChoices() []roleChoice {
	return []roleChoice{
		{slipway.Viewer, "reads: what is live and why, syncs, build logs, the history"},
		{slipway.Deployer, "also decides what is live: syncs, makes live, rolls back, holds, rejects, restores, freezes and thaws"},
		{slipway.Admin, "also changes settings, accepts what was rejected, deletes workflows and removes environments; for all environments it also adds them, and makes and revokes tokens"},
	}
}

const tokensPerPage = 50

// tokens lists them without their secrets, newest first, beside the form of a new one.
func (c *console) tokens(v *visit) (answer, error) {
	return c.tokensAnswer(v, tokensPage{}, 0)
}

func (c *console) tokensAnswer(v *visit, m tokensPage, status int) (answer, error) {
	all, err := c.tokenRows(v)
	if err != nil {
		return answer{}, err
	}
	if m.Environments, err = c.Plane.Slugs(v.ctx()); err != nil {
		return answer{}, err
	}
	m.Query, m.Show, m.Key, m.Roles = v.query("q"), v.query("show"), key(), roleChoices()
	m.Filters = tokenFilters(all, m.Show)
	if i := slices.IndexFunc(all, func(t tokenRow) bool { return t.ID == v.query("revoked") && t.RevokedAt != nil }); i >= 0 {
		m.Revoked = &all[i]
	}
	rows := slices.DeleteFunc(slices.Clone(all), func(t tokenRow) bool {
		text := strings.ToLower(t.Name + " " + t.ID + " " + strings.Join(t.Environments, " "))
		return !t.shownIn(m.Show) || !strings.Contains(text, strings.ToLower(m.Query))
	})
	m.Rows, m.Pages = cut(rows, v, tokensPerPage)
	return answer{page: "tokens", title: "Tokens", status: status, model: m}, nil
}

// tokenRows reads all tokens, newest first.
func (c *console) tokenRows(v *visit) ([]tokenRow, error) {
	all, err := c.Plane.Tokens(v.ctx())
	if err != nil {
		return nil, err
	}
	slices.Reverse(all)
	rows := make([]tokenRow, 0, len(all))
	for _, t := range all {
		rows = append(rows, tokenRow{t, tokenState(t, c.Now()), t.ID == v.session.Token})
	}
	return rows, nil
}

func tokenState(t control.TokenView, now time.Time) string {
	switch {
	case t.RevokedAt != nil:
		return "revoked"
	case t.ExpiresAt != nil && !now.Before(*t.ExpiresAt):
		return "expired"
	}
	return "in use"
}

func (t tokenRow) shownIn(show string) bool {
	return show == "all" || (t.State == "in use") == (show != "ended")
}

func tokenFilters(all []tokenRow, show string) []filterLink {
	links := []filterLink{{Text: "In use"}, {Key: "ended", Text: "Revoked or expired"}, {Key: "all", Text: "All"}}
	for i := range links {
		links[i].Here = links[i].Key == show
		for _, t := range all {
			if t.shownIn(links[i].Key) {
				links[i].Count++
			}
		}
	}
	return links
}

// revokePage is the model of the page revoke.
type revokePage struct{ Token tokenRow }

// revoking asks whether a token is to be revoked.
func (c *console) revoking(v *visit) (answer, error) {
	all, err := c.tokenRows(v)
	if err != nil {
		return answer{}, err
	}
	i := slices.IndexFunc(all, func(t tokenRow) bool { return t.ID == v.path("token") })
	if i < 0 {
		return answer{}, fault.New(fault.NotFound, "unknown-token", "there is no token %q", v.path("token")).WithHint("look at the list of tokens")
	}
	return answer{page: "revoke", title: "Revoke " + all[i].Name, model: revokePage{all[i]}}, nil
}

// revokeToken ends a token at once, and with it the sessions of whoever signed in
// by it. Who revokes their own is told so, and is signed out.
func (c *console) revokeToken(v *visit) (answer, error) {
	t, _, err := c.Plane.RevokeToken(v.ctx(), v.path("token"), v.who.Actor)
	c.Guard.Forget()
	if err != nil {
		return answer{}, err
	}
	if t.ID == v.session.Token {
		v.cookie, v.session = c.noCookie(), session{}
		return answer{page: "signed-out", title: "Signed out", status: http.StatusOK, model: t}, nil
	}
	return answer{to: address("tokens") + "?revoked=" + t.ID}, nil
}
