package main

import (
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/when"
)

// spanFlags choose a part of time.
type spanFlags struct {
	Since string `help:"Not before this time: in UTC (2026-03-02, 2026-03-02T08:00, RFC 3339), or how long ago (90m, 8h, 2d)." placeholder:"TIME|DURATION"`
	Until string `help:"Before this time, written in the same way." placeholder:"TIME|DURATION"`
}

func (f spanFlags) span(now time.Time) (control.Span, error) {
	since, err := parseAgo("--since", f.Since, now)
	if err != nil {
		return control.Span{}, err
	}
	until, err := parseAgo("--until", f.Until, now)
	return control.Span{Since: since, Until: until}, err
}

func parseAgo(flag, text string, now time.Time) (*time.Time, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // no end is an answer
	}
	t, ok := when.Time(text)
	if !ok {
		var length time.Duration
		if length, ok = when.Length(text); ok {
			t = now.Add(-length).UTC().Truncate(time.Second)
		}
	}
	if !ok {
		return nil, fault.New(fault.Invalid, "bad-filter", "%q is no time for %s, and no length of time", text, flag).
			WithHint("write a time in UTC such as 2026-03-02T08:00, or how long ago, such as 8h or 2d")
	}
	return &t, nil
}

// spanWords say a part of time as flags: as times, which stay the same from page to page.
func spanWords(s control.Span) []string {
	word := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.Format(time.RFC3339)
	}
	return flagWords("--since", word(s.Since), "--until", word(s.Until))
}

// flagWords are the flags of these names and values that have a value.
func flagWords(pairs ...string) []string {
	var words []string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			words = append(words, pairs[i], pairs[i+1])
		}
	}
	return words
}
