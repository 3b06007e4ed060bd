package console

import (
	"strings"
)

// signInPage is the model of the page sign-in.
type signInPage struct {
	Link    string
	Name    string // of whom the link is for
	Next    string
	Trouble *Trouble
}

// signIn shows the way in: a button for a sign-in link, which programs that only
// look at links do not press, or else the form for a token.
func (c *console) signIn(v *visit) (answer, error) {
	m := signInPage{Link: v.query("link"), Next: v.query("next")}
	if m.Link != "" {
		k, err := c.links.read(m.Link, c.Now())
		if err != nil {
			return c.signInAgain(v, m, err)
		}
		m.Name = k.Actor.Subject
	}
	return answer{page: "sign-in", title: "Sign in", model: m}, nil
}

func (c *console) signInAgain(v *visit, m signInPage, err error) (answer, error) {
	t, status := c.trouble(v, err)
	m.Trouble, m.Link = &t, ""
	return answer{page: "sign-in", title: "Sign in", status: status, model: m}, nil
}

// letIn begins a session for a link or a token.
func (c *console) letIn(v *visit) (answer, error) {
	if err := v.parse(); err != nil {
		return answer{}, err
	}
	m := signInPage{Link: v.form("link"), Next: v.form("next")}
	var s session
	if m.Link != "" {
		k, err := c.links.use(v.ctx(), c.Answers, m.Link, c.Now())
		if err != nil {
			return c.signInAgain(v, m, err)
		}
		s.Local = &k.Actor
	} else {
		who, err := c.Guard.SignIn(v.ctx(), "Bearer "+v.form("token"), c.Address(v.r))
		if err != nil {
			return c.signInAgain(v, m, err)
		}
		s.Token = who.Token
	}
	var err error
	v.cookie, err = c.begin(s)
	return answer{to: inside(m.Next)}, err
}

// inside keeps an address that a form gave to the console's own pages.
func inside(next string) string {
	rest, ok := strings.CutPrefix(next, Root)
	if ok && (rest == "" || rest[0] == '/' || rest[0] == '?') && !strings.ContainsAny(next, "\\\r\n") {
		return next
	}
	return Root
}

// signOut ends the session, if its form is its own.
func (c *console) signOut(v *visit) (answer, error) {
	s, _, err := c.recall(v.ctx(), v.r)
	if err == nil {
		v.session = s
		if err := c.readForm(v); err != nil {
			return answer{}, err
		}
	}
	v.cookie = c.noCookie()
	return answer{to: Root + "/sign-in"}, nil
}
