package house

import (
	"go/ast"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// words maps a word that no exported type's name has to the one that is used.
func words() map[string]string {
	return map[string]string{
		"artifact": "bundle", "artefact": "bundle",
		"revision": "deployment", "rollout": "release",
		"pointer": "head", "alias": "head", "journal": "ledger",
		"promote": "make live", "promotion": "make live", "publish": "make live", "activate": "make live", "activation": "make live",
		"project": "environment", "workspace": "environment",
		"checkout": "snapshot", "reconcile": "sync", "reconciler": "sync",
		"job": "workflow", "issue": "diagnostic", "exception": "fault", "lookup": "resolve",
	}
}

// wordPattern finds an identifier's words: Revision in APIRevision.
var wordPattern = regexp.MustCompile(`[A-Z][a-z0-9]+`)

// findWords is the rule of one word for one thing, for exported types.
func findWords(t *Tree) []Finding {
	table := words()
	var out []Finding
	for _, s := range t.code() {
		ast.Inspect(s.ast, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || !spec.Name.IsExported() {
				return true
			}
			for _, w := range wordPattern.FindAllString(spec.Name.Name, -1) {
				if use := table[strings.ToLower(w)]; use != "" {
					out = append(out, s.at(spec, "type %s: the word is %q, not %q", spec.Name.Name, use, strings.ToLower(w)))
				}
			}
			return true
		})
	}
	return out
}

// foreignJSON are packages that read or write what others have spelt.
func foreignJSON() []exception {
	return []exception{
		{"asl", "the states language spells its own fields"},
		{"lambdaevent", "AWS spells its events"},
		{"hook", "each Git host spells its own pushes"},
		{"auth", "claims and keys are spelt by OpenID Connect"},
	}
}

// camelPattern is how our JSON names look.
var camelPattern = regexp.MustCompile(`^\$?[a-z][a-zA-Z0-9]*$`)

// findJSONNames is the rule for json tags.
func findJSONNames(t *Tree) []Finding {
	var out []Finding
	for _, s := range t.code() {
		foreign := func(e exception) bool { return e.place == place(s.dir) }
		if slices.ContainsFunc(foreignJSON(), foreign) {
			continue
		}
		ast.Inspect(s.ast, func(n ast.Node) bool {
			field, ok := n.(*ast.Field)
			if !ok || field.Tag == nil {
				return true
			}
			if name := jsonName(field.Tag.Value); name != "" && name != "-" && !camelPattern.MatchString(name) {
				out = append(out, s.at(field, "json name %q is not camelCase", name))
			}
			return true
		})
	}
	return out
}

// jsonName is the name that a field's tag gives, "" if it gives none.
func jsonName(literal string) string {
	tag, err := strconv.Unquote(literal)
	if err != nil {
		return ""
	}
	name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
	return name
}
