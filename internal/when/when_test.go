package when_test

import (
	"testing"
	"testing/quick"
	"time"

	"github.com/slipway-dev/slipway/internal/when"
)

func TestTime(t *testing.T) {
	for text, want := range map[string]string{
		"2026-03-02": "2026-03-02T00:00:00Z", "2026-03-02T08:00": "2026-03-02T08:00:00Z", "2026-03-02 08:00": "2026-03-02T08:00:00Z",
		"2026-03-02T08:00:01": "2026-03-02T08:00:01Z", "2026-03-02T08:00:00+02:00": "2026-03-02T06:00:00Z",
		"": "", "8h": "", "2026-02-30": "", "tomorrow": "", "2026-03-02T25:00": "",
	} {
		got, ok := when.Time(text)
		if ok != (want != "") || ok && got.Format(time.RFC3339) != want {
			t.Errorf("%q is %v, %v; want %q", text, got, ok, want)
		}
	}
}

func TestLength(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"90m": 90 * time.Minute, "8h": 8 * time.Hour, "2d": 48 * time.Hour, "1h30m": 90 * time.Minute, "36500d": 36500 * 24 * time.Hour,
		"": 0, "0": 0, "0s": 0, "-8h": 0, "8": 0, "d": 0, "-1d": 0, "0d": 0, "36501d": 0, "1.5d": 0, "eight hours": 0,
	} {
		if got, ok := when.Length(text); ok != (want > 0) || ok && got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, ok, want)
		}
	}
}

func TestEnd(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 7, time.UTC)
	for text, want := range map[string]string{"8h": "2026-03-01T20:00:00Z", "2d": "2026-03-03T12:00:00Z", "2026-03-02T08:00": "2026-03-02T08:00:00Z", "soon": ""} {
		got, ok := when.End(text, now)
		if ok != (want != "") || ok && got.Format(time.RFC3339Nano) != want {
			t.Errorf("%q is %v, %v; want %q", text, got, ok, want)
		}
	}
}

func TestPoll(t *testing.T) {
	for text, want := range map[string]int{"off": 0, "0": 0, "30s": 30, "2m": 120, "1h": 3600, "1d": 86400, "": -1, "1500ms": -1, "-2m": -1, "120": -1, "often": -1} {
		if got, ok := when.Poll(text); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q is %d, %v; want %d", text, got, ok, want)
		}
	}
}

// TestShortIsReadAgain: what Short writes, Length reads as the same.
func TestShortIsReadAgain(t *testing.T) {
	for length, want := range map[time.Duration]string{
		2 * time.Minute: "2m", time.Hour: "1h", 90 * time.Minute: "1h30m", 10 * time.Second: "10s", 90 * time.Second: "1m30s",
		time.Hour + time.Second: "1h0m1s", 24 * time.Hour: "24h", 20 * time.Minute: "20m", 10 * time.Hour: "10h",
	} {
		if got := when.Short(length); got != want {
			t.Errorf("%v is written %q, want %q", length, got, want)
		}
	}
	if err := quick.Check(func(n uint32) bool {
		length := time.Duration(n+1) * time.Second
		got, ok := when.Length(when.Short(length))
		return ok && got == length
	}, nil); err != nil {
		t.Error(err)
	}
}
