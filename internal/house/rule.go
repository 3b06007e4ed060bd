package house

import (
	"fmt"
	"strings"
)

// Rule is one rule of the house.
type Rule struct {
	Name string
	Why  string // the reason, for whoever breaks it
	Find func(*Tree) []Finding
}

// Finding is one place that breaks a rule. Line is 0 for a whole file or folder.
type Finding struct {
	Path string
	Line int
	Text string
}

// String gives the finding as editors read places.
func (f Finding) String() string {
	if f.Line == 0 {
		return fmt.Sprintf("%s: %s", f.Path, f.Text)
	}
	return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Text)
}

// Rules are all of them.
func Rules() []Rule {
	return []Rule{
		{"imports go one way", "a package can be read, tested and replaced without what stands above it", findDirections},
		{"every package has its place", "a package that stands nowhere is held to nothing", findPlaceless},
		{"technology stays in its package", "what is pure can be tested without a world, and what is small starts fast", findTechnology},
		{"the clock is asked at the edge", "time that comes in as a value can be any time in a test", findClocks},
		{"packages say what they hold", "a package named after nothing collects everything", findPackageNames},
		{"every package has a doc file", "its comment is where a reader begins: 3 to 10 lines", findDocs},
		{"no init functions", "what runs before main runs in every test and every command", findInits},
		{"no mutable package variables", "two tests, or two environments, would share them", findVariables},
		{"no panics", "a function that stops its process takes every other request with it", findPanics},
		{"only main exits", "an exit skips every deferred call above it", findExits},
		{"files stay short", "readers get lost in tails", findLongFiles},
		{"interfaces stay narrow", "the consumer declares what it uses, and that is at most four methods", findWideInterfaces},
		{"function mains only wire", "main wires, handler translates, noun decides", findFunctions},
		{"the top level follows the design", "a newcomer reads it first", findTopLevel},
		{"documents name what exists", "a path that leads nowhere costs more than none", findDeadPaths},
		{"decisions are numbered without gaps", "a gap looks like a decision that was taken back in silence", findDecisionGaps},
		{"dependencies are decided", "each direct requirement has a line in docs/decisions that says what it is for", findUndecided},
		{"types use one word for one thing", "two words for one thing read as two things", findWords},
		{"JSON names are camelCase", "an answer that mixes two spellings has to be looked up field by field", findJSONNames},
		{"nothing names a machine", "what works on one machine only is broken on all others", findMachines},
	}
}

// exception is something that a rule lets through.
type exception struct {
	place string // a path, or a path and a name: "internal/x/y.go:name"
	why   string
}

// except takes away the findings that exceptions let through, and adds one for
// every exception of a file that the tree has and the rule does not need.
func except(t *Tree, found map[string]Finding, exceptions []exception) []Finding {
	var out []Finding
	for _, e := range exceptions {
		_, used := found[e.place]
		path, _, _ := strings.Cut(e.place, ":")
		if !used && t.has(path) {
			out = append(out, Finding{Path: path, Text: "the exception for " + e.place + " is needed no more: take it out"})
		}
		delete(found, e.place)
	}
	for _, f := range found {
		out = append(out, f)
	}
	return out
}
