package check

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/tailscale/hujson"

	"github.com/slipway-dev/slipway/internal/diagnostic"
)

const (
	configName     = "kinde.json"
	configMaxBytes = 64 << 10
	defaultRootDir = "kindeSrc"
	workflowsDir   = "environment/workflows"
)

// config is kinde.json.
type config struct {
	rootDir string // clean, relative to the project root; "." is the root itself
	npm     bool
}

// readConfig reads the kinde.json of the project at root. ok is false if a
// diagnostic is an error.
func readConfig(tree Tree, root string) (c config, ds []diagnostic.Diagnostic, ok bool) {
	name := path.Join(root, configName)
	data, err := tree.Read(name, configMaxBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return c, []diagnostic.Diagnostic{missingConfig(tree, root, name)}, false
	case err != nil:
		return c, []diagnostic.Diagnostic{diagnostic.New(diagnostic.ConfigInvalid, name, "kinde.json "+err.Error(), "")}, false
	}
	c, ds = parseConfig(name, data)
	return c, ds, !diagnostic.HasError(ds)
}

// parseConfig decodes a kinde.json: JSON with comments and trailing commas, its
// keys in any letter case, the last of equal keys counting.
func parseConfig(name string, data []byte) (config, []diagnostic.Diagnostic) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	p := configParser{name: name, text: newText(data), config: config{rootDir: defaultRootDir}}
	p.parse(data)
	return p.config, p.found
}

type configParser struct {
	name   string
	text   text
	config config
	found  []diagnostic.Diagnostic
}

func (p *configParser) parse(data []byte) {
	if len(bytes.TrimSpace(data)) == 0 {
		p.found = append(p.found, diagnostic.New(diagnostic.ConfigInvalid, p.name, "kinde.json is empty", "write at least {}"))
		return
	}
	if tooNested(data) {
		p.report(diagnostic.ConfigInvalid, 0, "kinde.json is nested too deeply", "")
		return
	}
	value, err := hujson.Parse(data)
	if err != nil {
		p.syntax(err)
		return
	}
	object, ok := value.Value.(*hujson.Object)
	if !ok {
		p.report(diagnostic.ConfigInvalid, value.StartOffset, "kinde.json holds "+kindName(value)+" instead of an object", "write { … }")
		return
	}
	for _, m := range object.Members {
		switch strings.ToLower(keyOf(m)) {
		case "rootdir":
			p.rootDir(m.Value)
		case "version":
			p.want(m.Value, '"', "version", "a string, such as \"2024-12-09\"")
		case "integrations":
			p.integrations(m.Value)
		}
	}
}

func (p *configParser) rootDir(v hujson.Value) {
	if !p.want(v, '"', "rootDir", "a string, such as \"kindeSrc\"") {
		return
	}
	given := v.Value.(hujson.Literal).String()
	slashed := strings.TrimLeft(strings.ReplaceAll(given, `\`, "/"), "/")
	clean := path.Clean("./" + slashed)
	switch {
	case clean == ".." || strings.HasPrefix(clean, "../"):
		p.report(diagnostic.RootDirOutside, v.StartOffset, "rootDir \""+given+"\" leads out of the repository", "name a folder inside the project, such as kindeSrc")
	case !fs.ValidPath(clean) || strings.ContainsRune(clean, 0):
		p.report(diagnostic.ConfigInvalid, v.StartOffset, "rootDir is not a usable path", "")
	default:
		p.config.rootDir = clean
	}
}

func (p *configParser) integrations(v hujson.Value) {
	npm, ok := p.member(v, "integrations", "npm")
	if !ok {
		return
	}
	enabled, ok := p.member(npm, "integrations.npm", "enabled")
	if !ok {
		return
	}
	if kind := enabled.Value.Kind(); kind != 't' && kind != 'f' {
		p.report(diagnostic.ConfigWrongType, enabled.StartOffset, "integrations.npm.enabled is "+kindName(enabled)+"; it has to be true or false", "")
		return
	}
	p.config.npm = enabled.Value.(hujson.Literal).Bool()
}

// member returns a member of v, which has to be an object.
func (p *configParser) member(v hujson.Value, name, key string) (found hujson.Value, ok bool) {
	object, isObject := v.Value.(*hujson.Object)
	if !isObject {
		p.want(v, '{', name, "an object")
		return found, false
	}
	for _, m := range object.Members {
		if strings.EqualFold(keyOf(m), key) {
			found, ok = m.Value, true
		}
	}
	return found, ok
}

func (p *configParser) want(v hujson.Value, kind hujson.Kind, name, what string) bool {
	if v.Value.Kind() == kind {
		return true
	}
	p.report(diagnostic.ConfigWrongType, v.StartOffset, name+" is "+kindName(v)+"; it has to be "+what, "")
	return false
}

func (p *configParser) report(code diagnostic.Code, offset int, message, hint string) {
	line, column := p.text.place(offset)
	p.found = append(p.found, diagnostic.New(code, p.name, message, hint).At(line, column, p.text.line(line)))
}

func keyOf(m hujson.ObjectMember) string {
	key, _ := m.Name.Value.(hujson.Literal)
	return key.String()
}

func kindName(v hujson.Value) string {
	switch v.Value.Kind() {
	case 'n':
		return "null"
	case 't', 'f':
		return "a boolean"
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '[':
		return "an array"
	}
	return "an object"
}
