package main

import (
	"fmt"
	"slices"
	"testing"
)

func TestWorkHard(t *testing.T) {
	for _, tc := range []struct {
		name string
		env  map[string]string
		want []string
	}{
		{"puts back what was", nil, []string{"collect 300", "processors 0", "processors 5", "collect 100", "processors 4"}},
		{"the operator's GOGC stands", map[string]string{"GOGC": "50"}, []string{"processors 0", "processors 5", "processors 4"}},
		{"the operator's GOMAXPROCS stands", map[string]string{"GOMAXPROCS": "2"}, []string{"collect 300", "collect 100"}},
		{"both stand", map[string]string{"GOGC": "off", "GOMAXPROCS": "2"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var done []string
			set := func(what string, before int) func(int) int {
				return func(n int) int {
					done = append(done, fmt.Sprint(what, " ", n))
					return before
				}
			}
			p := &program{
				getenv:  func(name string) string { return tc.env[name] },
				process: &process{collect: set("collect", 100), processors: set("processors", 4)},
			}
			p.workHard()()
			if !slices.Equal(done, tc.want) {
				t.Errorf("got %q, want %q", done, tc.want)
			}
		})
	}
	(&program{}).workHard()() // a process that is shared is left alone
}
