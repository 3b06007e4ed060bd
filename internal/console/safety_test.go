package console_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/consoletest"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestInvariant10SafetyDoesNotWaitForSyncs: what a person does to be safe is not
// refused because a sync wrote a release between its page and its button.
func TestInvariant10SafetyDoesNotWaitForSyncs(t *testing.T) {
	t.Parallel()
	for name, path := range map[string]string{
		"roll back": consoletest.Path("workflows", "greet", "roll-back"), "deactivate": consoletest.Path("workflows", "greet", "deactivate"),
		"reject": consoletest.Path("workflows", "greet", "reject"), "freeze": consoletest.Path("freeze"), "restore": consoletest.Path("releases", "1", "restore"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := consoletest.New(t)
			s.Small()
			for _, w := range []string{"greet", "claims"} {
				_, err := s.Plane.Hold(s.Ctx(), consoletest.Env, w, told("busy"))
				s.Must(err)
			}
			v, to := s.SignIn(slipway.Deployer), path
			if name == "reject" {
				path += "?deployment=" + s.Workflow("greet").Live.Deployment
			}
			asks, before := v.Get(path), s.Release()
			for _, word := range []string{"Third", "Fourth"} {
				s.Commit(word, "greet", consoletest.SignIn, "claims", consoletest.Token)
				s.Sync()
			}
			if s.Release() != before+2 {
				t.Fatalf("release %d, want two of syncs after %d", s.Release(), before)
			}
			if p := v.Submit(asks, to, "reason", "at night"); p.Status != http.StatusSeeOther || s.Release() != before+3 {
				t.Errorf("answered %d, release %d:\n%s", p.Status, s.Release(), p.Words())
			}
		})
	}
}

// TestRollBackOfSomethingElse: what is live is another deployment than the person
// saw, so they are asked again.
func TestRollBackOfSomethingElse(t *testing.T) {
	t.Parallel()
	s := consoletest.New(t)
	s.Small()
	v, to := s.SignIn(slipway.Deployer), consoletest.Path("workflows", "greet", "roll-back")
	asks := v.Get(to)
	s.Commit("Third words", "greet", consoletest.SignIn)
	s.Sync()
	before := s.Release()
	if p := v.Submit(asks, to); p.Status != http.StatusConflict || s.Release() != before || !strings.Contains(p.Text, `role="alert"`) {
		t.Errorf("answered %d, release %d after %d:\n%s", p.Status, s.Release(), before, p.Words())
	}
}
