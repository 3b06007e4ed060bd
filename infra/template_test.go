package infra

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// root is the file of the template that nests the others.
const root = "template.yaml"

// node is a part of a template; functions in their short form, such as !Ref, are
// maps as in their long one.
type node = map[string]any

// stack is the templates by their files.
type stack map[string]node

// files are the texts that a stack is made of.
func files(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	names, err := filepath.Glob("*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("no templates (%v)", err)
	}
	for _, name := range append(names, "../"+root, "../statemachine/sync.asl.json") {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[filepath.Base(name)] = string(text)
	}
	return texts
}

// read makes a stack of texts.
func read(texts map[string]string) (stack, error) {
	s := stack{}
	for name, text := range texts {
		var doc yaml.Node // JSON is YAML too
		if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		s[name], _ = plain(doc.Content[0]).(node)
	}
	return s, nil
}

// plain gives what a YAML node says.
func plain(n *yaml.Node) any {
	var v any
	switch n.Kind {
	case yaml.MappingNode:
		m := node{}
		for i := 0; i < len(n.Content); i += 2 {
			m[n.Content[i].Value] = plain(n.Content[i+1])
		}
		v = m
	case yaml.SequenceNode:
		list := []any{}
		for _, c := range n.Content {
			list = append(list, plain(c))
		}
		v = list
	default:
		v = n.Value
	}
	short, is := strings.CutPrefix(n.Tag, "!")
	switch {
	case !is || strings.HasPrefix(short, "!"):
		return v
	case short == "Ref" || short == "Condition":
		return node{short: v}
	}
	return node{"Fn::" + short: v}
}

// at gives what is at a path of keys below n; nil if there is nothing.
func at(n any, path ...string) any {
	for _, key := range path {
		m, ok := n.(node)
		if !ok {
			return nil
		}
		n = m[key]
	}
	return n
}

// text is what is at a path as a word, a function as fmt prints it.
func text(n any, path ...string) string {
	v := at(n, path...)
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

// list is what is at a path as a list; a single value is a list of one.
func list(n any, path ...string) []any {
	switch v := at(n, path...).(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{v}
	}
}

// words is a list of words.
func words(n any, path ...string) []string {
	var out []string
	for _, v := range list(n, path...) {
		out = append(out, fmt.Sprint(v))
	}
	return out
}

// resource is one of a template.
type resource struct {
	file, name, kind string
	whole, props     node
}

func (r resource) String() string { return r.name + " in " + r.file }

// resources gives those of these kinds, all if none is named, in order.
func (s stack) resources(kinds ...string) []resource {
	var out []resource
	for file, t := range s {
		all, _ := at(t, "Resources").(node)
		for name, r := range all {
			kind := text(r, "Type")
			if len(kinds) > 0 && !slices.Contains(kinds, kind) {
				continue
			}
			whole, _ := r.(node)
			props, _ := at(r, "Properties").(node)
			out = append(out, resource{file, name, kind, whole, props})
		}
	}
	slices.SortFunc(out, func(a, b resource) int { return strings.Compare(a.file+a.name, b.file+b.name) })
	return out
}

// one gives a resource by its file and name; an empty one if there is none.
func (s stack) one(file, name string) resource {
	for _, r := range s.resources() {
		if r.file == file && r.name == name {
			return r
		}
	}
	return resource{file: file, name: name}
}
