package console

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// ledgerOf makes releases, newest first as the ledger gives them, of words: a cause, then
// changes as workflow:from>to, where a deployment is its code and a number, "" for
// nothing; +workflow and -workflow for a hold that was set or ended.
func ledgerOf(lines ...string) []control.ReleaseView {
	var rows []control.ReleaseView
	for i, line := range lines {
		words := strings.Fields(line)
		r := control.ReleaseView{Number: int64(i + 11), Cause: slipway.Cause(words[0])}
		for _, w := range words[1:] {
			switch w[0] {
			case '+':
				r.About = &slipway.About{Workflow: w[1:], Hold: slipway.HoldSet}
			case '-':
				r.About = &slipway.About{Workflow: w[1:], Hold: slipway.HoldEnded}
			default:
				id, move, _ := strings.Cut(w, ":")
				from, to, _ := strings.Cut(move, ">")
				ch := slipway.Change{Workflow: id, From: from, To: to, FromCommit: from, ToCommit: to}
				if to != "" {
					ch.ToCode = slipway.Code(id + to[:1])
				}
				r.Changes = append(r.Changes, ch)
			}
		}
		rows = append([]control.ReleaseView{r}, rows...)
	}
	return rows
}

// told writes lanes by columns: 0-2 A1 is what was live in the first two, held 1-2 a
// hold, and ? what went live before the picture begins.
func told(p picture) []string {
	var out []string
	column := p.Wide / max(1, len(p.Ticks))
	for _, l := range p.Lanes {
		text := l.Workflow + ":"
		for _, s := range l.Segments {
			text += fmt.Sprintf(" %d-%d %s", s.X/column, s.End()/column, s.Deployment)
			if s.Color == "code-before" {
				text += "?"
			}
		}
		for _, h := range l.Holds {
			text += fmt.Sprintf(" held %d-%d", h.X/column, h.End()/column)
		}
		if l.Notches != "" {
			text += fmt.Sprintf(" notches %d", strings.Count(l.Notches, "M"))
		}
		out = append(out, text)
	}
	return out
}

func TestDraw(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rows []control.ReleaseView
		only string
		want []string
	}{
		"nothing":                   {nil, "", nil},
		"nothing moved":             {ledgerOf("freeze", "hold +a"), "", nil},
		"live to the end":           {ledgerOf("sync a:>A1", "freeze"), "", []string{"a: 0-2 A1"}},
		"one takes over":            {ledgerOf("sync a:>A1", "sync a:A1>B1"), "", []string{"a: 0-1 A1 1-2 B1"}},
		"the same code again":       {ledgerOf("sync a:>A1", "sync a:A1>A2", "sync a:A2>A3"), "", []string{"a: 0-3 A3 notches 2"}},
		"the same code by a person": {ledgerOf("sync a:>A1", "sync a:A1>A2", "roll-back a:A2>A1 +a"), "", []string{"a: 0-2 A2 2-3 A1 held 2-3 notches 1"}},
		"a gap":                     {ledgerOf("sync a:>A1", "deactivate a:A1> +a", "freeze", "lift a:>A1 -a"), "", []string{"a: 0-1 A1 3-4 A1 held 1-3"}},
		"down at the end":           {ledgerOf("sync a:>A1", "delete a:A1>"), "", []string{"a: 0-1 A1"}},
		"live before":               {ledgerOf("freeze", "sync a:Z9>A1"), "", []string{"a: 0-1 Z9? 1-2 A1"}},
		"live before, and again":    {ledgerOf("freeze", "sync a:A1>B1", "roll-back a:B1>A1"), "", []string{"a: 0-1 A1 1-2 B1 2-3 A1"}},
		"moved by the first":        {ledgerOf("sync a:Z9>A1"), "", []string{"a: 0-1 A1"}},
		"held before":               {ledgerOf("sync b:>B1", "lift -a a:Z9>A1"), "", []string{"a: 0-1 Z9? 1-2 A1 held 0-1", "b: 0-2 B1"}},
		"held twice":                {ledgerOf("hold +a", "roll-back +a a:B1>A1", "lift -a a:A1>B1", "hold +a"), "", []string{"a: 0-1 B1 1-2 A1 2-4 B1 held 0-2 held 3-4"}},
		"held and lifted at once":   {ledgerOf("lift -a a:A1>B1", "sync b:>B1"), "", []string{"a: 0-2 B1", "b: 1-2 B1"}},
		"restore holds what moves":  {ledgerOf("sync a:>A1 b:>B1", "restore a:A1>Z1"), "", []string{"a: 0-1 A1 1-2 Z1 held 1-2", "b: 0-2 B1"}},
		"one alone":                 {ledgerOf("sync a:>A1 b:>B1", "sync a:A1>C1"), "b", []string{"b: 0-2 B1"}},
		"hostile name":              {ledgerOf("sync <script>:>A1"), "", []string{"<script>: 0-1 A1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, told(draw(c.rows, c.only))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDrawColors(t *testing.T) {
	t.Parallel()
	p := draw(ledgerOf("sync a:>A1", "sync a:A1>B1", "roll-back a:B1>A1", "sync a:A1>C1"), "")
	s := p.Lanes[0].Segments
	if s[0].Color != s[2].Color || s[0].Color == s[1].Color || s[2].Color == s[3].Color {
		t.Errorf("colors %s, %s, %s, %s", s[0].Color, s[1].Color, s[2].Color, s[3].Color)
	}
	old := ledgerOf("sync a:>A1", "sync a:A1>B1")
	for i := range old {
		old[i].Changes[0].ToCode = "" // as versions before it wrote them
	}
	if s := draw(old, "").Lanes[0].Segments; len(s) != 2 || s[0].Color == "code-before" || s[0].Color == s[1].Color {
		t.Errorf("rows without code: %+v", s)
	}
}

// TestDrawIsSmall: however much moved, a picture has few lanes and segments, and
// room for what it writes.
func TestDrawIsSmall(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range pictureLength {
		line := "sync"
		for w := range 30 {
			line += fmt.Sprintf(" w%02d:%c1>%c1", w, 'A'+i%26, 'A'+(i+1)%26)
		}
		lines = append(lines, line)
	}
	p := draw(ledgerOf(lines...), "")
	segments := 0
	for _, l := range p.Lanes {
		segments += len(l.Segments)
		for _, s := range l.Segments {
			if s.Commit != "" && s.Wide < commitWide {
				t.Errorf("%s has %d pixels", s.Commit, s.Wide)
			}
		}
	}
	if segments > maxSegments || len(p.Lanes) == 0 || len(p.Lanes)+len(p.LeftOut) != 30 {
		t.Errorf("%d lanes of %d segments, %d left out", len(p.Lanes), segments, len(p.LeftOut))
	}
	last := -tickWide
	for _, tick := range p.Ticks {
		if tick.Text == "" {
			continue
		}
		if tick.X-last < tickWide {
			t.Errorf("the number %s is %d pixels behind the one before", tick.Text, tick.X-last)
		}
		last = tick.X
	}
	if p.Ticks[len(p.Ticks)-1].Text != "70" {
		t.Errorf("the newest release is %+v", p.Ticks[len(p.Ticks)-1])
	}
	if p := draw(ledgerOf("sync "+strings.Repeat("x", 3)+":>A1"), ""); len(p.Lanes) != 1 || p.Lanes[0].Segments[0].Commit != "A1" {
		t.Errorf("one release: %+v", p)
	}
}
