package launch

import (
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/functionwire"
	"github.com/slipway-dev/slipway/internal/task"
)

// Wire makes the control plane of a function that begins work: what it asks for is
// done elsewhere, under the leases of the state machine. It reads repositories by
// remote, nil where it reads none.
func Wire(p functionwire.Parts, remote control.Remote) (*control.Plane, error) {
	machine, err := task.Load()
	if err != nil {
		return nil, err
	}
	launcher, o := New(p), p.Options()
	o.Remote, o.Leases, o.Start = remote, machine.Lease, launcher.Start
	plane := control.New(o)
	launcher.Drive(plane)
	return plane, nil
}
