package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/consoletest"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/diagnostic"
	"github.com/slipway-dev/slipway/internal/gittest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// syncsOf are the site's syncs, newest first.
func syncsOf(s *consoletest.Site) []slipway.Sync {
	s.T.Helper()
	all, _, err := s.Plane.Syncs(s.Ctx(), consoletest.Env, control.SyncFilter{}, control.Page{})
	s.Must(err)
	return all
}

// until waits for a sync to be as it is wanted.
func until(s *consoletest.Site, id string, is func(slipway.Sync) bool) slipway.Sync {
	s.T.Helper()
	for {
		for _, one := range syncsOf(s) {
			if one.ID != id {
				continue
			}
			if is(one) {
				return one
			}
			if one.Status.Ended() {
				s.T.Fatalf("it ended before that: %+v", one)
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func validates(s slipway.Sync) bool { return len(s.Steps) == 2 }

func TestStartASyncByForm(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Commit("First words", "greet", consoletest.SignIn)
	s.Add()
	v, viewer := s.SignIn(slipway.Deployer), s.SignIn(slipway.Viewer)
	goOn := s.Stop(consoletest.BeforeValidate)
	home, syncs := v.Get(consoletest.Path()), consoletest.Path("syncs")
	done := v.Submit(home, syncs)
	if done.Status != http.StatusSeeOther || done.Location != consoletest.Path() {
		t.Fatalf("it answered %d and leads to %q", done.Status, done.Location)
	}
	if again := v.Submit(home, syncs); again.Status != http.StatusSeeOther || len(syncsOf(s)) != 1 {
		t.Errorf("pressed twice it answered %d, and there are %d syncs", again.Status, len(syncsOf(s)))
	}
	one := until(s, syncsOf(s)[0].ID, validates)
	for _, path := range []string{consoletest.Path(), consoletest.Path("syncs", one.ID)} {
		p := viewer.Get(path)
		if !p.Has("running") || !p.Has("validate") || !p.Has("Load the page again") || !strings.Contains(p.Text, `aria-current="step"`) || !strings.Contains(p.Text, `data-poll="1"`) {
			t.Errorf("%s does not show the step:\n%s", path, p.Text)
		}
		if strings.Contains(p.Text, "/cancel") || strings.Contains(p.Text, "Sync code</button>") {
			t.Errorf("%s shows a viewer what is refused", path)
		}
	}
	if p := viewer.Get(consoletest.Path("syncs", one.ID)); !p.Has("1 found") || !p.Has("greetWorkflow.ts") || !p.Has("Processing") {
		t.Errorf("a running sync shows no file:\n%s", p.Words())
	}
	if p := viewer.Post(syncs, url.Values{}); p.Status != http.StatusForbidden {
		t.Errorf("a viewer's request answered %d", p.Status)
	}
	s.Later(time.Minute)
	if p := v.Submit(v.Get(consoletest.Path()), syncs); p.Status != http.StatusSeeOther || len(syncsOf(s)) != 2 {
		t.Errorf("asked once more it answered %d, and there are %d syncs", p.Status, len(syncsOf(s)))
	}
	goOn()
	until(s, syncsOf(s)[0].ID, func(s slipway.Sync) bool { return s.Status.Ended() })
	p := v.Get(consoletest.Path("syncs", one.ID))
	for _, text := range []string{"succeeded", "asked for", "the-deployer", "First words", "1 found, 1 valid, 1 went live", "Release 1 1 workflow went live", "Sync again"} {
		if !p.Has(text) {
			t.Errorf("it does not say %q:\n%s", text, p.Words())
		}
	}
}

func TestCancelASync(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Commit("First words", "greet", consoletest.SignIn)
	s.Add()
	goOn := s.Stop(consoletest.BeforeValidate)
	request := func() slipway.Sync {
		one, err := s.Plane.RequestSync(s.Ctx(), consoletest.Env, control.SyncOptions{Actor: consoletest.Ada()})
		s.Must(err)
		return one
	}
	running := until(s, request().ID, validates)
	old, waiting := request(), request() // the older of which the newer replaces
	v := s.SignIn(slipway.Deployer)
	path := func(id string) string { return consoletest.Path("syncs", id, "cancel") }
	asks := v.Get(path(running.ID))
	if long := v.Submit(asks, path(running.ID), "reason", strings.Repeat("x", 501)); long.Status != http.StatusBadRequest || !strings.Contains(long.Text, strings.Repeat("x", 501)) || !long.Has("reason") {
		t.Errorf("too long a reason answered %d:\n%s", long.Status, long.Words())
	}
	if p := v.Post(path(old.ID), asks.Form(s, path(running.ID))); p.Location != consoletest.Path("syncs", old.ID)+"?done=ended" {
		t.Errorf("a superseded sync leads to %q", p.Location)
	}
	if p := v.Get(path(old.ID)); !p.Has("It has ended already: superseded by sync 3.") {
		t.Errorf("a superseded sync says:\n%s", p.Words())
	}
	if got := syncsOf(s)[0]; got.ID != waiting.ID || got.Status != slipway.SyncQueued {
		t.Errorf("the sync that took its place is %+v", got)
	}
	p := v.Follow(v.Submit(asks, path(running.ID), "reason", "the wrong branch"))
	for _, text := range []string{"It is cancelled.", "cancelled", `cancelled by the-deployer`, "the wrong branch", "stopped after"} {
		if !p.Has(text) {
			t.Errorf("it does not say %q:\n%s", text, p.Words())
		}
	}
	if p := v.Follow(v.Submit(asks, path(running.ID))); !p.Has("It had ended before it could be cancelled.") || !p.Has("the wrong branch") {
		t.Errorf("cancelled twice it says:\n%s", p.Words())
	}
	goOn()
	until(s, waiting.ID, func(s slipway.Sync) bool { return s.Status == slipway.SyncSucceeded })
	list := s.SignIn(slipway.Viewer).Get(consoletest.Path("syncs"))
	if !list.Has("superseded by sync 3") || !list.Has("the wrong branch") {
		t.Errorf("the list says:\n%s", list.Words())
	}
	if p := s.SignIn(slipway.Viewer).Get(path(waiting.ID)); p.Status != http.StatusForbidden {
		t.Errorf("a viewer who wants to cancel is answered %d", p.Status)
	}
}

func TestListOfSyncs(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	if _, err := s.Plane.Sync(s.Ctx(), consoletest.Env, control.SyncOptions{Actor: consoletest.Ada(), IfChanged: true}); err != nil {
		t.Fatal(err)
	}
	s.Repo.Commit(map[string]string{consoletest.WorkflowsFolder + "greetWorkflow.ts": "export const x = ;"},
		gittest.Options{Author: "Mallory", Message: "<img src=x onerror=alert(1)>", Time: s.Now()})
	s.Sync()
	v := s.SignIn(slipway.Viewer)
	all := syncsOf(s)
	for query, want := range map[string][]int64{
		"":                                 {4, 3, 2, 1},
		"?status=unchanged":                {3},
		"?author=MALL":                     {4},
		"?commit=" + all[3].Commit.SHA[:9]: {1},
		"?status=queued":                   nil,
	} {
		p := v.Get(consoletest.Path("syncs") + query)
		var got []int64
		for _, one := range all {
			if strings.Contains(p.Text, `<tr id="`+one.ID+`">`) {
				got = append(got, one.Sequence)
			}
		}
		if !slices.Equal(got, want) || p.Status != http.StatusOK || want == nil && !p.Has("No sync is like this.") {
			t.Errorf("%q lists %v:\n%s", query, got, p.Words())
		}
	}
	p := v.Get(consoletest.Path("syncs"))
	if !p.Has("unchanged since sync 2") || !p.Has("2 found, 1 valid, 1 failed, 1 went live") || !p.Has("<img src=x") || strings.Contains(p.Text, "<img") {
		t.Errorf("the list says:\n%s", p.Text)
	}
	p = v.Get(consoletest.Path("syncs") + "?commit=main&author=Mallory")
	if p.Status != http.StatusBadRequest || !p.Has(`no commit begins with "main"`) || !strings.Contains(p.Text, `value="main"`) || !strings.Contains(p.Text, `value="Mallory"`) {
		t.Errorf("a filter that cannot be answered %d:\n%s", p.Status, p.Text)
	}
	if p := v.Get(consoletest.Path("syncs", "sync_nobody")); p.Status != http.StatusNotFound {
		t.Errorf("a sync that is not there answered %d", p.Status)
	}
}

func TestPagesOfSyncs(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Commit("First words", "greet", consoletest.SignIn)
	s.Add()
	for range 27 {
		s.Sync()
	}
	v := s.SignIn(slipway.Viewer)
	first := v.Get(consoletest.Path("syncs") + "?status=succeeded")
	link := first.Link(s, "Older →")
	older := v.Get(link)
	if !strings.Contains(link, "status=succeeded") || strings.Count(first.Text, "<tr id=") != 25 || strings.Count(older.Text, "<tr id=") != 2 {
		t.Errorf("%d syncs, then %d at %s", strings.Count(first.Text, "<tr id="), strings.Count(older.Text, "<tr id="), link)
	}
	if back := older.Link(s, "← Newest"); back != consoletest.Path("syncs")+"?status=succeeded" {
		t.Errorf("the way back is %s", back)
	}
	if p := v.Get(consoletest.Path("syncs") + "?cursor=nonsense"); p.Status != http.StatusBadRequest || !p.Has("cursor") {
		t.Errorf("a cursor of no list answered %d", p.Status)
	}
}

func TestWhatASyncSays(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Commit("First words", "greet", consoletest.SignIn, "claims", consoletest.Token)
	s.Repo.Commit(map[string]string{
		consoletest.WorkflowsFolder + "zebraWorkflow.ts": "export const x = ;",
		"kindeSrc/environment/workflow/lostWorkflow.ts":  consoletest.WorkflowFile("lost", consoletest.M2M, "x"),
	}, gittest.Options{Time: s.Now()})
	s.Add()
	p := s.SignIn(slipway.Deployer).Get(consoletest.Path("syncs", s.Sync().ID))
	for _, text := range []string{"3 found, 2 valid, 1 failed, 2 went live", "What the check says of the repository", "near-miss", "move it to " + consoletest.WorkflowsFolder + "lostWorkflow.ts", "1 error"} {
		if !p.Has(text) {
			t.Errorf("it does not say %q:\n%s", text, p.Words())
		}
	}
	if strings.Count(p.Text, `<article class="diagnostic`) != 1 {
		t.Errorf("messages of files stand among those of the repository:\n%s", p.Words())
	}
	if zebra, greet := strings.Index(p.Text, "zebraWorkflow.ts"), strings.Index(p.Text, "greetWorkflow.ts"); zebra < 0 || zebra > greet {
		t.Errorf("what failed is not first: %d, %d", zebra, greet)
	}
	s.Repo.Commit(map[string]string{"package.json": "{}"}, gittest.Options{Fresh: true, Time: s.Now()})
	p = s.SignIn(slipway.Viewer).Get(consoletest.Path("syncs", s.Sync().ID))
	if !p.Has("config-missing") || !p.Has(`add the file kinde.json with this text`) || !p.Has("There is none to check") {
		t.Errorf("without a kinde.json it says:\n%s", p.Words())
	}
}

// TestALargeSync: of a thousand files many failed, each with a long message of its
// own, and those stand on the first pages.
func TestALargeSync(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Commit("First words", "greet", consoletest.SignIn)
	s.Add()
	id := large(s, 1000)
	v := s.SignIn(slipway.Viewer)
	p := v.Get(consoletest.Path("syncs", id), "Accept-Encoding", "gzip")
	if p.Header.Get("Content-Encoding") != "gzip" || len(p.Text) > 60<<10 {
		t.Errorf("the page has %d bytes over the wire, encoded as %q", len(p.Text), p.Header.Get("Content-Encoding"))
	}
	t.Logf("the page has %d bytes over the wire", len(p.Text))
	p = v.Get(consoletest.Path("syncs", id))
	if !p.Has("1000 found, 1000 with a verdict") || strings.Count(p.Text, "pill failed") != 50 || !p.Has("1–50 of 1000") {
		t.Errorf("the first page says:\n%s", p.Words())
	}
	if p = v.Get(p.Link(s, "Next →")); strings.Count(p.Text, "pill failed") != 50 {
		t.Errorf("the second page says:\n%s", p.Words())
	}
	if p = v.Get(consoletest.Path("syncs", id) + "?page=20"); strings.Contains(p.Text, "pill failed") || !p.Has("951–1000 of 1000") {
		t.Errorf("the last page says:\n%s", p.Words())
	}
}

// large writes a sync that runs with this many files, of which every fifth failed.
func large(s *consoletest.Site, files int) (id string) {
	s.T.Helper()
	env, err := s.Store.Environment(s.Ctx(), consoletest.Env)
	s.Must(err)
	slot, err := s.Store.Slot(s.Ctx(), env.ID)
	s.Must(err)
	m := slot.Ask(slipway.Sync{
		ID: "sync_LARGE", Environment: env.ID, StartedBy: consoletest.Ada(), Repository: env.Repository, RequestedAt: s.Now().UTC(),
	}, nil, &slipway.Lease{Owner: "nobody", Expires: s.Now().Add(time.Hour).UTC()})
	s.Must(s.Store.MoveSlot(s.Ctx(), env.ID, m))
	var ds []slipway.Deployment
	for i := range files {
		d := slipway.Deployment{
			ID: fmt.Sprintf("dep_%026d", i), Environment: env.ID, Sync: m.Sync.ID, Sequence: m.Sync.Sequence, CreatedAt: s.Now().UTC(),
			Path: fmt.Sprintf("%sofSomeTeam/number%04dWorkflow.ts", consoletest.WorkflowsFolder, i), Outcome: slipway.Valid,
		}
		if i%5 == 0 {
			d.Outcome = slipway.Failed
			d.Diagnostics = []diagnostic.Diagnostic{diagnostic.New(diagnostic.SyntaxError, d.Path, strings.Repeat(fmt.Sprintf("it says %x; ", i*7919), 50), "mend it")}
		}
		ds = append(ds, d)
	}
	s.Must(s.Store.PutDeployments(s.Ctx(), m.Sync.Fence(), ds, nil))
	return m.Sync.ID
}
