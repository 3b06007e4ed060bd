package control_test

import (
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestFiltersThatSelectNothing are refused, and not answered with an empty list.
func TestFiltersThatSelectNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		filter interface{ Validate() error }
		good   bool
	}{
		{control.SyncFilter{}, true},
		{control.SyncFilter{Status: slipway.SyncUnchanged, Commit: "0aF"}, true},
		{control.SyncFilter{Status: "done"}, false},
		{control.SyncFilter{Commit: "main"}, false},
		{control.DeploymentFilter{}, true},
		{control.DeploymentFilter{Status: slipway.StatusDraft, Commit: "abcdef0"}, true},
		{control.DeploymentFilter{Status: "live"}, false},
		{control.DeploymentFilter{Commit: "v1"}, false},
		{control.ReleaseFilter{}, true},
		{control.ReleaseFilter{Cause: slipway.CauseRestore}, true},
		{control.ReleaseFilter{Cause: "accident"}, false},
	} {
		err := c.filter.Validate()
		if want := map[bool]string{false: "bad-filter"}[c.good]; fault.CodeOf(err) != want {
			t.Errorf("%+v: %v", c.filter, err)
		}
	}
}
