package console

import (
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
	"github.com/slipway-dev/slipway/internal/when"
)

// addPage is the model of the page add-environment.
type addPage struct {
	Form    environmentForm
	Now     *environmentForm // always nil: there is nothing yet
	Key     string
	Trouble *Trouble
	Field   string
}

// newEnvironment shows the form of a new environment.
func (c *console) newEnvironment(*visit) (answer, error) {
	return addAnswer(addPage{Form: environmentForm{AutoLive: true, Poll: when.Short(slipway.DefaultPoll)}}, 0), nil
}

func addAnswer(m addPage, status int) answer {
	m.Key = key()
	return answer{page: "add-environment", title: "Add an environment", status: status, model: m}
}

// addEnvironment adds one, and leads to its home. Its form sent twice does too.
func (c *console) addEnvironment(v *visit) (answer, error) {
	f := v.environmentForm()
	err := c.add(v, f)
	if err == nil {
		return answer{to: address("environments", f.Name)}, nil
	}
	t, status, shown := c.inPlace(v, err)
	if !shown {
		return answer{}, err
	}
	return addAnswer(addPage{Form: f.shown(), Trouble: &t, Field: fieldOf(t.Code)}, status), nil
}

func (c *console) add(v *visit, f environmentForm) error {
	seconds, ok := when.Poll(f.Poll)
	if !ok {
		return badPoll(f.Poll)
	}
	if err := f.check(); err != nil {
		return err
	}
	again, first, err := c.once(v, slipway.AnswerLife, "add-environment "+f.Name, v.form("key"))
	if err != nil {
		return err
	}
	if !first {
		_, err := c.Plane.Environment(v.ctx(), f.Name)
		if fault.Is(err, fault.NotFound) {
			return fault.New(fault.Conflict, codeSentBefore, "this form was sent before, and there is no environment %q", f.Name).
				WithHint("that may be under way: look at the list of environments; if it is not there, send this form")
		}
		return err
	}
	_, err = c.Plane.AddEnvironment(v.ctx(), control.NewEnvironment{
		Slug: f.Name, Repository: f.repository(), Triggers: f.triggers(), AutoLiveOff: !f.AutoLive, PollSeconds: &seconds, Actor: v.who.Actor,
	})
	if err != nil && wroteNothing(err) {
		again()
	}
	return err
}

// codeSentBefore is the fault of a form that was sent before and cannot be again.
const codeSentBefore = "form-sent-before"
