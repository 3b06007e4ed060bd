package control

import (
	"regexp"
	"strings"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// Validate refuses a filter that can select nothing: Invalid ("bad-filter").
func (f SyncFilter) Validate() error {
	if err := known("status", f.Status, slipway.SyncQueued, slipway.SyncRunning, slipway.SyncSucceeded, slipway.SyncIncomplete,
		slipway.SyncFailed, slipway.SyncUnchanged, slipway.SyncSuperseded, slipway.SyncCancelled); err != nil {
		return err
	}
	return commitStart(f.Commit)
}

// Validate refuses a filter that can select nothing: Invalid ("bad-filter").
func (f DeploymentFilter) Validate() error {
	if err := known("status", f.Status, slipway.StatusProcessing, slipway.StatusFailed, slipway.StatusLive,
		slipway.StatusDeactivated, slipway.StatusDraft, slipway.StatusDeployed); err != nil {
		return err
	}
	return commitStart(f.Commit)
}

// Validate refuses a filter that can select nothing: Invalid ("bad-filter").
func (f ReleaseFilter) Validate() error {
	return known("cause", f.Cause, slipway.CauseSync, slipway.CauseMakeLive, slipway.CauseRollBack, slipway.CauseDeactivate,
		slipway.CauseHold, slipway.CauseLift, slipway.CauseReject, slipway.CauseAccept, slipway.CauseFreeze, slipway.CauseThaw,
		slipway.CauseAutoLiveOn, slipway.CauseAutoLiveOff, slipway.CauseDelete, slipway.CauseRestore)
}

var commitPattern = regexp.MustCompile(`^[0-9a-fA-F]{0,64}$`)

func commitStart(sha string) error {
	if !commitPattern.MatchString(sha) {
		return fault.New(fault.Invalid, "bad-filter", "no commit begins with %q", sha).WithHint("write the first characters of its sha, of 0-9 and a-f")
	}
	return nil
}

// known refuses a word that is none of all; "" is no word.
func known[S ~string](what string, word S, all ...S) error {
	if word == "" {
		return nil
	}
	names := make([]string, 0, len(all))
	for _, s := range all {
		if s == word {
			return nil
		}
		names = append(names, string(s))
	}
	return fault.New(fault.Invalid, "bad-filter", "there is no %s %q", what, word).WithHint("one of %s", strings.Join(names, ", "))
}
