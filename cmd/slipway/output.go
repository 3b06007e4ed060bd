package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/alecthomas/kong"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// refusal is what a refused command prints with --json.
type refusal struct {
	Code     string   `json:"code"`
	Detail   string   `json:"detail"`
	Hint     string   `json:"hint"`
	Commands []string `json:"commands,omitempty"`
}

// refuse prints an error and returns the exit status for it.
func (p *program) refuse(s *session, err error) int {
	if errors.Is(err, context.Canceled) {
		err = fault.Wrap(err, fault.Unavailable, control.CodeInterrupted, "interrupted").WithHint("run it again")
	}
	f, r := fault.Of(err), s.refusal(err)
	if s.json {
		s.printJSON(r)
		return exitRefused
	}
	s.say("slipway: %s", clean(f.Detail))
	if cause := errors.Unwrap(f); f.Code == "internal" && cause != nil && p.getenv("SLIPWAY_DEBUG") != "" {
		s.say("  %v", cause)
	}
	if f.Hint != "" {
		s.say("  %s", clean(f.Hint))
	}
	for _, c := range r.Commands {
		s.say("    %s", c)
	}
	return exitRefused
}

// refusal is an error as it is printed. For a program the hint names the first
// command too.
func (s *session) refusal(err error) refusal {
	f := fault.Of(err)
	r := refusal{Code: f.Code, Detail: f.Detail, Hint: f.Hint}
	for _, fix := range f.Fixes {
		r.Commands = append(r.Commands, s.command(fix))
	}
	if s.json && len(r.Commands) > 0 {
		r.Hint = strings.TrimPrefix(r.Hint+": "+r.Commands[0], ": ")
	}
	return r
}

// misuse prints what is wrong with the arguments.
func (p *program) misuse(s *session, err error) int {
	detail := err.Error()
	if parse, ok := errors.AsType[*kong.ParseError](err); ok {
		detail = parse.Error()
	}
	hint := s.name + " --help"
	if s.json {
		s.printJSON(refusal{Code: "usage", Detail: detail, Hint: hint})
	} else {
		s.say("slipway: %s\n  %s", clean(detail), hint)
	}
	return exitUsage
}

func wantsJSON(args []string) bool { return slices.Contains(args, "--json") }

// say prints a line for a person on stderr.
func (s *session) say(format string, args ...any) { printLines(s.stderr, format, args...) }

// print prints a line of the result on stdout.
func (s *session) print(format string, args ...any) { printLines(s.stdout, format, args...) }

// printLines prints lines that are safe for a terminal, whatever is in them: ids
// and commands too may come from a server.
func printLines(w io.Writer, format string, args ...any) {
	for line := range strings.SplitSeq(fmt.Sprintf(format, args...), "\n") {
		_, _ = fmt.Fprintln(w, clean(line))
	}
}

// hint prints advice: with the result for a person, aside for a program.
func (s *session) hint(format string, args ...any) {
	if s.json {
		s.say(format, args...)
		return
	}
	s.print(format, args...)
}

func (s *session) printJSON(v any) {
	e := json.NewEncoder(s.stdout)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(v)
}

// command renders a fix as a command line that can be run as it stands.
func (s *session) command(fix fault.Fix) string {
	words := []string{s.name}
	if s.cli != nil {
		for _, w := range s.where() {
			words = append(words, quote(w))
		}
	}
	for _, w := range fix {
		if w == fault.EnvArg {
			w = s.env
		}
		words = append(words, quote(w))
	}
	return strings.Join(words, " ")
}

// invocation is how the program is started again: a path as it was given, or
// the go command that built it.
func invocation(arg0 string) string {
	if strings.Contains(filepath.ToSlash(arg0), "/go-build") {
		return "go run ./cmd/slipway"
	}
	return quote(arg0)
}

// quote makes a word safe for a shell.
func quote(word string) string {
	safe := func(r rune) bool {
		return r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) || strings.ContainsRune("-_./:@%+=,", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !safe(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// clean makes foreign text safe for a terminal: what could move the cursor or
// change the direction of writing is shown as a question mark.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.In(r, unicode.Cf), r == unicode.ReplacementChar:
			return '?'
		}
		return r
	}, text)
}

// clip cuts text to n characters.
func clip(text string, n int) string {
	r := []rune(text)
	if len(r) <= n {
		return text
	}
	return string(r[:n-1]) + "…"
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// newProgress prints a line per step; on a terminal a step that counts keeps
// rewriting its line.
func (s *session) newProgress() func(control.Progress) {
	return func(p control.Progress) {
		text := clean(p.Text)
		if p.Of > 0 {
			text = fmt.Sprintf("%d of %d", p.Done, p.Of)
		}
		line := fmt.Sprintf("%-9s %s", p.Step, text)
		switch last := p.Done == p.Of; {
		case s.terminal && !last:
			_, _ = fmt.Fprintf(s.stderr, "\r\033[K%s", line)
		case s.terminal:
			_, _ = fmt.Fprintf(s.stderr, "\r\033[K%s\n", line)
		case last:
			s.say("%s", line)
		}
	}
}
