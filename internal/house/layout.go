package house

import (
	"regexp"
	"slices"
	"strings"
)

// What the root may hold.
const (
	topFolders = "functions statemachine infra internal cmd docs examples .ci"
	topFiles   = "README.md ARCHITECTURE.md CONTRIBUTING.md CHANGELOG.md LICENSE Makefile go.mod go.sum " +
		"template.yaml samconfig.toml .golangci.yml .gitignore"
)

// findTopLevel is the rule of the root.
func findTopLevel(t *Tree) []Finding {
	var out []Finding
	for p := range t.folders {
		if !strings.Contains(p, "/") && !slices.Contains(strings.Fields(topFolders), p) {
			out = append(out, Finding{Path: p, Text: "is no folder of the design: put it where it belongs, or into internal/house/layout.go with the design"})
		}
	}
	for p := range t.files {
		if !strings.Contains(p, "/") && !slices.Contains(strings.Fields(topFiles), p) {
			out = append(out, Finding{Path: p, Text: "is no file of the design: put it where it belongs, or into internal/house/layout.go with the design"})
		}
	}
	return out
}

// machinePatterns are what ties a file to one machine or its network.
var (
	machinePath  = regexp.MustCompile(`(^|[^\w.~$@})-])/(work|root|home)/\w*`)
	registryHost = regexp.MustCompile(`\b(proxy\.golang\.org|registry\.npmjs\.org|pypi\.org|repo1\.maven\.org|deb\.debian\.org)\b`)
)

// findMachines is the rule against them. What others wrote is left alone.
func findMachines(t *Tree) []Finding {
	var out []Finding
	for p, text := range t.files {
		if p == "go.sum" || p == "LICENSE" || slices.Contains(text, 0) {
			continue
		}
		n := 0
		for line := range strings.Lines(string(text)) {
			n++
			if m := machinePath.FindString(line); m != "" {
				out = append(out, Finding{p, n, "names a path of one machine: " + strings.TrimSpace(m)})
			}
			if m := registryHost.FindString(line); m != "" {
				out = append(out, Finding{p, n, "names a registry's host: " + m + "; the tool's own settings do"})
			}
		}
	}
	return out
}
