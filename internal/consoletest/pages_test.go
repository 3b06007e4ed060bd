package consoletest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// addresses are all pages of a site with the story, by their names.
func addresses(s *Site) map[string]string {
	s.T.Helper()
	live, failed := s.Workflow("customClaims"), s.Workflow("welcome").Latest.Deployment
	syncs, _, err := s.Plane.Syncs(s.Ctx(), Env, control.SyncFilter{}, control.Page{Limit: 2})
	s.Must(err)
	s.Token(slipway.Viewer)
	tokens, err := s.Plane.Tokens(s.Ctx())
	s.Must(err)
	return map[string]string{
		"revoke":            console.Root + "/tokens/" + tokens[0].ID + "/revoke",
		"environments":      console.Root,
		"workflows":         Path(),
		"workflows-failing": Path() + "?show=failing",
		"workflows-none":    Path() + "?q=nothing-is-called-this",
		"workflow":          Path("workflows", "customClaims"),
		"workflow-failing":  Path("workflows", "welcome"),
		"roll-back":         Path("workflows", "customClaims", "roll-back"),
		"lift":              Path("workflows", "customClaims", "lift"),
		"reject":            Path("workflows", "customClaims", "reject") + "?deployment=" + live.Live.Deployment,
		"delete":            Path("workflows", "customClaims", "delete"),
		"deployment":        Path("deployments", live.Live.Deployment),
		"deployment-failed": Path("deployments", failed),
		"code":              console.Root + "/codes/trigger-unknown",
		"syncs":             Path("syncs"),
		"sync":              Path("syncs", syncs[1].ID),
		"sync-incomplete":   Path("syncs", syncs[0].ID),
		"sync-cancel":       Path("syncs", syncs[0].ID, "cancel"),
		"releases":          Path("releases"),
		"release":           Path("releases", "2"),
		"restore":           Path("releases", "1", "restore"),
		"compare":           Path("releases", "compare") + "?from=1&to=4",
		"settings":          Path("settings"),
		"freeze":            Path("freeze"),
		"thaw":              Path("thaw"),
		"tokens":            console.Root + "/tokens",
		"add-environment":   console.Root + "/add-environment",
	}
}

// wrongAddresses have an error for an answer, or take nobody who has signed in.
func wrongAddresses() map[string]string {
	return map[string]string{"nowhere": console.Root + "/nowhere", "no-workflow": Path("workflows", "nobody"), "sign-in": console.Root + "/sign-in"}
}

// each opens every page, in the order of their names.
func (b *tab) each(pages map[string]string, do func(name string)) {
	b.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		b.open(pages[name])
		do(name)
	}
}

// maxPage is how much of a page may go over the wire.
const maxPage = 60 << 10

// TestPagesAreSound: no page complains, asks another host, asks for anything twice,
// moves under its reader or is large.
func TestPagesAreSound(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Story()
	b := openTab(t, s)
	b.signIn(slipway.Admin)
	b.heard.forget()
	largest := 0.0
	b.each(addresses(s), func(name string) {
		b.run(chromedp.ActionFunc(network.ClearBrowserCache().Do))
		b.heard.forget()
		b.leave(func() { b.run(chromedp.Evaluate("location.reload()", nil)) })
		b.quiet(name)
		count := map[network.ResourceType]int{}
		for _, r := range b.heard.loaded() {
			count[r.kind]++
			if !strings.HasPrefix(r.url, s.URL+"/") && !strings.HasPrefix(r.url, "data:") {
				t.Errorf("%s asks for %s", name, r.url)
			}
			if r.kind == network.ResourceTypeDocument {
				largest = max(largest, r.bytes)
				if r.status != 200 || r.bytes > maxPage || r.bytes == 0 {
					t.Errorf("%s answered %d with %v bytes", name, r.status, r.bytes)
				}
			}
		}
		for _, kind := range []network.ResourceType{network.ResourceTypeDocument, network.ResourceTypeStylesheet, network.ResourceTypeScript} {
			if count[kind] != 1 {
				t.Errorf("%s asks %d times for a %s", name, count[kind], kind)
			}
		}
	})
	t.Logf("the largest page is %.1f KiB over the wire", largest/1024)
}

// quiet fails the test for whatever the browser complained of since it was told
// to forget, and for what moved in the page.
func (b *tab) quiet(name string) {
	b.t.Helper()
	b.sound(name)
	b.unmoved(name)
}

