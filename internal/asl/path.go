package asl

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// path is a reference path: from the data, or from the context object, down
// members and elements to one value.
type path struct {
	text    string
	context bool // it begins with $$
	steps   []step
}

// step goes to a member, or to an element.
type step struct {
	name    string
	index   int
	element bool
}

// stepPattern is one step: .name, ['any name'] or [7].
var stepPattern = regexp.MustCompile(`^(?:\.([A-Za-z_][A-Za-z0-9_]*)|\['([^'\\]+)'\]|\[(0|[1-9][0-9]{0,5})\])`)

// rightPath is what a path should be.
const rightPath = "write a reference path such as $.sync.batches or $.list[0]"

// parsePath reads a reference path.
func parsePath(text string) (*path, error) {
	p := &path{text: text}
	rest, ok := strings.CutPrefix(text, "$")
	if !ok {
		return nil, fmt.Errorf("%q is no path: it does not begin with $", text)
	}
	rest, p.context = strings.CutPrefix(rest, "$")
	for rest != "" {
		m := stepPattern.FindStringSubmatch(rest)
		if m == nil {
			return nil, fmt.Errorf("%q is no reference path: %q is neither .name nor ['name'] nor [0]", text, rest)
		}
		s := step{name: m[1] + m[2], element: m[3] != ""}
		if s.element {
			s.index, _ = strconv.Atoi(m[3])
		}
		p.steps = append(p.steps, s)
		rest = rest[len(m[0]):]
	}
	if p.context && !p.known() {
		return nil, fmt.Errorf("the context object has no %s here", text)
	}
	return p, nil
}

// rightContext is what a path into the context object should be.
const rightContext = "use $$.Execution.Id, $$.Execution.Name, $$.Execution.Input, $$.State.Name, $$.State.EnteredTime, " +
	"or in an ItemSelector $$.Map.Item.Index, $$.Map.Item.Value"

// known reports whether the context object has what p names.
func (p *path) known() bool {
	if len(p.steps) < 2 {
		return false
	}
	switch p.steps[0].name + "." + p.steps[1].name {
	case "Execution.Id", "Execution.Name", "State.Name", "State.EnteredTime":
		return len(p.steps) == 2
	case "Execution.Input":
		return true
	case "Map.Item":
		return len(p.steps) == 3 && p.steps[2].name == "Index" || len(p.steps) >= 3 && p.steps[2].name == "Value"
	}
	return false
}

// ofItem reports whether p names an item of a Map.
func (p *path) ofItem() bool { return p.context && p.steps[0].name == "Map" }

// find goes down p in data, or in the context object; false if it leads nowhere.
func (p *path) find(data any, in contextObject) (any, bool) {
	v := data
	if p.context {
		v = map[string]any(in)
	}
	for _, s := range p.steps {
		switch at := v.(type) {
		case map[string]any:
			member, ok := at[s.name]
			if s.element || !ok {
				return nil, false
			}
			v = member
		case []any:
			if !s.element || s.index >= len(at) {
				return nil, false
			}
			v = at[s.index]
		default:
			return nil, false
		}
	}
	return v, true
}

// resultPath says where in a state's input its result goes: down members only;
// none is all of it.
type resultPath struct {
	text  string
	names []string
}

// parseResultPath reads one.
func parseResultPath(text string) (*resultPath, error) {
	p, err := parsePath(text)
	if err != nil {
		return nil, err
	}
	if p.context {
		return nil, fmt.Errorf("%q would write into the context object", text)
	}
	out := &resultPath{text: text}
	for _, s := range p.steps {
		if s.element {
			return nil, fmt.Errorf("%q would write into an array", text)
		}
		out.names = append(out.names, s.name)
	}
	return out, nil
}

// put returns input with result at r; what is missing on the way is made. false
// if something on the way is no object. Input itself does not change.
func (r *resultPath) put(input, result any) (any, bool) {
	if r == nil {
		return input, true
	}
	return put(input, r.names, result)
}

func put(into any, names []string, v any) (any, bool) {
	if len(names) == 0 {
		return v, true
	}
	old, ok := into.(map[string]any)
	if !ok {
		return nil, false
	}
	out := make(map[string]any, len(old)+1)
	for k, e := range old {
		out[k] = e
	}
	below, there := old[names[0]]
	if !there {
		below = map[string]any{}
	}
	if out[names[0]], ok = put(below, names[1:], v); !ok {
		return nil, false
	}
	return out, true
}
