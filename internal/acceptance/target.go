package acceptance

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/gittest"
)

// Target is what the scenarios run against.
type Target struct {
	URL    string // without a path
	Client *http.Client
	Token  string // of the role admin, for all environments
	// GitURL serves a repository until the test ends, and gives the URL by which
	// the target reads it.
	GitURL func(t testing.TB, repo *gittest.Repo) string
	// Tick makes the target's clock tick once, or waits until it has.
	Tick func(ctx context.Context) error
	// Stale is how old an answer of resolve may be after a write through another of
	// the target's processes.
	Stale time.Duration
}

// Run runs every scenario.
func Run(t *testing.T, target Target) {
	for name, scenario := range scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scenario(newTeam(t, target))
		})
	}
}

func scenarios() map[string]func(*team) {
	return map[string]func(*team){
		"a push goes live":                            pushGoesLive,
		"a rollback stays":                            rollbackStays,
		"a broken workflow keeps what is live":        brokenKeepsLive,
		"without auto-live a person decides":          byHand,
		"rejected code stays away":                    rejectedStaysAway,
		"a freeze stops automation":                   freezeStops,
		"a release is restored":                       restored,
		"a trigger has one workflow":                  oneWorkflowATrigger,
		"a vanished file takes nothing down":          vanishedFile,
		"a deleted workflow comes back with its file": deletedComesBack,
		"many make live at once":                      manyAtOnce,
		"a command sent twice is one":                 sentTwice,
		"who saw an older release is told":            sawOlder,
		"roles hold":                                  rolesHold,
		"the clock brings what was pushed":            clockBrings,
		"two syncs run of many":                       manySyncs,
		"a plan deploys nothing":                      planOnly,
		"a repository that is not there":              noRepository,
		"a night in the console":                      consoleAtNight,
	}
}
