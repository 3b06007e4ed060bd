package asl

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// fields reads the members of one object by name; what nobody asked for is a
// problem in the end.
type fields struct {
	load    *loader
	place   string
	obj     object
	asked   []string
	comment string
}

// fieldsOf begins to read v; nil if it is no object.
func (l *loader) fieldsOf(place string, v any) *fields {
	o, ok := v.(object)
	if !ok {
		l.problems.add(place, "write an object", "it is %s", kindOf(v))
		return nil
	}
	return &fields{load: l, place: place, obj: o}
}

// commented is fieldsOf for what may have a Comment.
func (l *loader) commented(place string, v any) *fields {
	f := l.fieldsOf(place, v)
	if f != nil {
		f.comment = f.text("Comment")
	}
	return f
}

// take gives a member's value.
func (f *fields) take(name string) (any, bool) {
	f.asked = append(f.asked, name)
	return f.obj.get(name)
}

// has reports whether a member is there, without asking for it.
func (f *fields) has(name string) bool {
	_, ok := f.obj.get(name)
	return ok
}

func (f *fields) bad(name, right, format string, args ...any) {
	f.load.problems.add(within(f.place, name), right, format, args...)
}

// text gives a text, "" if it is not there.
func (f *fields) text(name string) string {
	v, ok := f.take(name)
	if !ok {
		return ""
	}
	s, ok := v.(string)
	if !ok {
		f.bad(name, "write a text", "it is %s", kindOf(v))
	}
	if name != "Resource" {
		f.load.noSubstitution(within(f.place, name), s)
	}
	return s
}

// needed is text that has to be there.
func (f *fields) needed(name, right string) string {
	switch v, ok := f.take(name); {
	case !ok:
		f.bad(name, right, "it is missing")
	case v == "":
		f.bad(name, right, "it is empty")
	}
	return f.text(name)
}

// flag gives true or false, false if it is not there.
func (f *fields) flag(name string) (value, there bool) {
	v, ok := f.take(name)
	if !ok {
		return false, false
	}
	b, isBool := v.(bool)
	if !isBool {
		f.bad(name, "write true or false", "it is %s", kindOf(v))
	}
	return b, isBool
}

// whole gives a whole number between least and most, otherwise if it is not there.
func (f *fields) whole(name string, least, most, otherwise int) int {
	v, ok := f.take(name)
	if !ok {
		return otherwise
	}
	right := "write a whole number from " + strconv.Itoa(least) + " to " + strconv.Itoa(most)
	n, isNumber := v.(json.Number)
	if !isNumber {
		f.bad(name, right, "it is %s", kindOf(v))
		return otherwise
	}
	i, err := strconv.Atoi(n.String())
	if err != nil || i < least || i > most {
		f.bad(name, right, "it is %s", n)
		return otherwise
	}
	return i
}

// seconds is whole, from 1 to a year.
func (f *fields) seconds(name string, otherwise int) time.Duration {
	return time.Duration(f.whole(name, 1, int(longest/time.Second), otherwise)) * time.Second
}

// number gives a number of at least least, otherwise if it is not there.
func (f *fields) number(name string, least, otherwise float64) float64 {
	v, ok := f.take(name)
	if !ok {
		return otherwise
	}
	right := "write a number of at least " + strconv.FormatFloat(least, 'f', -1, 64)
	n, isNumber := v.(json.Number)
	if !isNumber {
		f.bad(name, right, "it is %s", kindOf(v))
		return otherwise
	}
	x, err := n.Float64()
	if err != nil || x < least || math.IsInf(x, 0) {
		f.bad(name, right, "it is %s", n)
		return otherwise
	}
	return x
}

// path gives a path, the whole if it is not there, and nil for null.
func (f *fields) path(name string) *path {
	v, ok := f.take(name)
	if !ok {
		return &path{text: "$"}
	}
	if v == nil {
		return nil
	}
	s, ok := v.(string)
	if !ok {
		f.bad(name, rightPath+", or null", "it is %s", kindOf(v))
		return nil
	}
	return f.load.path(within(f.place, name), s, false)
}

// resultPath gives where a result goes, all if it is not there, nil for null.
func (f *fields) resultPath() *resultPath {
	const name, right = "ResultPath", "write a path of names such as $.problem, or null"
	v, ok := f.take(name)
	if !ok {
		return &resultPath{text: "$"}
	}
	if v == nil {
		return nil
	}
	s, ok := v.(string)
	if !ok {
		f.bad(name, right, "it is %s", kindOf(v))
		return nil
	}
	p, err := parseResultPath(s)
	if err != nil {
		f.bad(name, right, "%v", err)
	}
	return p
}

// path reads a path; ofItem says that a Map's item may be named.
func (l *loader) path(place, text string, ofItem bool) *path {
	right := rightPath
	switch {
	case strings.HasPrefix(text, "$$"):
		right = rightContext
	case strings.HasPrefix(text, "States."):
		right = rightPath + "; functions such as States.Format are not run"
	}
	p, err := parsePath(text)
	if err != nil {
		l.problems.add(place, right, "%v", err)
		return &path{text: "$"}
	}
	if p.ofItem() && !ofItem {
		l.problems.add(place, "name the item in the Map's ItemSelector", "%s is known in an ItemSelector only", text)
	}
	return p
}

// done ends the reading. Right words for fields of the language that are not
// run come from outside.
func (f *fields) done() {
	slices.Sort(f.asked)
	may := slices.Compact(f.asked)
	for _, name := range f.obj.names() {
		if slices.Contains(may, name) {
			continue
		}
		if right := outside(name); right != "" {
			f.bad(name, right, "it is not run here")
			continue
		}
		f.bad(name, oneOf(name, may), "there is no such field here")
	}
}

// kindOf says what a value is.
func kindOf(v any) string {
	switch v.(type) {
	case object, map[string]any:
		return "an object"
	case []any:
		return "an array"
	case string:
		return "a text"
	case json.Number:
		return "a number"
	case bool:
		return "true or false"
	}
	return "null"
}
