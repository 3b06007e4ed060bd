package statemachine_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/asl"
	"github.com/slipway-dev/slipway/internal/task"
	"github.com/slipway-dev/slipway/statemachine"
)

func load(t *testing.T) *asl.Machine {
	t.Helper()
	return read(t, statemachine.Definition)
}

func read(t *testing.T, definition string) *asl.Machine {
	t.Helper()
	m, err := asl.Load([]byte(definition), task.Resources())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// fetched is Fetch's output with this many batches.
func fetched(batches int) string {
	var list []string
	for i := range batches {
		list = append(list, fmt.Sprintf(`{"sync":"SYNC","index":%d}`, i))
	}
	return fmt.Sprintf(`{"unchanged":false,"complete":true,"files":%d,"batches":[%s],"batchCount":%d}`, batches, strings.Join(list, ","), batches)
}

// path is one way through the machine: what each task answers, call by call (a
// word that is no JSON is an error's name, "crash" a death; the last answer stays;
// SYNC stands for the execution's sync), and the states that are entered, a
// repeated one with its attempt.
type path struct {
	name  string
	tasks map[string][]string
	want  string // states, in the order they are entered; those of a Map sorted
	fails string // the error's name of an execution that fails
}

func paths() []path {
	const (
		toGoLive = "Fetch, Is unchanged, Validate, Validate[0].Validate batch, "
		finish   = "Go live, Finish, Ended"
		failed   = "Finish failed, Ended"
	)
	one := []string{fetched(1)}
	const single = `[{"sync":"SYNC","index":0,"only":1}]`
	return []path{
		{"happy", nil, toGoLive + finish, ""},
		{"no workflow found", map[string][]string{"Fetch": {fetched(0)}}, "Fetch, Is unchanged, Validate, " + finish, ""},
		{"two batches", map[string][]string{"Fetch": {fetched(2)}}, toGoLive + "Validate[1].Validate batch, " + finish, ""},
		{"unchanged", map[string][]string{"Fetch": {`{"unchanged":true}`}}, "Fetch, Is unchanged, Finish unchanged, Ended", ""},

		{"fetch is retried", map[string][]string{"Fetch": {"Unavailable", "States.Timeout", fetched(1)}}, "Fetch, Fetch#2, Fetch#3, " + toGoLive[7:] + finish, ""},
		{"fetch is throttled", map[string][]string{"Fetch": {"Lambda.TooManyRequestsException", "Lambda.ServiceException", fetched(1)}}, "Fetch, Fetch#2, Fetch#3, " + toGoLive[7:] + finish, ""},
		{"fetch gives up", map[string][]string{"Fetch": {"Unavailable"}}, "Fetch, Fetch#2, Fetch#3, " + failed, ""},
		{"fetch is refused", map[string][]string{"Fetch": {"Invalid"}}, "Fetch, " + failed, ""},
		{"fetch lost its lease", map[string][]string{"Fetch": {"LeaseLost"}}, "Fetch, " + failed, ""},
		{"fetch crashes", map[string][]string{"Fetch": {"crash"}}, "Fetch, " + failed, ""},

		{"a batch is retried", map[string][]string{"Fetch": one, "Validate": {"Unavailable", "{}"}}, toGoLive + "Validate[0].Validate batch#2, " + finish, ""},
		{"a batch gives up", map[string][]string{"Fetch": one, "Validate": {"Unavailable"}}, toGoLive + "Validate[0].Validate batch#2, Validate[0].Validate batch#3, " + failed, ""},
		{"a batch fails", map[string][]string{"Fetch": one, "Validate": {"Internal"}}, toGoLive + failed, ""},
		{
			"a batch crashes and its files do not",
			map[string][]string{"Fetch": one, "Validate": {"crash", "{}"}, "Split": {`[{"sync":"SYNC","index":0,"only":1},{"sync":"SYNC","index":0,"only":2}]`}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, Validate[0].One by one[1].Validate one, " + finish, "",
		},
		{
			"a batch takes all memory",
			map[string][]string{"Fetch": one, "Validate": {"Runtime.OutOfMemory", "{}"}, "Split": {single}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, " + finish, "",
		},
		{
			"a batch times out",
			map[string][]string{"Fetch": one, "Validate": {"States.Timeout", "{}"}, "Split": {single}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, " + finish, "",
		},
		{
			"a batch outlives its function",
			map[string][]string{"Fetch": one, "Validate": {"Sandbox.Timedout", "{}"}, "Split": {single}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, " + finish, "",
		},
		{
			"a batch ends as nobody knows",
			map[string][]string{"Fetch": one, "Validate": {"Lambda.Unknown", "{}"}, "Split": {single}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, " + finish, "",
		},
		{
			"one file is poisonous",
			map[string][]string{"Fetch": one, "Validate": {"crash", "crash"}, "Split": {single}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, Validate[0].One by one[0].Poisonous, " + finish, "",
		},
		{
			"one file takes all memory",
			map[string][]string{"Fetch": one, "Validate": {"crash", "Runtime.OutOfMemory"}, "Split": {single}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, Validate[0].One by one[0].Poisonous, " + finish, "",
		},
		{
			"one file times out",
			map[string][]string{"Fetch": one, "Validate": {"crash", "States.Timeout"}, "Split": {single}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, Validate[0].One by one[0].Poisonous, " + finish, "",
		},
		{
			"one file outlives its function",
			map[string][]string{"Fetch": one, "Validate": {"crash", "Sandbox.Timedout"}, "Split": {single}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, Validate[0].One by one[0].Poisonous, " + finish, "",
		},
		{
			"one file ends as nobody knows",
			map[string][]string{"Fetch": one, "Validate": {"crash", "Lambda.Unknown"}, "Split": {single}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, Validate[0].One by one[0].Poisonous, " + finish, "",
		},
		{
			"one file is retried",
			map[string][]string{"Fetch": one, "Validate": {"crash", "Unavailable", "{}"}, "Split": {single}},
			toGoLive + "Validate[0].Split batch, Validate[0].One by one, Validate[0].One by one[0].Validate one, Validate[0].One by one[0].Validate one#2, " + finish, "",
		},
		{"a split is retried", map[string][]string{"Fetch": one, "Validate": {"crash"}, "Split": {"Unavailable", `[]`}}, toGoLive + "Validate[0].Split batch, Validate[0].Split batch#2, Validate[0].One by one, " + finish, ""},
		{"a split fails", map[string][]string{"Fetch": one, "Validate": {"crash"}, "Split": {"Internal"}}, toGoLive + "Validate[0].Split batch, " + failed, ""},

		{"go live is retried", map[string][]string{"GoLive": {"Unavailable", "Conflict", `{"refused":[]}`}}, toGoLive + "Go live, Go live#2, Go live#3, Finish, Ended", ""},
		{"go live gives up", map[string][]string{"GoLive": {"Conflict"}}, toGoLive + "Go live, Go live#2, Go live#3, " + failed, ""},
		{"go live lost its lease", map[string][]string{"GoLive": {"LeaseLost"}}, toGoLive + "Go live, " + failed, ""},

		{"finish is retried", map[string][]string{"Finish": {"Unavailable", "States.Timeout", "Conflict", "{}"}}, toGoLive + "Go live, Finish, Finish#2, Finish#3, Finish#4, Ended", ""},
		{"finish is throttled", map[string][]string{"Finish": {"Lambda.TooManyRequestsException", "{}"}}, toGoLive + "Go live, Finish, Finish#2, Ended", ""},
		{"finish gives up", map[string][]string{"Finish": {"Unavailable"}}, toGoLive + "Go live, Finish, Finish#2, Finish#3, Finish#4, Finish#5", "Unavailable"},
		{"finish lost its lease", map[string][]string{"Finish": {"LeaseLost"}}, toGoLive + "Go live, Finish", "LeaseLost"},
		{"a failed sync's finish is retried", map[string][]string{"Fetch": {"Invalid"}, "Finish": {"Unavailable", "{}"}}, "Fetch, Finish failed, Finish failed#2, Ended", ""},
		{"an unchanged sync's finish is retried", map[string][]string{"Fetch": {`{"unchanged":true}`}, "Finish": {"Unavailable", "{}"}}, "Fetch, Is unchanged, Finish unchanged, Finish unchanged#2, Ended", ""},
	}
}

// TestPaths runs the machine on the interpreter along every path, each Retry, each
// Catch and each end among them, and asserts the states that it enters.
func TestPaths(t *testing.T) {
	m := load(t)
	entered, caught := map[string]bool{}, map[string]bool{}
	for i, p := range paths() {
		t.Run(p.name, func(t *testing.T) {
			script := p.script(i)
			went, err := interpret(t.Context(), m, script)
			if err != nil {
				t.Fatal(err)
			}
			if got := went.path(); got != p.want {
				t.Errorf("went\n  %s\nwant\n  %s\n(%s)", got, p.want, went.end)
			}
			if went.fails != p.fails {
				t.Errorf("ended with %q (%s), want %q", went.fails, went.end, p.fails)
			}
			for _, s := range went.states {
				entered[nameOf(s)] = true
			}
			for i, name := range script.failed {
				if c := script.failing[i]; c.inMap() {
					caught[nameOf(c.state(""))+" "+name] = true
				}
			}
		})
	}
	for _, s := range every(m.States()) {
		if !entered[s.Name] {
			t.Errorf("no path goes through %s", s.Name)
		}
		for _, c := range s.Catch {
			for _, name := range c.Errors {
				if name != "States.ALL" && !caught[s.Name+" "+name] {
					t.Errorf("on no path %s meets %s", s.Name, name)
				}
			}
		}
	}
}

// nameOf is the state's own name in Validate[0].Validate batch#2.
func nameOf(entered string) string {
	name, _, _ := strings.Cut(entered[strings.LastIndex(entered, ".")+1:], "#")
	return name
}

// every lists states with those of their Maps.
func every(states []asl.State) []asl.State {
	var all []asl.State
	for _, s := range states {
		all = append(append(all, s), every(s.Items)...)
	}
	return all
}
