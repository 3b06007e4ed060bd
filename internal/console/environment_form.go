package console

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/web"
	"github.com/slipway-dev/slipway/internal/when"
)

// environmentForm is what a person types about an environment.
type environmentForm struct {
	Name       string
	URL        string
	Branch     string
	Root       string
	Credential string // name
	Triggers   string // one a line
	Poll       string
	AutoLive   bool
}

// formOf is the form that changes nothing of an environment.
func formOf(e control.EnvironmentView) environmentForm {
	r := e.Repository
	return environmentForm{
		Name: e.Slug, URL: r.URL, Branch: r.Branch, Root: r.Root, Credential: r.Credential,
		Triggers: strings.Join(e.Triggers, "\n"), Poll: pollText(e.PollEvery()), AutoLive: e.AutoLive,
	}
}

func pollText(every time.Duration) string {
	if every == 0 {
		return "0"
	}
	return when.Short(every)
}

// environmentForm reads what was typed.
func (v *visit) environmentForm() environmentForm {
	return environmentForm{
		Name: v.form("name"), URL: v.form("url"), Branch: v.form("branch"), Root: v.form("root"), Credential: v.form("credential"),
		Triggers: v.form("triggers"), Poll: v.form("poll"), AutoLive: v.form("auto-live") == "on",
	}
}

// check refuses what is longer than the API takes it.
func (f environmentForm) check() error {
	for _, field := range []struct {
		name, text string
		most       int
	}{{"URL", f.URL, 2000}, {"branch", f.Branch, 255}, {"sub-directory", f.Root, 1000}, {"credential's name", f.Credential, 128}} {
		if len(field.text) > field.most {
			return fault.New(fault.Invalid, "too-long", "the %s is longer than %d bytes", field.name, field.most)
		}
	}
	if n := len(f.triggers()); n > maxTriggers {
		return fault.New(fault.Invalid, "bad-trigger-name", "there are %d triggers, and at most %d can be added", n, maxTriggers)
	}
	return nil
}

const maxTriggers = 100

func (f environmentForm) triggers() []string { return strings.Fields(f.Triggers) }

func (f environmentForm) repository() slipway.Repository {
	return slipway.Repository{URL: f.URL, Branch: f.Branch, Root: f.Root, Credential: f.Credential}
}

// change is what differs from an environment, without auto-live.
func (f environmentForm) change(e control.EnvironmentView) (control.EnvironmentChange, error) {
	var c control.EnvironmentChange
	if err := f.check(); err != nil {
		return c, err
	}
	seconds, ok := when.Poll(f.Poll)
	if !ok {
		return c, badPoll(f.Poll)
	}
	differs := func(typed, is string) *string {
		if typed == is {
			return nil
		}
		return &typed
	}
	r := e.Repository
	c.URL, c.Branch = differs(f.URL, r.URL), differs(f.Branch, r.Branch)
	c.Root, c.Credential = differs(f.Root, r.Root), differs(f.Credential, r.Credential)
	if triggers := f.triggers(); !slices.Equal(triggers, e.Triggers) {
		c.Triggers = &triggers
	}
	if time.Duration(seconds)*time.Second != e.PollEvery() {
		c.PollSeconds = &seconds
	}
	return c, nil
}

func badPoll(text string) *fault.Fault {
	return fault.New(fault.Invalid, "bad-poll", "%q does not say how often", text).
		WithHint("write a length of time in whole seconds, such as 30s, 2m or 1h, or 0 for never")
}

// shown is the form as it may be shown again: without a password in the URL.
func (f environmentForm) shown() environmentForm {
	if !strings.Contains(f.URL, "://") || !strings.Contains(f.URL, "@") {
		return f
	}
	u, err := url.Parse(f.URL)
	switch {
	case err != nil:
		f.URL = ""
	case u.User != nil && u.Scheme == "ssh":
		u.User = url.User(u.User.Username())
		f.URL = u.String()
	case u.User != nil:
		u.User = nil
		f.URL = u.String()
	}
	return f
}

// fieldOf is the field of the form that a trouble is about, "" for none or several.
func fieldOf(code string) string {
	fields := map[string]string{
		"bad-environment-name": "name", "environment-exists": "name", "bad-trigger-name": "triggers", "bad-poll": "poll", "bad-root": "root",
		"branch-not-found": "branch", "bad-repository": "url", "repository-url": "url", "credentials-in-url": "url", "scheme-not-supported": "url",
		"local-not-allowed": "url", "not-a-repository": "url", "repository-not-found": "url", web.CodeUnreachable: "url", "address-not-allowed": "url",
		"repository-credentials": "credential", "unknown-credential": "credential", "bad-credential": "credential",
	}
	return fields[code]
}
