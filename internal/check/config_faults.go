package check

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/slipway-dev/slipway/internal/diagnostic"
)

// syntax reports what the parser refused. Its texts read "hujson: line 3, column
// 7: what is wrong".
func (p *configParser) syntax(err error) {
	what, line, column := err.Error(), 1, 1
	if m := regexp.MustCompile(`^hujson: line (\d+), column (\d+): (.*)$`).FindStringSubmatch(what); m != nil {
		line, _ = strconv.Atoi(m[1])
		column, _ = strconv.Atoi(m[2])
		what = m[3]
	}
	hint := "kinde.json is JSON; // comments and trailing commas are fine"
	if strings.Contains(p.text.line(line), "--") {
		hint = "a comment starts with //, not with --"
	}
	d := diagnostic.New(diagnostic.ConfigInvalid, p.name, "kinde.json cannot be read: "+what, hint)
	p.found = append(p.found, d.At(line, column, p.text.line(line)))
}

// tooNested guards the parser, which calls itself for every level.
func tooNested(data []byte) bool {
	depth, deepest := 0, 0
	for _, b := range []byte(Mask(string(data))) {
		switch b {
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		}
	}
	return deepest > 500
}

func missingConfig(tree Tree, root, name string) diagnostic.Diagnostic {
	rootDir := defaultRootDir
	for _, folder := range tree.Names(orDot(root)) {
		if names := tree.Names(path.Join(root, folder, workflowsDir)); len(names) > 0 {
			rootDir = folder
			break
		}
	}
	if len(tree.Names(path.Join(root, workflowsDir))) > 0 {
		rootDir = "."
	}
	hint := "add the file " + name + " with this text: {\"version\": \"2024-12-09\", \"rootDir\": \"" + rootDir + "\"}"
	for _, other := range tree.Names(orDot(root)) {
		if strings.EqualFold(other, configName) || strings.EqualFold(other, "kinde.jsonc") || strings.EqualFold(other, ".kinde.json") {
			hint = "rename " + path.Join(root, other) + " to " + name
		}
		if root == "" && tree.IsFile(path.Join(other, configName)) {
			hint = "there is one in " + other + ": set the environment's sub-directory to " + other + "; or " + hint
		}
	}
	return diagnostic.New(diagnostic.ConfigMissing, name, "kinde.json is missing", hint)
}

func orDot(name string) string {
	if name == "" {
		return "."
	}
	return name
}
