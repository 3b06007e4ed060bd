package consoletest

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// mostReads are what a page may read of the store, by its name in addresses and
// readAddresses: a word for each read, "Deployment*5" for five.
func mostReads() map[string]string {
	const (
		signedIn = "Token "
		look     = signedIn + "Environment "
		judged   = look + "Head " // where a status is said
		home     = judged + "Workflows Syncs Poll Slot "
		settings = judged + "Workflows Syncs Poll "
		// What is live and the newest deployment are shown whole, which lists are not;
		// one list is for what a roll back goes to.
		workflow = judged + "Workflow Deployment*2 Deployments*2 Rows "
		confirm  = judged + "Workflow Deployment "
		two      = judged + "Workflow Deployment*2 "              // one against another
		previous = two + "Deployments "                           // that a roll back goes to
		sync     = judged + "Sync Deployments Deployment*5 Rows " // with the logs of the files that are shown
	)
	return map[string]string{
		"environments": signedIn + "Environments Head Workflows Syncs Poll", "code": signedIn, "add-environment": signedIn,
		"tokens": signedIn + "Tokens Environments", "revoke": signedIn + "Tokens",
		// What is live of an older commit than a workflow remembers is read for its commit.
		"workflows": home + "Deployment", "workflows-done": home + "Deployment Row", "workflows-failing": home, "workflows-none": home, "workflows-waiting": home + "Deployment",
		"workflow": workflow, "workflow-failing": workflow, "workflow-done": workflow, "workflow-live": workflow,
		"deployment": judged + "Workflow Deployment Rows", "deployment-failed": judged + "Deployment Rows",
		"roll-back": previous, "reject": previous, "make-live": previous, "accept": previous, "lift": two, "delete": confirm, "hold": confirm, "deactivate": confirm,
		"syncs": look + "Syncs", "sync": sync, "sync-incomplete": sync, "sync-cancel": look + "Sync",
		"releases": look + "Rows", "releases-more": look + "Rows*2", // the list, and what only the picture has
		"release": look + "Row Rows", "release-newest": look + "Row Rows", "compare": look + "Row*2 Rows", "compare-same": look + "Row Rows",
		"restore": judged + "Row Deployment*5", "restore-newest": judged,
		"settings": settings, "settings-done": settings, "freeze": settings, "thaw": settings,
	}
}

// readAddresses are more pages than addresses has, where something might be read
// twice.
func readAddresses(s *Site) map[string]string {
	newest := strconv.FormatInt(s.Release(), 10)
	return map[string]string{
		"workflows-done": Path() + "?done=2", "workflow-done": Path("workflows", "customClaims") + "?done=" + newest,
		"workflow-live": Path("workflows", "customClaims") + "?status=Live", "settings-done": Path("settings") + "?done=" + newest,
		"hold": Path("workflows", "welcome", "hold"), "deactivate": Path("workflows", "welcome", "deactivate"),
		"make-live": Path("workflows", "customClaims", "make-live"), "accept": Path("workflows", "customClaims", "accept") + "?deployment=" + control.PreviousName,
		"compare-same": Path("releases", "compare") + "?from=4&to=4", "release-newest": Path("releases", newest), "restore-newest": Path("releases", newest, "restore"),
	}
}

// TestPagesReadOnce: no page reads anything twice, so that it says what is so at one
// moment, nor more than it must: whoever leaves it open asks for it every ten
// seconds.
func TestPagesReadOnce(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Story()
	v, may := s.SignIn(slipway.Admin), mostReads()
	look := func(name, path string) {
		t.Helper()
		var p Page
		reads := s.Reads(func() { p = v.Get(path) })
		most, listed := may[name]
		delete(may, name)
		if p.Status != http.StatusOK || !listed {
			t.Errorf("%s answered %d; what it may read is listed: %t", name, p.Status, listed)
		}
		over(t, name, reads, most)
	}
	pages := addresses(s)
	maps.Copy(pages, readAddresses(s))
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		look(name, pages[name])
	}
	// One that nobody starts: whoever did would read beside the page.
	asks := control.New(control.Options{Store: s.Store, Now: s.Now})
	_, err := asks.RequestSync(s.Ctx(), Env, control.SyncOptions{Actor: Ada()})
	s.Must(err)
	look("workflows-waiting", Path())
	for range 30 {
		_, err := s.Plane.Hold(s.Ctx(), Env, "welcome", control.Request{Actor: Ada()})
		s.Must(err)
		_, err = s.Plane.Lift(s.Ctx(), Env, "welcome", control.Request{Actor: Ada()})
		s.Must(err)
	}
	look("releases-more", Path("releases"))
	for name := range may {
		t.Errorf("%s is no page", name)
	}
}

// over fails the test for what a page reads twice, or over what it may.
func over(t *testing.T, name string, reads []string, most string) {
	t.Helper()
	left := map[string]int{}
	for word := range strings.FieldsSeq(most) {
		kind, times, _ := strings.Cut(word, "*")
		n, err := strconv.Atoi(times)
		left[kind] += max(1, n)
		if times != "" && err != nil {
			t.Fatalf("%s is no number of reads", word)
		}
	}
	kinds, seen := []string{}, map[string]bool{}
	for _, r := range reads {
		kind, _, _ := strings.Cut(r, " ")
		kinds = append(kinds, kind)
		if seen[r] {
			t.Errorf("%s reads twice: %s. What use cases of one page need they read through one control.Look", name, r)
		}
		seen[r] = true
		if left[kind]--; left[kind] < 0 {
			t.Errorf("%s reads more than %q: %s. Whoever leaves a page open asks for it every ten seconds, and DynamoDB bills each read", name, most, r)
		}
	}
	t.Logf("%-18s %2d %s", name, len(reads), strings.Join(kinds, " "))
}

// TestReadsAreNoted: what the counts are made of.
func TestReadsAreNoted(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	v := s.SignIn(slipway.Viewer)
	if reads := s.Reads(func() { v.Get(console.Root + "/nowhere") }); len(reads) != 0 {
		t.Errorf("no page reads %q", reads)
	}
	env, err := s.Store.Environment(s.Ctx(), Env)
	s.Must(err)
	reads := s.Reads(func() { v.Get(Path("releases", "2")) })
	for _, want := range []string{"Environment " + Env, "Row " + env.ID + " 2"} {
		if !slices.Contains(reads, want) {
			t.Errorf("%q is not among %q", want, reads)
		}
	}
}
