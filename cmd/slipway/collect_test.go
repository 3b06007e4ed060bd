package main

import (
	"slices"
	"testing"
)

func TestCollectLess(t *testing.T) {
	for _, tc := range []struct {
		name, gogc string
		want       []int
	}{
		{"puts back what was", "", []int{garbage, 100}},
		{"the operator's word stands", "50", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var set []int
			p := &program{
				getenv:  func(name string) string { return map[string]string{"GOGC": tc.gogc}[name] },
				collect: func(percent int) int { set = append(set, percent); return 100 },
			}
			p.collectLess()()
			if !slices.Equal(set, tc.want) {
				t.Errorf("set %v, want %v", set, tc.want)
			}
		})
	}
	(&program{}).collectLess()() // a process that is shared is left alone
}
