package house

import "strings"

// layer is a group of packages that may import those of the layers before it,
// and never each other.
type layer struct {
	names string // of packages under internal, or of top-level folders
	why   string
}

// layers gives the house from its foundation up.
func layers() []layer {
	return []layer{
		{"fault diagnostic catalog when", "they are the vocabulary that everything speaks, so they rest on nothing of ours"},
		{"statemachine infra examples house", "definitions, templates, examples and these rules are read by others and need none of them"},
		{"asl lambdaevent", "an interpreter and a reader of events know nothing of what runs on them"},
		{"slipway", "the nouns are pure: they rest on the vocabulary alone"},
		{"snapshot", "the files of one commit are there before any check of them"},
		{"check", "a check is one function over a snapshot; who bundles and evaluates stands behind its ports"},
		{"control", "the use cases declare their ports; who adapts to them stands above"},
		{"cursor", "the cursors of lists are one thing, whichever store made them"},
		{
			"bundle sandbox sqlite dynamo blob filelock gitremote auth hook event storetest gittest",
			"an adapter serves a port and knows no other adapter, so that each can be replaced alone",
		},
		{"awswire web", "clients for adapters to use, and what answers over HTTP have alike: neither knows an edge"},
		{"task api console backup client server", "an edge translates between its protocol and control, and knows no other edge"},
		{"functionwire", "it puts together what several functions share, and is none of them"},
		{"cmd functions", "a main wires what it starts"},
		{"acceptance bench functiontest consoletest", "the scenarios and the measurements may use all of it, and nothing uses them"},
	}
}

// testSupport are packages for tests: nothing that ships imports them.
func testSupport(name string) bool {
	return name == "storetest" || name == "gittest" || name == "acceptance" || name == "bench" || name == "functiontest" ||
		name == "consoletest"
}

// rank is the place of a package in layers; false if it has none.
func rank(name string) (int, string, bool) {
	for i, l := range layers() {
		for n := range strings.FieldsSeq(l.names) {
			if n == name {
				return i, l.why, true
			}
		}
	}
	return 0, "", false
}

// place names the package that a folder belongs to: what follows internal, else
// the top-level folder. A folder inside a package belongs to that package.
func place(dir string) string {
	rest, internal := strings.CutPrefix(dir, "internal/")
	if !internal {
		rest = dir
	}
	name, _, _ := strings.Cut(rest, "/")
	return name
}

// findPlaceless is the rule that every package stands in a layer.
func findPlaceless(t *Tree) []Finding {
	seen := map[string]bool{}
	var out []Finding
	for _, s := range t.sources {
		if _, _, ok := rank(place(s.dir)); ok || seen[s.dir] {
			continue
		}
		seen[s.dir] = true
		out = append(out, Finding{Path: s.dir, Text: "say where it stands: give it a layer in internal/house/layers.go"})
	}
	return out
}
