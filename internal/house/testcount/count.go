package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// event is what we read of one line of go test -json.
type event struct {
	Action     string
	Package    string
	ImportPath string // of a build's output
	Test       string
	Output     string
	Elapsed    float64
}

// key names a test, or a package where test is "".
type key struct{ pkg, test string }

// counts is what became of the tests.
type counts struct {
	passed, failed int
	broken         []string // packages that failed apart from their tests
	skipped        []string // each with its reason
	output         map[key][]string
	parents        map[key]bool // tests that have subtests
	failures       map[string]bool
}

// read takes in the events and prints packages and failures as they end. A line
// that is no event is printed as it is.
func read(in io.Reader, out io.Writer) (*counts, error) {
	c := &counts{output: map[key][]string{}, parents: map[key]bool{}, failures: map[string]bool{}}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil || e.Action == "" {
			fmt.Fprintln(out, lines.Text())
			continue
		}
		c.take(e, out)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read events: %w", err)
	}
	return c, nil
}

// take counts one event.
func (c *counts) take(e event, out io.Writer) {
	k := key{e.Package, e.Test}
	switch e.Action {
	case "run":
		if i := strings.LastIndex(e.Test, "/"); i > 0 {
			c.parents[key{e.Package, e.Test[:i]}] = true
		}
	case "output":
		c.output[k] = append(c.output[k], e.Output)
	case "build-output":
		fmt.Fprint(out, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			c.endPackage(e, out)
		} else {
			c.endTest(k, e.Action, out)
		}
		delete(c.output, k)
	}
}

// endTest counts one test that ended, and prints what it said if it failed.
func (c *counts) endTest(k key, action string, out io.Writer) {
	said := c.output[k]
	switch {
	case action == "fail":
		c.failures[k.pkg] = true
		fmt.Fprintf(out, "\nFAIL %s in %s\n%s", k.test, k.pkg, strings.Join(said, ""))
		if !c.parents[k] {
			c.failed++
		}
	case c.parents[k]:
	case action == "skip":
		c.skipped = append(c.skipped, fmt.Sprintf("%s in %s: %s", k.test, k.pkg, reason(said)))
	default:
		c.passed++
	}
}

// endPackage prints a package's line; one that failed without a test that did,
// and the whole of what it said.
func (c *counts) endPackage(e event, out io.Writer) {
	switch {
	case e.Action == "skip":
	case e.Action == "pass":
		fmt.Fprintf(out, "ok   %s  %.1fs\n", e.Package, e.Elapsed)
	case c.failures[e.Package]:
		fmt.Fprintf(out, "FAIL %s  %.1fs\n", e.Package, e.Elapsed)
	default:
		c.broken = append(c.broken, e.Package)
		fmt.Fprintf(out, "\nFAIL %s\n%s", e.Package, strings.Join(c.rest(e.Package), ""))
	}
}

// rest is what a package and its tests without an end said: a crash's output
// stands with the test that ran.
func (c *counts) rest(pkg string) []string {
	said := c.output[key{pkg, ""}]
	var tests []string
	for k := range c.output {
		if k.pkg == pkg && k.test != "" {
			tests = append(tests, k.test)
		}
	}
	slices.Sort(tests)
	for _, t := range tests {
		said = append(said, c.output[key{pkg, t}]...)
	}
	return said
}

// reason is the last thing that a skipped test said, without the place.
func reason(said []string) string {
	for _, line := range slices.Backward(said) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "---") || strings.HasPrefix(line, "===") {
			continue
		}
		if _, after, ok := strings.Cut(line, ".go:"); ok {
			_, after, _ = strings.Cut(after, ": ")
			return after
		}
		return line
	}
	return "no reason given"
}

// print ends the report.
func (c *counts) print(out io.Writer) {
	fmt.Fprintln(out)
	for _, s := range c.skipped {
		fmt.Fprintln(out, "skipped", s)
	}
	for _, p := range c.broken {
		fmt.Fprintln(out, "failed outside its tests:", p)
	}
	fmt.Fprintf(out, "%d passed, %d failed, %d skipped\n", c.passed, c.failed+len(c.broken), len(c.skipped))
}

// good reports whether something ran and nothing failed.
func (c *counts) good() bool { return c.passed > 0 && c.failed == 0 && len(c.broken) == 0 }
