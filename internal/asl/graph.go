package asl

import (
	"slices"
	"strings"
)

// reach refuses states that nothing leads to.
func (l *loader) reach(s *scope) {
	seen := []*state{s.start}
	for i := 0; i < len(seen); i++ {
		for _, to := range seen[i].after() {
			if !slices.Contains(seen, to) {
				seen = append(seen, to)
			}
		}
	}
	for _, st := range s.states {
		if !slices.Contains(seen, st) {
			l.problems.add(st.place, "name it in a Next, Default or Catch, or take it out", "nothing leads to the state")
		}
	}
}

// loops refuses them: a loop has no longest time.
func (l *loader) loops(s *scope) {
	walk := loopWalk{loader: l, done: map[*state]bool{}}
	for _, st := range s.states {
		walk.from(st)
	}
}

// loopWalk goes depth first.
type loopWalk struct {
	*loader
	way  []*state
	done map[*state]bool
}

func (w *loopWalk) from(st *state) {
	if i := slices.Index(w.way, st); i >= 0 {
		var names []string
		for _, on := range append(w.way[i:len(w.way):len(w.way)], st) {
			names = append(names, on.Name)
		}
		w.problems.add(w.way[len(w.way)-1].place, "use Retry, or another state: a loop has no longest time",
			"the states go round: %s", strings.Join(names, " → "))
		return
	}
	if w.done[st] {
		return
	}
	w.way = append(w.way, st)
	for _, to := range st.after() {
		w.from(to)
	}
	w.way = w.way[:len(w.way)-1]
	w.done[st] = true
}