// sound fails the test for what the browser complained of, and for what broke the
// page's policy.
func (b *tab) sound(name string) {
	b.t.Helper()
	for _, c := range b.heard.complained() {
		b.t.Errorf("%s: the browser complains: %s", name, c)
	}
	found := ask[struct{ Violations, Ran []string }](b, "({violations, ran})")
	if len(found.Violations)+len(found.Ran) > 0 {
		b.t.Errorf("%s breaks its policy by %q, and ran %q", name, found.Violations, found.Ran)
	}
}

// maxShift is what is left to rounding of how far a page may move.
const maxShift = 0.001

func (b *tab) unmoved(name string) {
	b.t.Helper()
	// The browser tells of what moved after it drew two more frames.
	b.run(chromedp.Evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))", nil, chromedp.EvalAsValue, awaiting))
	found := ask[[]struct {
		Value float64
		Of    []string
	}](b, "shifts")
	sum := 0.0
	for _, s := range found {
		sum += s.Value
	}
	if sum > maxShift {
		b.t.Errorf("%s moves by %f: %v", name, sum, found)
	}
}

// TestPagesFitSmallScreens: at 360 pixels no page scrolls sideways.
func TestPagesFitSmallScreens(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Story()
	b := openTab(t, s)
	b.size(360, 740)
	b.each(map[string]string{"sign-in": console.Root + "/sign-in"}, func(name string) { b.fits(name) })
	b.signIn(slipway.Admin)
	pages := addresses(s)
	maps.Copy(pages, wrongAddresses())
	b.each(pages, func(name string) {
		b.fits(name)
		b.unmoved(name)
	})
}

func (b *tab) fits(name string) {
	b.t.Helper()
	found := ask[struct {
		Width, Window int
		Wide          []string
	}](b, `(() => {
		const window = document.documentElement.clientWidth;
		const wide = [...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > window + 1).map(e => e.nodeName + "." + e.className + " " + e.textContent.slice(0, 40));
		return {width: document.documentElement.scrollWidth, window, wide: wide.slice(0, 5)};
	})()`)
	if found.Width > found.Window {
		b.t.Errorf("%s is %d wide in a window of %d: %q", name, found.Width, found.Window, found.Wide)
	}
}

// axeFinding is what is wrong by one rule of axe.
type axeFinding struct {
	ID    string `json:"id"`
	Help  string `json:"help"`
	Nodes []struct {
		HTML    string `json:"html"`
		Failure string `json:"failureSummary"`
	} `json:"nodes"`
}

// TestPagesAreAccessible: axe finds nothing wrong with any page, in either theme.
func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	axe := axeSource(t)
	s := New(t)
	s.Story()
	for _, theme := range []string{"light", "dark"} {
		t.Run(theme, func(t *testing.T) {
			t.Parallel()
			b := openTab(t, s)
			b.theme(theme)
			check := func(name string) {
				for _, f := range b.axe(axe) {
					for _, n := range f.Nodes {
						t.Errorf("%s: %s: %s\n%s\n%s", name, f.ID, f.Help, n.HTML, n.Failure)
					}
				}
			}
			b.each(map[string]string{"sign-in": console.Root + "/sign-in"}, check)
			b.signIn(slipway.Admin)
			pages := addresses(s)
			maps.Copy(pages, wrongAddresses())
			b.each(pages, check)
			b.open(Path("workflows", "customClaims"))
			b.click("tbody tr .menu > summary")
			check("a menu")
			ask[bool](b, `document.getElementById("main").append(document.createElement("button")) ?? true`)
			if len(b.axe(axe)) == 0 {
				t.Error("axe finds nothing wrong with a button that has no name")
			}
			t.Logf("axe looked at %d pages", len(pages)+2)
		})
	}
}

// axe runs axe on the page as it is.
func (b *tab) axe(source string) []axeFinding {
	b.t.Helper()
	b.run(chromedp.Evaluate(source+"\n;undefined", nil))
	var text string
	b.run(chromedp.Evaluate(`axe.run(document, {resultTypes: ["violations"]}).then(r => JSON.stringify(r.violations))`, &text, awaiting))
	var found []axeFinding
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		b.t.Fatal(fmt.Errorf("read what axe says: %w", err))
	}
	return found
}
