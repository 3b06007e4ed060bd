package console

import (
	"fmt"
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// functions are what templates may call.
func (c *console) functions() template.FuncMap {
	return template.FuncMap{
		"asset": c.assets.address,
		"ago":   c.ago,
		"at":    at,
		"clock": func(t time.Time) string { return t.UTC().Format("15:04:05") },
		"short": slipway.ShortSHA,
		"size":  size,
		"took":  took,
		"count": count,
		"lower": func(s any) string { return strings.ToLower(fmt.Sprint(s)) },
		"env": func(slug string, rest ...any) string {
			return address(append([]any{"environments", slug}, rest...)...)
		},
		"page":    address,
		"digest":  shortDigest,
		"cause":   causeWords,
		"dict":    dict,
		"join":    strings.Join,
		"remark":  remark,
		"left":    leftWords,
		"percent": func(n, of int) int { return n * 100 / max(1, of) },
	}
}

// address is the path of a page, each part escaped.
func address(parts ...any) string {
	var b strings.Builder
	b.WriteString(Root)
	for _, p := range parts {
		b.WriteString("/" + url.PathEscape(fmt.Sprint(p)))
	}
	return b.String()
}

// ago writes a time as people say it, with the exact one for whoever points at it
// and for programs.
func (c *console) ago(t any) template.HTML {
	var when time.Time
	switch t := t.(type) {
	case time.Time:
		when = t
	case *time.Time:
		if t != nil {
			when = *t
		}
	}
	if when.IsZero() {
		return "–"
	}
	exact := when.UTC()
	return template.HTML(`<time datetime="` + exact.Format(time.RFC3339) + `" title="` + at(exact) + `">` + // of a time, not of a user
		relative(c.Now().Sub(when)) + `</time>`)
}

// text writes a number as people do.
func text(n int64) string { return strconv.FormatInt(n, 10) }

func at(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// relative says how long ago something was; the script in assets says it alike.
func relative(d time.Duration) string {
	in, back := "", " ago"
	if d < 0 {
		in, back, d = "in ", "", -d
	}
	switch {
	case d < 10*time.Second && in == "":
		return "just now"
	case d < time.Minute:
		return in + count(int(d.Seconds()), "second") + back
	case d < time.Hour:
		return in + count(int(d.Minutes()), "minute") + back
	case d < 48*time.Hour:
		return in + count(int(d.Hours()), "hour") + back
	case d < 60*24*time.Hour:
		return in + count(int(d.Hours()/24), "day") + back
	}
	return in + count(int(d.Hours()/24/30), "month") + back
}

func count(n int, what string) string {
	if n == 1 {
		return fmt.Sprintf("%d %s", n, what)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	}
	return d.Round(time.Second).String()
}

func size(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
}

func shortDigest(d string) string {
	_, hex, _ := strings.Cut(d, ":")
	return hex[:min(12, len(hex))]
}

// causeWords say what kind of thing moved the ledger.
func causeWords(c slipway.Cause) string {
	words := map[slipway.Cause]string{
		slipway.CauseSync: "Sync", slipway.CauseMakeLive: "Make live", slipway.CauseRollBack: "Roll back", slipway.CauseDeactivate: "Deactivate",
		slipway.CauseHold: "Hold", slipway.CauseLift: "Lift", slipway.CauseReject: "Reject", slipway.CauseAccept: "Accept", slipway.CauseFreeze: "Freeze",
		slipway.CauseThaw: "Thaw", slipway.CauseAutoLiveOn: "Auto-live on", slipway.CauseAutoLiveOff: "Auto-live off", slipway.CauseDelete: "Delete",
		slipway.CauseRestore: "Restore",
	}
	if w, ok := words[c]; ok {
		return w
	}
	return string(c)
}

// dict makes the named arguments of a part.
func dict(pairs ...any) (map[string]any, error) {
	m := map[string]any{}
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict takes pairs")
	}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict takes names: %v is none", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}
