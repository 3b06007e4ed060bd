package asl

import (
	"strings"
)

// template is a value with paths in it: an object's member "name.$" holds a
// path, and becomes the member "name" with what the path leads to.
type template struct {
	path     *path
	members  []namedTemplate // of an object
	elements []*template     // of an array
	constant any
	shape    shape
}

// shape says which of a template's parts it is.
type shape int

const (
	shapeConstant shape = iota
	shapePath
	shapeObject
	shapeArray
)

type namedTemplate struct {
	name string
	*template
}

// template reads the template in an optional field; it has to be an object.
func (f *fields) template(name string, ofItem bool) *template {
	v, ok := f.take(name)
	if !ok {
		return nil
	}
	o, ok := v.(object)
	if !ok {
		f.bad(name, "write an object", "it is %s", kindOf(v))
		return nil
	}
	return f.load.template(within(f.place, name), o, ofItem)
}

// template reads any value of one.
func (l *loader) template(place string, v any, ofItem bool) *template {
	switch v := v.(type) {
	case object:
		return l.templateObject(place, v, ofItem)
	case []any:
		t := &template{shape: shapeArray}
		for i, e := range v {
			t.elements = append(t.elements, l.template(at(place, i), e, ofItem))
		}
		return t
	case string:
		if strings.HasPrefix(v, "$.") || strings.HasPrefix(v, "$$.") {
			l.problems.add(place, `end the field's name in ".$" for what the path leads to`, "%q would be passed on as text", v)
		}
		l.noSubstitution(place, v)
	}
	return &template{constant: v}
}

func (l *loader) templateObject(place string, o object, ofItem bool) *template {
	t := &template{shape: shapeObject}
	for _, m := range o {
		here := within(place, m.name)
		l.noSubstitution(here, m.name)
		name, isPath := strings.CutSuffix(m.name, ".$")
		if !isPath {
			t.members = append(t.members, namedTemplate{name, l.template(here, m.value, ofItem)})
			continue
		}
		if _, both := o.get(name); both {
			l.problems.add(here, "keep one of the two", "%q gives the same field", name)
		}
		text, ok := m.value.(string)
		if !ok {
			l.problems.add(here, rightPath, "it is %s, and a field that ends in .$ holds a path", kindOf(m.value))
			continue
		}
		if name == "" {
			l.problems.add(here, `write a name before ".$"`, "the field has no name")
		}
		t.members = append(t.members, namedTemplate{name, &template{shape: shapePath, path: l.path(here, text, ofItem)}})
	}
	return t
}

// fill makes the value; the path that leads nowhere if one does.
func (t *template) fill(data any, in contextObject) (any, *path) {
	switch t.shape {
	case shapePath:
		v, ok := t.path.find(data, in)
		if !ok {
			return nil, t.path
		}
		return v, nil
	case shapeObject:
		out := make(map[string]any, len(t.members))
		for _, m := range t.members {
			v, missing := m.fill(data, in)
			if missing != nil {
				return nil, missing
			}
			out[m.name] = v
		}
		return out, nil
	case shapeArray:
		out := make([]any, 0, len(t.elements))
		for _, e := range t.elements {
			v, missing := e.fill(data, in)
			if missing != nil {
				return nil, missing
			}
			out = append(out, v)
		}
		return out, nil
	}
	return t.constant, nil
}
