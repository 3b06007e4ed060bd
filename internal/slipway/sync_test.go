package slipway_test

import (
	"testing"

	"github.com/slipway-dev/slipway/internal/slipway"
)

func TestAlike(t *testing.T) {
	t.Parallel()
	a := slipway.Sync{
		Repository: slipway.Repository{URL: "/r", Branch: "main"}, Triggers: []string{"a:b"}, Versions: slipway.Versions{Configuration: 1, Checker: "1"},
	}
	for what, c := range map[string]struct {
		change func(*slipway.Sync)
		alike  bool
	}{
		"nothing":       {func(*slipway.Sync) {}, true},
		"configuration": {func(s *slipway.Sync) { s.Versions.Configuration++ }, true},
		"checker":       {func(s *slipway.Sync) { s.Versions.Checker = "2" }, false},
		"branch":        {func(s *slipway.Sync) { s.Repository.Branch = "next" }, false},
		"credential":    {func(s *slipway.Sync) { s.Repository.Credential = "forge" }, false},
		"triggers":      {func(s *slipway.Sync) { s.Triggers = nil }, false},
	} {
		b := a
		c.change(&b)
		if a.Alike(b) != c.alike || b.Alike(a) != c.alike {
			t.Errorf("another %s: alike is %v", what, a.Alike(b))
		}
	}
}
