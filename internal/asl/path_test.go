package asl

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// written is a path in one spelling: every step in brackets.
func written(p *path) string {
	var b strings.Builder
	b.WriteString("$")
	if p.context {
		b.WriteString("$")
	}
	for _, s := range p.steps {
		if s.element {
			fmt.Fprintf(&b, "[%d]", s.index)
		} else {
			fmt.Fprintf(&b, "['%s']", s.name)
		}
	}
	return b.String()
}

// FuzzPath holds that a path can be written and read again, and that what is
// put at a result path is found there, beside all that was there before.
func FuzzPath(f *testing.F) {
	for _, text := range []string{
		"$", "$.a", "$.a.b_2", "$['a b']", "$.a[0]", "$[999999].x", "$$.Execution.Input.a", "$$.Map.Item.Value[0]", "$$", "$$x", "$.", "a",
		"$..a", "$[*]", "$['a'", "$.a-b", "$['']", "$[-1]", "$[1000000]", "$.\xff", "$['\u2028']",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := parsePath(text)
		if err != nil {
			return
		}
		again, err := parsePath(written(p))
		if err != nil || !reflect.DeepEqual(again.steps, p.steps) || again.context != p.context {
			t.Fatalf("%q is %q, which is %v: %v", text, written(p), again, err)
		}
		p.find(map[string]any{"a": []any{1}}, nil)
		r, err := parseResultPath(text)
		if err != nil {
			return
		}
		before := map[string]any{"\x00kept": true}
		after, ok := r.put(before, "new")
		if got, there := p.find(after, nil); !ok || !there || got != "new" || len(before) != 1 {
			t.Fatalf("%q: put gives %v, where %v is found", text, after, got)
		}
		if all, isMap := after.(map[string]any); isMap && all["\x00kept"] != true && r.names[0] != "\x00kept" {
			t.Fatalf("%q: put loses what was there: %v", text, after)
		}
	})
}

// TestMatches holds the names that stand for many.
func TestMatches(t *testing.T) {
	for _, c := range []struct {
		handler, name string
		want          bool
	}{
		{"X", "X", true},
		{"X", "x", false},
		{"X", "XY", false},
		{errorAll, "X", true},
		{errorAll, errorTimeout, true},
		{errorAll, errorNoChoice, true},
		{errorAll, errorCrash, true},
		{errorAll, errorRuntime, false},
		{errorAll, errorDataLimit, false},
		{errorTask, "X", true},
		{errorTask, errorCrash, true},
		{errorTask, errorTimeout, false},
		{errorTask, errorRuntime, false},
		{errorTask, errorDataLimit, false},
		{errorDataLimit, errorDataLimit, true},
		{errorTimeout, errorTimeout, true},
		{errorRuntime, errorRuntime, false},
	} {
		if got := matches([]string{"other", c.handler}, c.name); got != c.want {
			t.Errorf("%s on %s: %v", c.handler, c.name, got)
		}
	}
}
