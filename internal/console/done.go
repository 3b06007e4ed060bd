package console

import (
	"strconv"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// doneNote tells what a command did, on the page that follows it. It is read from
// the ledger, so an address cannot make it say what did not happen.
type doneNote struct {
	Release *control.ReleaseDetail // nil: it was so already
}

// done reads the note that the address asks for, nil for none.
func (c *console) done(v *visit, l *control.Look) (*doneNote, error) {
	text := v.query("done")
	if text == "nothing" {
		return &doneNote{}, nil
	}
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return nil, nil //nolint:nilnil,nilerr // nothing was done just now
	}
	r, err := l.Release(v.ctx(), number)
	if fault.Is(err, fault.NotFound) {
		return nil, nil //nolint:nilnil // as above
	}
	return &doneNote{&r}, err
}

// doneQuery is how the page after a command is asked for its note.
func doneQuery(res control.Result) string {
	if !res.Changed {
		return "?done=nothing"
	}
	return "?done=" + strconv.FormatInt(res.Row.Number, 10)
}
