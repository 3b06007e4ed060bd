package slipway

import (
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
)

// How often an environment's branch is asked for its tip.
const (
	DefaultPoll  = 2 * time.Minute // where the environment does not say
	ShortestPoll = 10 * time.Second
	LongestPoll  = 24 * time.Hour
	longestBack  = time.Hour       // between two tries of a repository that fails
	longestClaim = 5 * time.Minute // until a poll is due again whose clock died while it asked
	mostJitter   = time.Minute
)

// Poll is when the clock asks next for the tip of an environment's branch, and
// what came of the last time. It moves by a conditional write from a version to
// the next, so that of several clocks one asks.
type Poll struct {
	Environment string    `json:"environment"` // id
	Slug        string    `json:"slug"`
	Version     int64     `json:"version"` // from 1
	Due         time.Time `json:"due"`     // zero: never
	AskedAt     time.Time `json:"askedAt,omitzero"`
	Failures    int       `json:"failures,omitempty"` // in a row
	Problem     *Problem  `json:"problem,omitempty"`  // of the last time
}

// FirstPoll is the poll of a new environment: due after one interval.
func FirstPoll(e Environment) Poll {
	return Poll{Environment: e.ID, Slug: e.Slug, Version: 1}.dueAfter(e, e.CreatedAt, 0)
}

// Asked is p when the clock is about to ask: whoever writes it asks, and another
// clock does not. It is due again one interval later, or sooner where that is
// long: the clock may die before it writes what came of it. Jitter is as for
// Answered.
func (p Poll) Asked(e Environment, at time.Time, jitter time.Duration) Poll {
	p.Version++
	p.AskedAt = at.UTC()
	p = p.dueAfter(e, at, jitter)
	if claim := p.AskedAt.Add(longestClaim); p.Due.After(claim) {
		p.Due = claim
	}
	return p
}

// Answered is p after the repository answered: due one interval after it was
// asked. Jitter spreads the environments; the caller draws it from 0 to
// e.PollJitter().
func (p Poll) Answered(e Environment, jitter time.Duration) Poll {
	p.Version++
	p.Failures, p.Problem = 0, nil
	return p.dueAfter(e, p.AskedAt, jitter)
}

// Failed is p after it did not, or after what it has could not be brought: due
// later each time, up to an hour.
func (p Poll) Failed(e Environment, at time.Time, why Problem) Poll {
	p.Version++
	p.Failures++
	p.Problem = &why
	wait := max(e.PollEvery(), time.Minute)
	for range min(p.Failures, 10) {
		wait *= 2
	}
	if e.PollEvery() > 0 {
		p.Due = at.UTC().Add(min(wait, max(longestBack, e.PollEvery())))
	}
	return p
}

// Configured is p after the environment's settings changed at this time.
func (p Poll) Configured(e Environment, at time.Time) Poll {
	p.Version++
	p.Failures, p.Problem = 0, nil
	return p.dueAfter(e, at, 0)
}

func (p Poll) dueAfter(e Environment, at time.Time, jitter time.Duration) Poll {
	p.Due = time.Time{}
	if every := e.PollEvery(); every > 0 {
		p.Due = at.UTC().Add(every + jitter)
	}
	return p
}

// PollEvery is how often the clock asks for the branch's tip, 0 for never.
func (e Environment) PollEvery() time.Duration {
	if e.PollSeconds == nil {
		return DefaultPoll
	}
	return time.Duration(*e.PollSeconds) * time.Second
}

// PollJitter is how much later than due the branch may be asked.
func (e Environment) PollJitter() time.Duration { return min(e.PollEvery()/2, mostJitter) }

// ValidatePoll refuses an interval that is too short for the host or too long
// to be one.
func (e Environment) ValidatePoll() error {
	const shortest, longest = int(ShortestPoll / time.Second), int(LongestPoll / time.Second)
	if s := e.PollSeconds; s == nil || *s == 0 || shortest <= *s && *s <= longest {
		return nil
	}
	return fault.New(fault.Invalid, "bad-poll", "the branch cannot be asked for every %ds", *e.PollSeconds).
		WithHint("say %v to %v, or 0 for never", ShortestPoll, LongestPoll)
}
