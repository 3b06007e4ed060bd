package control

import (
	"fmt"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// Progress is one line of news about a running sync.
type Progress struct {
	Step string // fetch, validate, go live, finish
	Text string // what is so now
	Done int    // how many of Of; both 0 where nothing is counted
	Of   int
}

// Fetched says what a sync's fetch has brought.
func Fetched(c slipway.Commit, files int) Progress {
	return Progress{Step: "fetch", Text: fmt.Sprintf("%s %q by %s, %s", c.Short(), c.Subject(), c.Author, plural(files, "workflow file"))}
}

// WentLive says that a sync wrote a release, by which this many workflows have
// moved since it began.
func WentLive(release int64, moved int) Progress {
	return Progress{Step: "go live", Text: fmt.Sprintf("release %d: %s", release, plural(moved, "workflow"))}
}
