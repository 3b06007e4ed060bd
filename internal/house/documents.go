package house

import (
	"path"
	"regexp"
	"strings"
)

// What a document names.
var (
	codeSpan    = regexp.MustCompile("`([^`]+)`")
	linkTarget  = regexp.MustCompile(`\]\(([^)\s]+)[^)]*\)`)
	linkScheme  = regexp.MustCompile(`^[a-z][a-z0-9+.-]*:`)
	ownPath     = regexp.MustCompile(`^(functions|statemachine|infra|internal|cmd|docs|examples|\.ci)/[\w./-]*$`)
	memberOfGo  = regexp.MustCompile(`\.[A-Z]\w*$`)
	lineInAFile = regexp.MustCompile(`:\d+$`)
)

// findDeadPaths is the rule that documents name what exists: in links that are
// relative, and in code spans that begin with one of the project's folders.
// Fenced blocks are left out: they show what a reader's own tree may hold.
func findDeadPaths(t *Tree) []Finding {
	var out []Finding
	for doc, text := range t.files {
		if path.Ext(doc) != ".md" || inTestdata(doc) {
			continue
		}
		n, fenced := 0, false
		for line := range strings.Lines(string(text)) {
			n++
			if strings.HasPrefix(strings.TrimSpace(line), "```") {
				fenced = !fenced
			}
			if fenced {
				continue
			}
			for _, p := range namedPaths(path.Dir(doc), line) {
				if !t.has(p) {
					out = append(out, Finding{doc, n, "names " + p + ", which does not exist"})
				}
			}
		}
	}
	return out
}

// namedPaths gives the project's paths that one line of a document in dir names.
func namedPaths(dir, line string) []string {
	var out []string
	for _, m := range codeSpan.FindAllStringSubmatch(line, -1) {
		for word := range strings.FieldsSeq(m[1]) {
			word = lineInAFile.ReplaceAllString(strings.Trim(word, ".,;()\"'"), "")
			word = memberOfGo.ReplaceAllString(strings.TrimPrefix(word, "/"), "")
			if ownPath.MatchString(word) && !strings.Contains(word, "NNNN") && !strings.Contains(word, "...") {
				out = append(out, path.Clean(word))
			}
		}
	}
	for _, m := range linkTarget.FindAllStringSubmatch(codeSpan.ReplaceAllString(line, "_"), -1) {
		target, _, _ := strings.Cut(m[1], "#")
		if target == "" || linkScheme.MatchString(target) {
			continue
		}
		if rooted, ok := strings.CutPrefix(target, "/"); ok {
			out = append(out, path.Clean(rooted))
		} else {
			out = append(out, path.Join(dir, target))
		}
	}
	return out
}
