package console

import (
	"net/http"
	"strconv"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func (c *console) settingsRoutes() []route {
	return []route{
		{"GET " + inEnv + "/settings", slipway.Admin, c.settings},
		{"POST " + inEnv + "/settings", slipway.Admin, c.saveSettings},
		{"POST " + inEnv + "/remove", slipway.Admin, c.removeEnvironment},
		{"GET " + inEnv + "/freeze", slipway.Deployer, c.freezing},
		{"POST " + inEnv + "/freeze", slipway.Deployer, c.freeze},
		{"GET " + inEnv + "/thaw", slipway.Deployer, c.thawing},
		{"POST " + inEnv + "/thaw", slipway.Deployer, c.thaw},
		{"GET /add-environment", slipway.Admin, c.newEnvironment},
		{"POST /add-environment", slipway.Admin, c.addEnvironment},
		{"GET /tokens", slipway.Admin, c.tokens},
		{"POST /tokens", slipway.Admin, c.createToken},
		{"GET /tokens/{token}/revoke", slipway.Admin, c.revoking},
		{"POST /tokens/{token}/revoke", slipway.Admin, c.revokeToken},
	}
}

// settingsPage is the model of the page settings.
type settingsPage struct {
	Environment control.EnvironmentView
	Form        environmentForm
	Now         *environmentForm // what is there, where somebody else changed it meanwhile
	Was         bool             // auto-live, as the person saw it
	Reason      string           // why auto-live is switched
	Key         string
	Trouble     *Trouble
	Field       string // that the trouble is about, "" for none
	Saved       bool   // just now
	Done        *doneNote
	Removal     removalForm
}

// settings shows what an environment is made of, as a form.
func (c *console) settings(v *visit) (answer, error) {
	l, err := c.look(v)
	if err != nil {
		return answer{}, err
	}
	m, err := settingsAt(v, l)
	if err != nil {
		return answer{}, err
	}
	m.Saved = v.query("saved") == strconv.FormatInt(m.Environment.Version, 10)
	m.Done, err = c.done(v, l)
	return settingsAnswer(m, 0), err
}

func settingsAnswer(m settingsPage, status int) answer {
	return answer{page: "settings", title: "Settings of " + m.Environment.Slug, tab: "settings", status: status, model: m}
}

// settingsNow is the page as it is without anybody's words.
func (c *console) settingsNow(v *visit) (settingsPage, error) {
	l, err := c.look(v)
	if err != nil {
		return settingsPage{}, err
	}
	return settingsAt(v, l)
}

func settingsAt(v *visit, l *control.Look) (settingsPage, error) {
	e, err := l.Environment(v.ctx())
	if err != nil {
		return settingsPage{}, err
	}
	return settingsPage{Environment: e, Form: formOf(e), Was: e.AutoLive, Key: key()}, nil
}

// saveSettings changes what differs from what is there, if that is still what the
// person saw. Auto-live is switched where they switched it: a form that shows it
// as it was before somebody else did does not switch it back.
func (c *console) saveSettings(v *visit) (answer, error) {
	m, err := c.settingsNow(v)
	if err != nil {
		return answer{}, err
	}
	saw, form := m.Environment, v.environmentForm()
	was := v.form("was") == "on"
	change, err := form.change(saw)
	var version int64
	if err == nil {
		version, err = v.sees(saw)
		change.Version = &version
	}
	if form.AutoLive != was {
		change.AutoLive = &form.AutoLive
	}
	var res control.Result
	if err == nil {
		res, err = c.Plane.SetEnvironment(v.ctx(), v.env, change, control.Request{Actor: v.who.Actor, Reason: v.form("reason"), Key: v.form("key")})
	}
	if err == nil {
		return answer{to: address("environments", v.env, "settings") + savedQuery(saw, res)}, nil
	}
	t, status, shown := c.inPlace(v, err)
	if !shown {
		return answer{}, err
	}
	if t.Code == control.CodeEnvironmentChanged {
		if m, err = c.settingsNow(v); err != nil {
			return answer{}, err
		}
		m.Now = new(formOf(m.Environment))
	}
	m.Form, m.Was, m.Reason, m.Trouble, m.Field = form.shown(), was, v.form("reason"), &t, fieldOf(t.Code)
	return settingsAnswer(m, status), nil
}

// savedQuery is how the page after a change is asked for its note.
func savedQuery(before control.EnvironmentView, res control.Result) string {
	switch {
	case !res.Changed:
		return "?done=nothing"
	case len(res.Rows) == 0:
		return "?saved=" + strconv.FormatInt(res.Environment.Version, 10)
	case res.Environment.Version == before.Version:
		return doneQuery(res)
	}
	return doneQuery(res) + "&saved=" + strconv.FormatInt(res.Environment.Version, 10)
}

// sees is the version of the configuration that the form was made from. A form
// about an environment that was removed is none about another of its name.
func (v *visit) sees(e control.EnvironmentView) (int64, error) {
	if v.form("id") != e.ID {
		return 0, fault.New(fault.Conflict, control.CodeEnvironmentChanged, "environment %q is another one than the one you saw", e.Slug).
			WithHint("look at it, then decide again")
	}
	n, err := strconv.ParseInt(v.form("version"), 10, 64)
	if err != nil {
		return 0, fault.New(fault.Invalid, "bad-form", "the form names no version of the configuration").WithHint("open the page again, and send its form")
	}
	return n, nil
}

// inPlace translates what stays on the page of a form, beside what was typed; not
// shown is what takes the page of an error.
func (c *console) inPlace(v *visit, err error) (t Trouble, status int, shown bool) {
	f := fault.Of(err)
	if f.Kind == fault.Internal || statusOf(f) == http.StatusForbidden || f.Code == codeUnknownEnvironment && v.env != "" {
		return Trouble{}, 0, false
	}
	t, status = c.trouble(v, err)
	return t, status, true
}

const codeUnknownEnvironment = "unknown-environment"
