package house

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Where decisions are, and the one that lists dependencies.
const (
	decisions            = "docs/decisions"
	dependenciesDecision = decisions + "/0001-dependencies.md"
)

var decisionName = regexp.MustCompile(`^(\d{4})-[a-z0-9-]+\.md$`)

// findDecisionGaps is the rule that decisions count 0001, 0002, 0003 …
func findDecisionGaps(t *Tree) []Finding {
	var out []Finding
	var numbers []string
	for p := range t.files {
		if path.Dir(p) != decisions {
			continue
		}
		m := decisionName.FindStringSubmatch(path.Base(p))
		if m == nil {
			out = append(out, Finding{Path: p, Text: "is not named NNNN-what-was-decided.md"})
			continue
		}
		numbers = append(numbers, m[1])
	}
	slices.Sort(numbers)
	for i, n := range numbers {
		if want := fmt.Sprintf("%04d", i+1); n != want {
			out = append(out, Finding{Path: decisions, Text: fmt.Sprintf("%s stands where %s should: a gap or a double", n, want)})
			break
		}
	}
	return out
}

// findUndecided is the rule that every direct requirement is written about. It
// holds from the day that the decision on dependencies is there.
func findUndecided(t *Tree) []Finding {
	if !t.has(dependenciesDecision) {
		return nil
	}
	var text strings.Builder
	for p, content := range t.files {
		if path.Dir(p) == decisions {
			text.Write(content)
		}
	}
	var out []Finding
	for _, module := range directRequirements(t.files["go.mod"]) {
		if !namesModule(text.String(), module) {
			out = append(out, Finding{Path: "go.mod", Text: "requires " + module + ", which no decision names"})
		}
	}
	return out
}

// requirement is one line of a go.mod.
var requirement = regexp.MustCompile(`^(?:require\s+)?([\w.-]+\.[\w.-]+/\S+) v\S+$`)

// directRequirements lists the modules that a go.mod requires for our own code.
func directRequirements(mod []byte) []string {
	var out []string
	for line := range strings.Lines(string(mod)) {
		if m := requirement.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			out = append(out, m[1])
		}
	}
	return out
}

// majorVersion is the end of a module's path from its second version on.
var majorVersion = regexp.MustCompile(`/v\d+$`)

// namesModule reports whether text has the module's path, or its last name as
// a word.
func namesModule(text, module string) bool {
	module = majorVersion.ReplaceAllString(module, "")
	name := regexp.QuoteMeta(path.Base(module))
	return strings.Contains(text, module) || regexp.MustCompile(`(?i)(^|[^\w-])`+name+`($|[^\w-])`).MatchString(text)
}
