package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"
)

// table is the result: what, ours, the peer's, and one divided by the other.
type table struct{ out io.Writer }

func (t table) head() {
	_, _ = fmt.Fprintf(t.out, "| what | ours | beside | ratio |\n|---|---|---|---|\n")
}

func (t table) durations(what string, ours, peer []time.Duration) {
	a, b := median(ours), median(peer)
	t.row(what, short(a), short(b), ratio(a, b))
}

func (t table) row(what, ours, peer, ratio string) {
	_, _ = fmt.Fprintf(t.out, "| %s | %s | %s | %s |\n", what, ours, peer, ratio)
}

// skip says in one line what is left out.
func (t table) skip(what string, why error) {
	_, _ = fmt.Fprintf(t.out, "skipped: %s: %v\n", what, why)
}

func ratio(a, b time.Duration) string {
	if b == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", float64(a)/float64(b))
}

// median is the middle value; of an even number the lower of the two.
func median[T cmp.Ordered](all []T) T {
	var zero T
	if len(all) == 0 {
		return zero
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)/2]
}

func short(d time.Duration) string {
	switch {
	case d >= time.Second:
		return fmt.Sprintf("%.2f s", d.Seconds())
	case d >= time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.0f µs", float64(d)/1e3)
}

// walls and cpus take one number out of each cost.
func walls(all []cost) []time.Duration {
	return each(all, func(c cost) time.Duration { return c.wall })
}

func cpus(all []cost) []time.Duration {
	return each(all, func(c cost) time.Duration { return c.cpu })
}

func peaks(all []cost) []int64 { return each(all, func(c cost) int64 { return c.memory }) }

func each[A, B any](all []A, f func(A) B) []B {
	out := make([]B, len(all))
	for i, c := range all {
		out[i] = f(c)
	}
	return out
}
