package when

import (
	"strconv"
	"strings"
	"time"
)

// Time reads a time in UTC: 2026-03-02, 2026-03-02T08:00 or RFC 3339.
func Time(text string) (time.Time, bool) {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.ParseInLocation(form, text, time.UTC); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// Length reads a length of time above zero: 90m, 8h, 2d.
func Length(text string) (time.Duration, bool) {
	length, err := time.ParseDuration(text)
	if days, ok := strings.CutSuffix(text, "d"); err != nil && ok {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err == nil && n > 0 && n <= 36500
	}
	return length, err == nil && length > 0
}

// End reads when something ends: a time, or how long from now.
func End(text string, now time.Time) (t time.Time, ok bool) {
	if t, ok = Time(text); ok {
		return t, true
	}
	length, ok := Length(text)
	return now.Add(length).UTC().Truncate(time.Second), ok
}

// Poll reads how often a branch is asked for its tip, in seconds: 0 for off.
func Poll(text string) (seconds int, ok bool) {
	if text == "off" || text == "0" {
		return 0, true
	}
	length, ok := Length(text)
	return int(length / time.Second), ok && length%time.Second == 0
}

// Short writes a length of time as Length reads it, without the units that it has
// none of: 2m, 1h30m.
func Short(length time.Duration) string {
	text := length.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}
