package consoletest

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestAnswersOfForms: pages that no address leads to are as sound as the others, on
// a small screen and in either theme: a fault beside what was typed, a secret, and
// the end of one's own session.
func TestAnswersOfForms(t *testing.T) {
	t.Parallel()
	axe := axeSource(t)
	for _, theme := range []string{"light", "dark"} {
		t.Run(theme, func(t *testing.T) {
			t.Parallel()
			s := New(t)
			s.Small()
			b := openTab(t, s)
			b.size(360, 740)
			b.theme(theme)
			b.signIn(slipway.Admin)
			sound := func(name string) {
				b.fits(name)
				b.quiet(name)
				for _, f := range b.axe(axe) {
					for _, n := range f.Nodes {
						t.Errorf("%s: %s: %s\n%s\n%s", name, f.ID, f.Help, n.HTML, n.Failure)
					}
				}
			}

			b.open(Path("settings"))
			_, err := s.Plane.SetEnvironment(s.Ctx(), Env, control.EnvironmentChange{PollSeconds: new(600)}, control.Request{Actor: Ada()})
			s.Must(err)
			b.run(chromedp.SetValue("#poll", "30s"))
			b.heard.forget()
			b.follow("form[action$='/settings'] button.primary")
			b.says("environment-changed", "It is 10m now.")
			b.heard.forget() // the browser tells of the status, which is no trouble of the page
			sound("settings that somebody else changed")
			b.follow("form[action$='/settings'] button.primary")
			b.says("Saved.")
			sound("settings that are saved")

			b.fill("#confirm-name", "no-such")
			b.follow("button.danger")
			b.says("nothing was removed")
			if !ask[bool](b, `document.querySelector("[role=alert]").getBoundingClientRect().top < innerHeight`) {
				t.Error("what is wrong is out of sight")
			}
			b.heard.forget()
			sound("a removal without its name")

			b.open(console.Root + "/tokens")
			b.fill("#token-name", strings.Repeat("long-name-", 10))
			b.click("[name=role][value=deployer]")
			b.click("[name=scope][value=all]")
			b.follow("#new button.primary")
			b.says("It is not shown again.")
			if text := ask[string](b, `document.getElementById("secret").value`); !strings.HasPrefix(text, "slipway_") {
				t.Errorf("the secret is %q", text)
			}
			sound("a new token")

			b.open(console.Root + "/tokens?show=all")
			sound("tokens with a long name")
			b.open(ask[string](b, `[...document.querySelectorAll("tr")].find(r => r.textContent.includes("yours")).querySelector("a").pathname`))
			sound("revoking one's own")
			b.follow("button.danger")
			b.says("It was the one of your session")
			sound("signed out")
		})
	}
}
