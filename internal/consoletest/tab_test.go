package consoletest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// tab is a tab with cookies of its own, on a site.
type tab struct {
	*Site
	t      *testing.T
	ctx    context.Context // chromedp keeps the tab in it
	heard  *heard
	clicks int
}

// patience is how long a test waits for what must come.
const patience = 60 * time.Second

// watch notes, from the first moment of a page, what must not happen in it.
const watch = `
window.shifts = []; window.violations = []; window.ran = [];
new PerformanceObserver(l => { for (const e of l.getEntries()) if (!e.hadRecentInput) shifts.push({value: e.value, of: e.sources.map(s => s.node ? (s.node.className || s.node.nodeName) : "")}); })
	.observe({type: "layout-shift", buffered: true});
document.addEventListener("securitypolicyviolation", e => violations.push(e.violatedDirective + " " + e.blockedURI));
window.alert = what => ran.push(String(what));
`

func openTab(t *testing.T, s *Site) *tab {
	t.Helper()
	ctx := theBrowser(t).tab(t)
	tb := &tab{Site: s, t: t, ctx: ctx, heard: newHeard()}
	chromedp.ListenTarget(ctx, tb.heard.event)
	tb.run(
		network.Enable(), log.Enable(), emulation.SetFocusEmulationEnabled(true),
		chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := page.AddScriptToEvaluateOnNewDocument(watch).Do(ctx)
			return err
		}),
	)
	tb.size(1200, 900)
	return tb
}

func (b *tab) run(actions ...chromedp.Action) {
	b.t.Helper()
	if err := chromedp.Run(b.ctx, actions...); err != nil {
		b.t.Fatalf("the browser: %v", err)
	}
}

func (b *tab) size(width, height int64) {
	b.t.Helper()
	b.run(emulation.SetDeviceMetricsOverride(width, height, 1, false))
}

// theme is light or dark.
func (b *tab) theme(name string) {
	b.t.Helper()
	b.run(emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}))
}

func (b *tab) withoutScripts() {
	b.t.Helper()
	b.run(emulation.SetScriptExecutionDisabled(true))
}

// signIn signs in with a token of the role, as a person does.
func (b *tab) signIn(role slipway.Role) {
	b.t.Helper()
	b.open(console.Root)
	b.signInHere(role)
}

// signInHere signs in on the page that asks for it.
func (b *tab) signInHere(role slipway.Role) {
	b.t.Helper()
	b.fill("#token", b.Token(role))
	b.follow("main button.primary")
}

// openLink signs in by a sign-in link, as an administrator of this name, after it
// has done something on the link's page.
func (b *tab) openLink(name string, before func()) {
	b.t.Helper()
	b.open(strings.TrimPrefix(b.Link(name), b.URL))
	before()
	b.follow("main button.primary")
}

// open goes to an address of the site and waits until the page is there.
func (b *tab) open(path string) {
	b.t.Helper()
	b.run(chromedp.Navigate(b.URL + path))
	b.settled()
}

// settled waits until the page has loaded and was drawn.
func (b *tab) settled() {
	b.t.Helper()
	b.until(`document.readyState === "complete" && !window.left`)
}

// ask evaluates an expression.
func ask[T any](b *tab, expression string) T {
	b.t.Helper()
	var v T
	b.run(chromedp.Evaluate(expression, &v))
	return v
}

// until waits for an expression to become true. A page that goes away while it is
// asked has not made it true.
func (b *tab) until(expression string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	for {
		var ok bool
		err := chromedp.Run(ctx, chromedp.Evaluate("Boolean("+expression+")", &ok))
		if ok && err == nil {
			return
		}
		select {
		case <-ctx.Done():
			b.t.Fatalf("waited in vain for %s on %s (%v); the page says:\n%s", expression, b.at(), err, b.words())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// lively waits for an expression as until does, and makes the page look for
// something new meanwhile, as it does when somebody comes back to it.
func (b *tab) lively(expression string) {
	b.t.Helper()
	look := fmt.Sprintf(`(%s) || (Date.now() - (window.looked || 0) > 300 && (window.looked = Date.now(), document.dispatchEvent(new Event("visibilitychange"))), false)`, expression)
	b.until(look)
}

// click presses an element as a mouse does.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.clicks++
	b.until(fmt.Sprintf("document.querySelector(%q)", selector))
	b.run(chromedp.Click(selector, chromedp.ByQuery, chromedp.NodeVisible))
}

// follow clicks what leads to another page, and waits for that.
func (b *tab) follow(selector string) {
	b.t.Helper()
	b.leave(func() { b.click(selector) })
}

// leave does what leads to another page, and waits for that.
func (b *tab) leave(do func()) {
	b.t.Helper()
	b.run(chromedp.Evaluate("window.left = true", nil))
	do()
	b.settled()
}

func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.run(chromedp.Focus(selector, chromedp.ByQuery), chromedp.SendKeys(selector, text, chromedp.ByQuery))
}

// press presses a key, such as kb.Tab.
func (b *tab) press(key string) {
	b.t.Helper()
	b.run(chromedp.KeyEvent(key))
}

// pressBack is Shift with Tab.
func (b *tab) pressBack() {
	b.t.Helper()
	b.run(chromedp.KeyEvent(kb.Tab, chromedp.KeyModifiers(input.ModifierShift)))
}

// words are what the page says.
func (b *tab) words() string {
	var text string
	if err := chromedp.Run(b.ctx, chromedp.Evaluate(`document.body ? document.body.innerText : ""`, &text)); err != nil {
		return err.Error()
	}
	return text
}

// says fails the test where the page does not have a text.
func (b *tab) says(texts ...string) {
	b.t.Helper()
	words := strings.Join(strings.Fields(b.words()), " ")
	for _, text := range texts {
		if !strings.Contains(words, text) {
			b.t.Errorf("%s does not say %q:\n%s", b.at(), text, words)
		}
	}
}

// at is where the tab is, without the site's address.
func (b *tab) at() string {
	var at string
	if err := chromedp.Run(b.ctx, chromedp.Location(&at)); err != nil {
		return err.Error()
	}
	return strings.TrimPrefix(at, b.URL)
}

// version is the browser's, for the log.
func (b *tab) version() string {
	b.t.Helper()
	var product string
	b.run(chromedp.ActionFunc(func(ctx context.Context) (err error) {
		_, product, _, _, _, err = cdpbrowser.GetVersion().Do(ctx)
		return err
	}))
	return product
}
