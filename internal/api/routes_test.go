package api

import "testing"

// TestRoutes wants every operation in exactly one group.
func TestRoutes(t *testing.T) {
	seen := map[Route]Group{}
	for _, g := range []Group{Reads, Syncs, MakeLive, Plans} {
		list, err := Routes(g)
		if err != nil || len(list) == 0 {
			t.Fatalf("group %d has %d routes (%v)", g, len(list), err)
		}
		for _, r := range list {
			if was, ok := seen[r]; ok {
				t.Errorf("%s %s is in the groups %d and %d", r.Method, r.Path, was, g)
			}
			seen[r] = g
		}
	}
	all, err := Routes(All)
	if err != nil || len(all) != len(seen) {
		t.Errorf("all groups have %d routes, the groups by themselves %d (%v)", len(all), len(seen), err)
	}
}
