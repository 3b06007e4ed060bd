package consoletest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestByKeyboardAlone: a whole roll back, from signing in to the hold.
func TestByKeyboardAlone(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	b := openTab(t, s)
	b.open(Path())
	b.press(kb.Tab) // from the token, which has the focus, past the button
	b.pressBack()
	b.enterText(s.Token(slipway.Deployer))
	b.leave(func() { b.press(kb.Enter) })
	b.press(kb.Tab)
	if text := b.focused("textContent"); text != "Skip to the content" {
		t.Errorf("the first stop is %q", text)
	}
	if at := ask[float64](b, "document.activeElement.getBoundingClientRect().left"); at < 0 {
		t.Errorf("it cannot be seen: it is at %v", at)
	}
	b.press(kb.Enter)
	b.until(`document.activeElement.id === "main"`)
	b.tabTo(`#workflow-greet th a`)
	b.leave(func() { b.press(kb.Enter) })
	b.tabTo(`.actions .menu > summary`)
	b.press(kb.Enter)
	b.until(`document.querySelector(".actions .menu").open`)
	b.press(kb.Tab)
	if text := b.focused("textContent"); text != "Hold" {
		t.Errorf("the menu's first entry is %q", text)
	}
	b.press(kb.Escape)
	if ask[bool](b, `document.querySelector(".actions .menu").open`) || b.focused("tagName") != "SUMMARY" {
		t.Error("Escape does not close the menu and lead back to it")
	}
	b.pressBack()
	if text := b.focused("textContent"); !strings.HasPrefix(text, "Roll back to ") {
		t.Fatalf("before the menu is %q", text)
	}
	b.leave(func() { b.press(kb.Enter) })
	b.tabTo("#reason")
	b.enterText("by keyboard")
	b.press(kb.Tab)
	b.leave(func() { b.press(kb.Enter) })
	b.says("Roll back done.", "by keyboard")
	if w := s.Workflow("greet"); w.Hold == nil || w.Hold.Reason != "by keyboard" {
		t.Errorf("the hold is %+v", w.Hold)
	}
}

func (b *tab) enterText(text string) {
	b.t.Helper()
	for _, r := range text {
		b.press(string(r))
	}
}

func (b *tab) focused(property string) string {
	b.t.Helper()
	return ask[string](b, "String(document.activeElement."+property+").trim()")
}

// tabTo presses Tab until an element has the focus, and fails the test where it
// never has, or where the focus cannot be seen on the way.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	for range 80 {
		b.press(kb.Tab)
		if !ask[bool](b, `(() => { const s = getComputedStyle(document.activeElement);
			return document.activeElement === document.body || (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2); })()`) {
			b.t.Errorf("the focus cannot be seen on %s", b.focused("outerHTML"))
		}
		if ask[bool](b, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			return
		}
	}
	b.t.Fatalf("the keyboard does not reach %s", selector)
}

// TestWithoutScripts: signing in, a roll back, its hold, a filter, a menu.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	b := openTab(t, s)
	b.withoutScripts()
	b.open(Path())
	b.signInHere(slipway.Deployer)
	if ask[bool](b, `typeof relative === "function"`) {
		t.Fatal("the page's script runs")
	}
	b.follow(`.chips a[href*="show=attention"]`)
	b.says("No workflow is like this.")
	b.open(Path())
	b.fill("#q", "gree")
	b.follow("form.filters button")
	if n := ask[int](b, `document.querySelectorAll("table.workflows tbody tr").length`); n != 1 {
		t.Errorf("%d workflows are found", n)
	}
	b.follow("#workflow-greet th a")
	b.click("tbody tr .menu > summary")
	if !ask[bool](b, `document.querySelector("tbody tr .menu").open`) {
		t.Error("a menu does not open")
	}
	b.follow(".headline .actions a.primary")
	b.fill("#reason", "without scripts")
	b.follow("main form button.primary")
	b.says("Roll back done.", "without scripts")
	b.follow(".headline .actions a[href$='/lift']")
	b.follow("main form button.primary")
	b.says("Lift done.")
	b.follow("form.who button")
	b.says("Sign in")
	if s.Workflow("greet").Hold != nil {
		t.Error("the hold is there still")
	}
}

// TestSessionEndsUnderAReader: a deep link leads through signing in and back; a
// form that comes too late says that nothing was done.
func TestSessionEndsUnderAReader(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	b := openTab(t, s)
	b.signIn(slipway.Deployer)
	asks := Path("workflows", "greet", "roll-back")
	b.open(asks)
	before := s.Release()
	s.Later(11 * time.Hour)
	b.follow("main form button.primary")
	b.says("nothing was done")
	if s.Release() != before {
		t.Errorf("release %d was written", s.Release())
	}
	deep := Path("workflows", "greet") + "?status=Live"
	b.open(deep)
	if at := b.at(); at != console.Root+"/sign-in?"+(url.Values{"next": {deep}}).Encode() {
		t.Errorf("it leads to %s", at)
	}
	b.signInHere(slipway.Deployer)
	if at := b.at(); at != deep {
		t.Errorf("signing in leads to %s", at)
	}
	// A page that looks for something new finds that the session has ended.
	s.Later(11 * time.Hour)
	b.lively(`location.pathname.endsWith("/sign-in")`)
	b.settled()
	b.signInHere(slipway.Deployer)
	if at := b.at(); at != deep {
		t.Errorf("signing in leads to %s", at)
	}
}

func TestForgedForm(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Small()
	b := openTab(t, s)
	b.signIn(slipway.Deployer)
	before := s.Release()
	b.open(Path("workflows", "greet", "roll-back"))
	ask[string](b, `document.querySelector("main form [name=csrf]").value = "A".repeat(86)`)
	b.follow("main form button.primary")
	b.says("Not allowed", "nothing was done")
	if s.Release() != before || s.Workflow("greet").Hold != nil {
		t.Error("it was done")
	}
}

// TestViewer: whoever may only look is shown no command.
func TestViewer(t *testing.T) {
	t.Parallel()
	s := New(t)
	s.Story()
	b := openTab(t, s)
	b.signIn(slipway.Viewer)
	commands := `[...document.querySelectorAll("main form[method=post], main a")].map(e => e.action || e.href).filter(a =>
		/\/(roll-back|make-live|deactivate|hold|lift|reject|accept|delete|cancel|restore|freeze|thaw|settings|add-environment|tokens)\b/.test(a))`
	pages := addresses(s)
	for name := range pages {
		if slices.Contains([]string{"roll-back", "lift", "reject", "delete", "restore"}, name) || forAdmins(name) {
			delete(pages, name)
		}
	}
	b.each(pages, func(name string) {
		if shown := ask[[]string](b, commands); len(shown) > 0 {
			t.Errorf("%s shows %q", name, shown)
		}
	})
	b.open(Path())
	if ask[bool](b, `[...document.querySelectorAll("button")].some(b => b.textContent.includes("Sync code"))`) {
		t.Error("a viewer is offered to sync")
	}
	b.open(Path("workflows", "customClaims", "roll-back"))
	b.says("Not allowed")
}

// forAdmins reports whether a page, by its name in addresses, is for deployers or administrators alone.
func forAdmins(name string) bool {
	return slices.Contains([]string{"settings", "freeze", "thaw", "tokens", "revoke", "add-environment"}, name)
}
