package main

import (
	"strconv"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// parseTime reads a time in UTC.
func parseTime(text string) (time.Time, bool) {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(form, text, time.UTC); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// parseLength reads a length of time above zero: 90m, 8h, 2d.
func parseLength(text string) (time.Duration, bool) {
	length, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); err != nil && ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n > 0 && n <= 36500
	}
	return length, err == nil && length > 0
}

// parseEnd reads when something ends: a time, or how long from now.
func parseEnd(text string, now time.Time) (t time.Time, ok bool) {
	if t, ok = parseTime(text); ok {
		return t, true
	}
	length, ok := parseLength(text)
	return now.Add(length).UTC().Truncate(time.Second), ok
}

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
	t, ok := parseTime(text)
	if !ok {
		var length time.Duration
		if length, ok = parseLength(text); ok {
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
