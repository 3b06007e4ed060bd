package asl_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// How data goes through states: input, what the task f makes of it, and the end.
func TestData(t *testing.T) {
	const task = `"Type": "Task", "Resource": "${f}", "TimeoutSeconds": 1, "End": true`
	const pass = `"Type": "Pass", "End": true`
	for _, c := range []struct{ name, states, input, f, want string }{
		{"nothing changes", `"A": {` + pass + `}`, `{"a": 1}`, "", `{"a":1}`},
		{"no input", `"A": {` + pass + `}`, ``, "", `{}`},
		{"big numbers stay", `"A": {` + pass + `}`, `{"a": 9007199254740993}`, "", `{"a":9007199254740993}`},
		{"text stays", `"A": {` + task + `}`, `"<&>"`, "", `"<&>"`},
		{"Result", `"A": {` + pass + `, "Result": {"b": [1, null]}}`, `{"a": 1}`, "", `{"b":[1,null]}`},
		{"Result null", `"A": {` + pass + `, "Result": null, "ResultPath": "$.a"}`, `{}`, "", `{"a":null}`},
		{"Result at a place", `"A": {` + pass + `, "Result": 2, "ResultPath": "$.b.c"}`, `{"a": 1}`, "", `{"a":1,"b":{"c":2}}`},
		{"InputPath", `"A": {` + task + `, "InputPath": "$.a.b"}`, `{"a": {"b": [7]}}`, "", `[7]`},
		{"InputPath null", `"A": {` + task + `, "InputPath": null}`, `{"a": 1}`, "", `{}`},
		{"InputPath nowhere", `"A": {` + task + `, "InputPath": "$.b"}`, `{"a": 1}`, "", `States.Runtime in A: InputPath: the path $.b leads nowhere`},
		{"OutputPath", `"A": {` + task + `, "OutputPath": "$.a"}`, `{"a": 1}`, "", `1`},
		{"OutputPath null", `"A": {` + task + `, "OutputPath": null}`, `{"a": 1}`, "", `{}`},
		{"OutputPath nowhere", `"A": {` + task + `, "OutputPath": "$[0]"}`, `{}`, "", `States.Runtime in A: OutputPath: the path $[0] leads nowhere`},
		{"ResultPath $", `"A": {` + task + `, "ResultPath": "$"}`, `{"a": 1}`, `2`, `2`},
		{"ResultPath null", `"A": {` + task + `, "ResultPath": null}`, `{"a": 1}`, `2`, `{"a":1}`},
		{"ResultPath deep", `"A": {` + task + `, "ResultPath": "$.b.c"}`, `{"a": 1, "b": {"d": 3}}`, `2`, `{"a":1,"b":{"c":2,"d":3}}`},
		{"ResultPath over", `"A": {` + task + `, "ResultPath": "$.a"}`, `{"a": {"b": 1}}`, `2`, `{"a":2}`},
		{
			"ResultPath into raw input", `"A": {` + task + `, "InputPath": "$.a", "ResultPath": "$.r"}`, `{"a": 1, "b": 2}`, "",
			`{"a":1,"b":2,"r":1}`,
		},
		{
			"ResultPath without a place", `"A": {` + task + `, "ResultPath": "$.a.b"}`, `{"a": 1}`, `2`,
			`States.ResultPathMatchFailure in A: the state's input has no place for ResultPath $.a.b`,
		},
		{"no output is null", `"A": {` + task + `}`, `{}`, "none", `null`},
		{
			"Parameters", `"A": {` + task + `, "InputPath": "$.a", "Parameters": {"x": 1, "y.$": "$.b", "z": [{"w.$": "$['b']"}, "t"], "v.$": "$"}}`,
			`{"a": {"b": true}}`, "", `{"v":{"b":true},"x":1,"y":true,"z":[{"w":true},"t"]}`,
		},
		{
			"Parameters nowhere", `"A": {` + task + `, "Parameters": {"y.$": "$.b[0]"}}`, `{"b": []}`, "",
			`States.Runtime in A: Parameters: the path $.b[0] leads nowhere`,
		},
		{
			"context", `"A": {` + pass + `, "Parameters": {"i.$": "$$.Execution.Id", "n.$": "$$.Execution.Name", "x.$": "$$.Execution.Input.a",
				"s.$": "$$.State.Name", "t.$": "$$.State.EnteredTime"}}`,
			`{"a": 5}`, "", `{"i":"run-1","n":"run-1","s":"A","t":"2026-01-02T03:04:05.006Z","x":5}`,
		},
		{"context as input", `"A": {` + task + `, "InputPath": "$$.Execution.Input"}`, `{"a": 5}`, "", `{"a":5}`},
		{
			"ResultSelector", `"A": {` + task + `, "ResultSelector": {"k.$": "$.key"}, "ResultPath": "$.r"}`, `{"a": 1}`, `{"key": "x", "big": 2}`,
			`{"a":1,"r":{"k":"x"}}`,
		},
		{
			"ResultSelector nowhere", `"A": {` + task + `, "ResultSelector": {"k.$": "$.key"}}`, `{"key": 1}`, `{}`,
			`States.Runtime in A: ResultSelector: the path $.key leads nowhere`,
		},
		{"Succeed", `"A": {"Type": "Succeed", "InputPath": "$.a", "OutputPath": "$.b"}`, `{"a": {"b": 1}}`, "", `1`},
		{"Fail", `"A": {"Type": "Fail", "Error": "Bad", "Cause": "so it is"}`, `{}`, "", `Bad in A: so it is`},
		{"Fail by path", `"A": {"Type": "Fail", "ErrorPath": "$.e.Error", "CausePath": "$.e.Cause"}`, `{"e": {"Error": "X", "Cause": "y"}}`, "", `X in A: y`},
		{"Fail nowhere", `"A": {"Type": "Fail", "ErrorPath": "$.e"}`, `{}`, "", `States.Runtime in A: ErrorPath: the path $.e leads nowhere`},
		{"Fail no text", `"A": {"Type": "Fail", "Error": "X", "CausePath": "$.e"}`, `{"e": 1}`, "", `States.Runtime in A: CausePath: the path $.e leads to no text`},
		{"no JSON out", `"A": {` + task + `}`, `{}`, `{`, `States.Runtime in A: the task's output is no JSON: unexpected EOF`},
		{"no JSON in", `"A": {` + task + `}`, `{}}`, ``, `the input is no JSON`},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(nil, nil)
			switch c.f {
			case "":
			case "none":
				w.Tasks["f"] = answers("")
			default:
				w.Tasks["f"] = answers(c.f)
			}
			if got := end(load(t, machine(c.states)).Run(t.Context(), w.Run, json.RawMessage(c.input))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func TestChoice(t *testing.T) {
	const compare = `{"Variable": "$.v", "%": ?, "Next": "Yes"}`
	const ends = `, "Yes": {"Type": "Pass", "Result": "yes", "End": true}, "No": {"Type": "Pass", "Result": "no", "End": true}`
	one := func(operator, value string) string {
		return strings.NewReplacer("%", operator, "?", value).Replace(compare)
	}
	for _, c := range []struct{ name, rule, input, want string }{
		{"equal", one("StringEquals", `"a"`), `{"v": "a"}`, `"yes"`},
		{"case differs", one("StringEquals", `"a"`), `{"v": "A"}`, `"no"`},
		{"type differs", one("StringEquals", `"1"`), `{"v": 1}`, `"no"`},
		{"number as text", one("NumericEquals", `1`), `{"v": "1"}`, `"no"`},
		{"numbers", one("NumericEquals", `1`), `{"v": 1.0}`, `"yes"`},
		{"less", one("NumericLessThan", `1`), `{"v": 1}`, `"no"`},
		{"less or equal", one("NumericLessThanEquals", `1`), `{"v": 1}`, `"yes"`},
		{"greater", one("NumericGreaterThan", `0`), `{"v": 1e2}`, `"yes"`},
		{"greater or equal", one("NumericGreaterThanEquals", `2`), `{"v": 1}`, `"no"`},
		{"true", one("BooleanEquals", `true`), `{"v": true}`, `"yes"`},
		{"false is not null", one("BooleanEquals", `false`), `{"v": null}`, `"no"`},
		{"present", one("IsPresent", `true`), `{"v": null}`, `"yes"`},
		{"absent", one("IsPresent", `true`), `{}`, `"no"`},
		{"not present", one("IsPresent", `false`), `{}`, `"yes"`},
		{"null", one("IsNull", `true`), `{"v": null}`, `"yes"`},
		{"not null", one("IsNull", `false`), `{"v": 0}`, `"yes"`},
		{"text", one("IsString", `true`), `{"v": ""}`, `"yes"`},
		{"no number", one("IsNumeric", `false`), `{"v": "1"}`, `"yes"`},
		{"boolean", one("IsBoolean", `true`), `{"v": false}`, `"yes"`},
		{"nowhere", one("IsNull", `true`), `{}`, `States.Runtime in A: Variable: the path $.v leads nowhere`},
		{"and stops", `{"And": [{"Variable": "$.v", "IsPresent": true}, {"Variable": "$.v", "StringEquals": "a"}], "Next": "Yes"}`, `{}`, `"no"`},
		{"and", `{"And": [{"Variable": "$.v", "IsPresent": true}, {"Variable": "$.v", "StringEquals": "a"}], "Next": "Yes"}`, `{"v": "a"}`, `"yes"`},
		{"or stops", `{"Or": [{"Variable": "$.v", "IsPresent": false}, {"Variable": "$.v", "IsNull": true}], "Next": "Yes"}`, `{}`, `"yes"`},
		{"or", `{"Or": [{"Variable": "$.v", "IsString": true}, {"Variable": "$.v", "IsNull": true}], "Next": "Yes"}`, `{"v": 1}`, `"no"`},
		{"not", `{"Not": {"Variable": "$.v", "IsString": true}, "Next": "Yes"}`, `{"v": 1}`, `"yes"`},
		{"context", `{"Variable": "$$.State.Name", "StringEquals": "A", "Next": "Yes"}`, `{}`, `"yes"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, machine(`"A": {"Type": "Choice", "Choices": [`+c.rule+`], "Default": "No"}`+ends))
			if got := end(m.Run(t.Context(), newWorld(nil, nil).Run, json.RawMessage(c.input))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// The first choice that holds is taken; without a Default none is an error.
func TestChoiceOrder(t *testing.T) {
	m := load(t, machine(`"A": {"Type": "Choice", "InputPath": "$.in", "Choices": [
		{"Variable": "$.n", "NumericLessThan": 10, "Next": "Small"}, {"Variable": "$.n", "NumericLessThan": 100, "Next": "Middle"}]},
		"Small": {"Type": "Succeed"}, "Middle": {"Type": "Pass", "End": true, "Result": "middle"}`))
	for input, want := range map[string]string{
		`{"in": {"n": 1}}`:   `{"n":1}`,
		`{"in": {"n": 50}}`:  `"middle"`,
		`{"in": {"n": 500}}`: `States.NoChoiceMatched in A: no choice matches, and there is no Default`,
	} {
		if got := end(m.Run(t.Context(), newWorld(nil, nil).Run, json.RawMessage(input))); got != want {
			t.Errorf("%s: got %s, want %s", input, got, want)
		}
	}
}
