package asl

import (
	"slices"
	"time"
)

// Kind is the type of a state, as a definition spells it.
type Kind string

// The kinds. A state of another kind is refused.
const (
	KindTask    Kind = "Task"
	KindChoice  Kind = "Choice"
	KindPass    Kind = "Pass"
	KindMap     Kind = "Map"
	KindSucceed Kind = "Succeed"
	KindFail    Kind = "Fail"
)

// Machine is a definition that was found good. It does not change, and any
// number of runs may share it.
type Machine struct {
	comment string
	top     *scope
}

// State is what a definition says about one state, for documents and tests.
type State struct {
	Name           string
	Kind           Kind
	Comment        string
	Resource       string        // of a Task, with its substitutions made
	Timeout        time.Duration // of one attempt of a Task
	Next           []string      // where it leads when nothing fails: choices in order, the default last; empty at an end
	Retry          []Retrier
	Catch          []Catcher
	MaxConcurrency int     // of a Map: how many items at once
	Items          []State // of a Map: the states that each item goes through
}

// Retrier says which errors are tried again, and after which delays.
type Retrier struct {
	Errors      []string
	Interval    time.Duration // before the first retry
	MaxAttempts int           // retries, beside the first attempt
	Backoff     float64       // what each further delay is multiplied with
	MaxDelay    time.Duration // no delay is longer
	Jitter      bool          // each delay is a random part of itself
}

// Catcher says which errors lead to another state.
type Catcher struct {
	Errors []string
	Next   string
}

// scope is a set of states that lead to each other: a machine's, or a Map's.
type scope struct {
	start  *state
	states []*state // in the order of the definition
}

// state is a State with what running it needs.
type state struct {
	State
	place      string
	inputPath  *path       // nil: nothing, an empty object
	outputPath *path       // the same
	result     *resultPath // nil: the result is dropped
	parameters *template
	hasResult  bool // a Pass that says what it gives: value
	value      any
	selector   *template // ResultSelector
	choices    []choice
	fallback   *state
	next       *state // nil at an end
	errorName  textOrPath
	cause      textOrPath
	catches    []catch
	itemsPath  *path
	item       *template // ItemSelector
	processor  *scope
}

// catch is a Catcher with its target.
type catch struct {
	Catcher
	result *resultPath
	next   *state
}

// textOrPath is a text that a Fail state says, or where it is found.
type textOrPath struct {
	text string
	path *path
}

// Comment is what the definition says about itself.
func (m *Machine) Comment() string { return m.comment }

// Start is the name of the first state.
func (m *Machine) Start() string { return m.top.start.Name }

// States are the machine's own states in the order of the definition; those
// inside a Map are its Items. They are copies.
func (m *Machine) States() []State { return m.top.view() }

func (s *scope) view() []State {
	out := make([]State, 0, len(s.states))
	for _, st := range s.states {
		v := st.State
		v.Next = slices.Clone(v.Next)
		v.Retry = slices.Clone(v.Retry)
		for i := range v.Retry {
			v.Retry[i].Errors = slices.Clone(v.Retry[i].Errors)
		}
		v.Catch = nil
		for _, c := range st.catches {
			v.Catch = append(v.Catch, Catcher{Errors: slices.Clone(c.Errors), Next: c.Next})
		}
		if st.processor != nil {
			v.Items = st.processor.view()
		}
		out = append(out, v)
	}
	return out
}

// Resources are those of all tasks, sorted, each once: what a Run has to have
// tasks for.
func (m *Machine) Resources() []string {
	var out []string
	m.top.each(func(st *state) {
		if st.Kind == KindTask {
			out = append(out, st.Resource)
		}
	})
	slices.Sort(out)
	return slices.Compact(out)
}

// each calls f with every state, those inside Maps included.
func (s *scope) each(f func(*state)) {
	for _, st := range s.states {
		f(st)
		if st.processor != nil {
			st.processor.each(f)
		}
	}
}

// state finds one by its name, nil if it is not there.
func (s *scope) state(name string) *state {
	for _, st := range s.states {
		if st.Name == name {
			return st
		}
	}
	return nil
}
