package slipway

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestPollMoves: whatever happens to a poll, its version rises, and it is due in
// no less than an interval and no more than the longest wait, but before long
// while nobody has written what came of it; an environment that is not polled is
// never due.
func TestPollMoves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := Environment{ID: "env_1", Slug: "prod", CreatedAt: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}
		if seconds := rapid.SampledFrom([]int{-1, 0, 10, 120, 7200, 86400}).Draw(t, "seconds"); seconds >= 0 {
			e.PollSeconds = &seconds
		}
		every := e.PollEvery()
		if err := e.ValidatePoll(); err != nil {
			t.Fatalf("every %v: %v", every, err)
		}
		p, now := FirstPoll(e), e.CreatedAt
		for range rapid.IntRange(1, 12).Draw(t, "moves") {
			now = now.Add(time.Duration(rapid.IntRange(0, 100_000).Draw(t, "seconds later")) * time.Second)
			before := p
			least, most := every, every
			switch rapid.SampledFrom([]string{"asked", "failed", "configured", "answered"}).Draw(t, "move") {
			case "asked":
				jitter := time.Duration(rapid.Int64Range(0, int64(e.PollJitter())).Draw(t, "jitter"))
				p = p.Asked(e, now, jitter)
				least, most = min(every+jitter, longestClaim), min(every+jitter, longestClaim)
			case "failed":
				p = p.Failed(e, now, Problem{Code: "x"})
				most = max(2*max(every, time.Minute)<<min(p.Failures, 10), every)
				most = min(most, max(longestBack, every))
				if p.Problem == nil || p.Failures != before.Failures+1 {
					t.Fatalf("a failure leaves %+v", p)
				}
			case "configured":
				p = p.Configured(e, now)
			case "answered":
				jitter := time.Duration(rapid.Int64Range(0, int64(e.PollJitter())).Draw(t, "jitter"))
				p = p.Asked(e, now, jitter)
				before = p
				if p = p.Answered(e, jitter); p.Failures != 0 || p.Problem != nil {
					t.Fatalf("an answer leaves %+v", p)
				}
				least, most = every+jitter, every+min(every/2, time.Minute)
			}
			if p.Version != before.Version+1 || p.Environment != e.ID {
				t.Fatalf("%+v follows %+v", p, before)
			}
			if wait := p.Due.Sub(now); every == 0 != p.Due.IsZero() || every > 0 && (wait < least || wait > most) {
				t.Fatalf("every %v, due after %v, want %v to %v", every, wait, least, most)
			}
		}
	})
}

func TestPollIntervals(t *testing.T) {
	for seconds, ok := range map[int]bool{
		0: true, 10: true, 86400: true, 9: false, 86401: false, -5: false, math.MaxInt: false, math.MinInt: false,
		18446744084: false, // as nanoseconds it wraps to about ten seconds
	} {
		if err := (Environment{PollSeconds: &seconds}).ValidatePoll(); (err == nil) != ok {
			t.Errorf("every %d seconds: %v", seconds, err)
		}
	}
}

func TestFailuresAreAskedLaterAndLater(t *testing.T) {
	for seconds, want := range map[int][]time.Duration{
		10:    {2 * time.Minute, 4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour},
		120:   {4 * time.Minute, 8 * time.Minute, 16 * time.Minute, 32 * time.Minute, time.Hour, time.Hour},
		3600:  {time.Hour, time.Hour},
		86400: {24 * time.Hour, 24 * time.Hour},
	} {
		e := Environment{ID: "env_1", PollSeconds: &seconds}
		now := time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)
		p := FirstPoll(e)
		for n, wait := range want {
			now = now.Add(time.Hour)
			if p = p.Failed(e, now, Problem{Code: "x"}); p.Due.Sub(now) != wait {
				t.Errorf("every %d seconds: after failure %d asked after %v, want %v", seconds, n+1, p.Due.Sub(now), wait)
			}
		}
	}
}
