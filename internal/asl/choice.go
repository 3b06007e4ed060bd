package asl

import (
	"encoding/json"
	"slices"
	"strings"
)

// choice is one rule of a Choice state and where it leads.
type choice struct {
	rule rule
	to   string
	next *state
}

// rule is a comparison, or rules joined by And, Or and Not.
type rule struct {
	operator string
	rules    []rule // of And, Or and Not
	variable *path
	value    any
}

func comparisons() []string {
	return []string{
		"StringEquals", "BooleanEquals", "NumericEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan",
		"NumericGreaterThanEquals", "IsPresent", "IsNull", "IsString", "IsNumeric", "IsBoolean",
	}
}

// choice reads a Choice state.
func (f *fields) choice(st *state) {
	v, _ := f.take("Choices")
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		f.bad("Choices", "write an array of rules", "there are no choices")
	}
	for i, e := range list {
		c := f.load.commented(at(within(f.place, "Choices"), i), e)
		if c == nil {
			st.choices, st.Next = append(st.choices, choice{}), append(st.Next, "")
			continue
		}
		to := c.needed("Next", "name the state to go on with")
		st.choices = append(st.choices, choice{rule: c.rule(), to: to})
		st.Next = append(st.Next, to)
		c.done()
	}
	if f.has("Default") {
		st.Next = append(st.Next, f.needed("Default", "name the state to go on with"))
	}
	f.take("Default")
	for _, name := range []string{"Next", "End"} {
		if _, ok := f.take(name); ok {
			f.bad(name, "write Next in each choice, and Default", "a Choice has none")
		}
	}
}

// rule reads the rest of a rule: what it compares, or what it joins.
func (f *fields) rule() rule {
	var found []string
	operators := append([]string{"And", "Or", "Not"}, comparisons()...)
	for _, name := range operators {
		if _, ok := f.take(name); ok {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		f.operatorProblem(found, operators)
		f.take("Variable")
		return rule{}
	}
	r := rule{operator: found[0]}
	v, _ := f.obj.get(r.operator)
	if !slices.Contains(comparisons(), r.operator) {
		r.rules = f.joined(r.operator, v)
		return r
	}
	r.value = v
	f.operand(r.operator, v)
	if f.needed("Variable", "name what is compared, such as $.count") != "" {
		r.variable = f.path("Variable")
	}
	return r
}

// operatorProblem says why a rule has not one operator.
func (f *fields) operatorProblem(found, operators []string) {
	if len(found) > 1 {
		f.load.problems.add(f.place, "keep one of them, or join two rules with And", "the rule has %s", strings.Join(found, " and "))
		return
	}
	f.load.problems.add(f.place, "compare with one of "+strings.Join(operators, ", "), "the rule compares nothing")
}

// joined reads the rules under And, Or and Not.
func (f *fields) joined(operator string, v any) []rule {
	place, list := within(f.place, operator), []any{v}
	if operator != "Not" {
		var ok bool
		if list, ok = v.([]any); !ok || len(list) == 0 {
			f.load.problems.add(place, "write an array of rules", "it joins nothing")
			return nil
		}
	}
	var out []rule
	for i, e := range list {
		here := place
		if operator != "Not" {
			here = at(place, i)
		}
		inner := f.load.fieldsOf(here, e)
		if inner == nil {
			continue
		}
		if _, ok := inner.take("Next"); ok {
			inner.bad("Next", "write it beside "+operator, "a rule inside another leads nowhere")
		}
		out = append(out, inner.rule())
		inner.done()
	}
	return out
}

// operand refuses a value that its operator does not compare with.
func (f *fields) operand(operator string, v any) {
	_, isText := v.(string)
	_, isNumber := v.(json.Number)
	_, isBool := v.(bool)
	switch {
	case operator == "StringEquals" && !isText:
		f.bad(operator, "write a text", "it is %s", kindOf(v))
	case strings.HasPrefix(operator, "Numeric") && !isNumber:
		f.bad(operator, "write a number", "it is %s", kindOf(v))
	case (operator == "BooleanEquals" || strings.HasPrefix(operator, "Is")) && !isBool:
		f.bad(operator, "write true or false", "it is %s", kindOf(v))
	}
	if text, ok := v.(string); ok {
		f.load.noSubstitution(within(f.place, operator), text)
	}
}

// holds evaluates a rule; And and Or stop at the first that decides. The path
// is the one that leads nowhere: only IsPresent may ask for such.
func (r rule) holds(data any, in contextObject) (bool, *path) {
	switch r.operator {
	case "And", "Or":
		for _, inner := range r.rules {
			if ok, missing := inner.holds(data, in); missing != nil || ok == (r.operator == "Or") {
				return ok, missing
			}
		}
		return r.operator == "And", nil
	case "Not":
		ok, missing := r.rules[0].holds(data, in)
		return !ok, missing
	}
	v, there := r.variable.find(data, in)
	if r.operator == "IsPresent" {
		return there == r.value, nil
	}
	if !there {
		return false, r.variable
	}
	return r.compares(v), nil
}

// compares reports what a comparison says; a value of another type than the
// operator's equals nothing.
func (r rule) compares(v any) bool {
	switch r.operator {
	case "IsNull":
		return (v == nil) == r.value
	case "IsString":
		_, ok := v.(string)
		return ok == r.value
	case "IsNumeric":
		_, ok := v.(json.Number)
		return ok == r.value
	case "IsBoolean":
		_, ok := v.(bool)
		return ok == r.value
	case "StringEquals":
		s, ok := v.(string)
		return ok && s == r.value
	case "BooleanEquals":
		b, ok := v.(bool)
		return ok && b == r.value
	}
	return r.orders(v)
}

// orders compares numbers.
func (r rule) orders(v any) bool {
	n, ok := v.(json.Number)
	if !ok {
		return false
	}
	want, _ := r.value.(json.Number)
	a, errA := n.Float64()
	b, errB := want.Float64()
	if errA != nil || errB != nil {
		return false
	}
	switch r.operator {
	case "NumericEquals":
		return a == b
	case "NumericLessThan":
		return a < b
	case "NumericLessThanEquals":
		return a <= b
	case "NumericGreaterThan":
		return a > b
	case "NumericGreaterThanEquals":
		return a >= b
	}
	return false
}
