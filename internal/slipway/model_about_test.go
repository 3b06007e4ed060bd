package slipway

import (
	"slices"

	"pgregory.net/rapid"
)

// about holds what a row says it was about to the two states.
func (m *model) about(t *rapid.T, l *ledger, before, after Row) {
	one := !slices.Contains([]Cause{CauseSync, CauseFreeze, CauseThaw, CauseAutoLiveOn, CauseAutoLiveOff, CauseRestore}, after.Cause)
	if (after.About != nil) != one {
		t.Fatalf("row %d, %s, is about %+v", after.Number, after.Cause, after.About)
	}
	if !one {
		return
	}
	var want HoldMoved
	was, is := before.State.Workflows[after.About.Workflow].Hold, after.State.Workflows[after.About.Workflow].Hold
	switch {
	case is != nil && is != was:
		want = HoldSet
	case is == nil && was != nil:
		want = HoldEnded
	}
	if after.About.Hold != want {
		t.Fatalf("row %d says that the hold was %q, it went from %+v to %+v", after.Number, after.About.Hold, was, is)
	}
	d, named := l.deployments[after.About.Deployment]
	if named != slices.Contains([]Cause{CauseMakeLive, CauseRollBack, CauseReject, CauseAccept}, after.Cause) || d.Commit.SHA != after.About.Commit {
		t.Fatalf("row %d, %s, names %+v", after.Number, after.Cause, after.About)
	}
}
