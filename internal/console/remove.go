package console

import (
	"net/url"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// removalForm is what a person types to remove an environment.
type removalForm struct {
	Typed   string // its name, to say that they mean it
	Reason  string
	Trouble *Trouble
}

// removeEnvironment removes the environment that the person saw, and whose name
// they typed. Sent twice it is one removal.
func (c *console) removeEnvironment(v *visit) (answer, error) {
	gone := answer{to: address() + "?" + url.Values{"removed": {v.form("id")}}.Encode()}
	m, err := c.settingsNow(v)
	if fault.CodeOf(err) == codeUnknownEnvironment {
		if r, rerr := c.removal(v, v.form("id")); rerr != nil || r != nil {
			return gone, rerr
		}
	}
	if err != nil {
		return answer{}, err
	}
	m.Removal = removalForm{Typed: v.form("name"), Reason: v.form("reason")}
	if err = m.Removal.confirms(v, m.Environment); err == nil {
		_, err = c.Plane.RemoveEnvironment(v.ctx(), v.env, control.Request{Actor: v.who.Actor, Reason: m.Removal.Reason})
	}
	if err == nil {
		return gone, nil
	}
	t, status, shown := c.inPlace(v, err)
	if !shown {
		return answer{}, err
	}
	m.Removal.Trouble = &t
	return settingsAnswer(m, status), nil
}

// confirms refuses a removal whose form is about another environment, or does not
// have its name.
func (f removalForm) confirms(v *visit, e control.EnvironmentView) error {
	if _, err := v.sees(e); err != nil {
		return err
	}
	if f.Typed != e.Slug {
		return fault.New(fault.Invalid, "not-confirmed", "%q is not the name of this environment; nothing was removed", f.Typed).WithHint("type %s to remove it", e.Slug)
	}
	return nil
}

// removal reads the tombstone of an environment that whoever asks removed
// themselves, nil for none.
func (c *console) removal(v *visit, id string) (*slipway.Removal, error) {
	all, err := c.Plane.RemovedEnvironments(v.ctx())
	if err != nil {
		return nil, err
	}
	for _, r := range all {
		if r.ID == id && r.RemovedBy == v.who.Actor && v.who.Permit(slipway.Admin, r.Slug) == nil {
			return &r, nil
		}
	}
	return nil, nil //nolint:nilnil // there is none, and that is an answer
}

// removed reads what the address says was removed just now, nil for nothing.
func (c *console) removed(v *visit) (*slipway.Removal, error) {
	if v.query("removed") == "" {
		return nil, nil //nolint:nilnil // nothing was removed just now
	}
	return c.removal(v, v.query("removed"))
}
