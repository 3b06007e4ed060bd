package asl

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Load reads a definition. Substitutions give the values of ${Name}, which may
// stand in a Resource only; one that is not used does no harm. A definition
// outside of what the package runs is a fault of kind Invalid with code
// CodeBadDefinition, which names every place that is wrong and what would be
// right.
func Load(definition []byte, substitutions map[string]string) (*Machine, error) {
	l := &loader{problems: &problems{}, substitutions: substitutions, names: map[string]string{}}
	v, ok := decodeDefinition(definition, l.problems)
	if !ok {
		return nil, l.problems.fault()
	}
	m := l.machine(v)
	if err := l.problems.fault(); err != nil {
		return nil, err
	}
	return m, nil
}

// loader is one Load.
type loader struct {
	problems      *problems
	substitutions map[string]string
	names         map[string]string // of all states so far, with their places
}

func (l *loader) machine(v any) *Machine {
	f := l.commented("definition", v)
	if f == nil {
		return nil
	}
	f.only("Version", "1.0")
	f.only("QueryLanguage", "JSONPath")
	m := &Machine{comment: f.comment, top: l.scope(f)}
	f.done()
	return m
}

// only is an optional text that can be one thing.
func (f *fields) only(name, want string) {
	if s := f.text(name); f.has(name) && s != want {
		f.bad(name, "write \""+want+"\", or leave it out", "it is %q", s)
	}
}

// scope reads StartAt and States.
func (l *loader) scope(f *fields) *scope {
	start := f.needed("StartAt", "name the first state")
	v, ok := f.take("States")
	all, isObject := v.(object)
	place := within(f.place, "States")
	if !ok || !isObject || len(all) == 0 {
		l.problems.add(place, "write an object with a member for each state", "there are no states")
		return &scope{}
	}
	s, whole := &scope{}, true
	for _, m := range all {
		st := l.state(place, m)
		whole = whole && st.Kind != ""
		s.states = append(s.states, st)
	}
	if s.start = s.state(start); s.start == nil && start != "" {
		f.bad("StartAt", oneOf(start, all.names()), "there is no state %q", start)
	}
	if linked := l.link(s, all.names()); linked && whole && s.start != nil {
		l.reach(s)
		l.loops(s)
	}
	return s
}

// namePattern is what a state may be called: none of it reads as part of a path.
var namePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 _-]{0,79}$`)

// state reads one; its kind is empty if nothing could be made of it.
func (l *loader) state(place string, m member) *state {
	place = within(place, m.name)
	st := &state{place: place, State: State{Name: m.name}}
	if !namePattern.MatchString(m.name) {
		l.problems.add(place, "begin with a letter, go on with letters, digits, space, _ and -, 80 at most", "a state cannot be called %q", m.name)
	}
	if other, twice := l.names[m.name]; twice {
		l.problems.add(place, "give each state a name of its own, those inside Maps too", "%s has the same name", other)
	}
	l.names[m.name] = place
	f := l.commented(place, m.value)
	if f == nil {
		return st
	}
	st.Comment = f.comment
	kind := Kind(f.needed("Type", "use one of "+strings.Join(kinds(), ", ")))
	if !slices.Contains(kinds(), string(kind)) {
		if kind != "" {
			f.bad("Type", oneOf(string(kind), kinds()), "%q is no type of state that is run here", kind)
		}
		return st
	}
	st.Kind = kind
	f.state(st)
	f.done()
	return st
}

func kinds() []string {
	return []string{string(KindTask), string(KindChoice), string(KindPass), string(KindMap), string(KindSucceed), string(KindFail)}
}

// Patterns of what stands for a value, and of resources that are no functions.
var (
	substitution    = regexp.MustCompile(`\$\{([^{}$]*)\}`)
	serviceResource = regexp.MustCompile(`^arn:[^:]*:states:`)
)

// resource reads a task's Resource, with its substitutions made.
func (f *fields) resource() string {
	written := f.needed("Resource", "name a function: \"${NameOfItsArn}\", or its ARN")
	if written == "" {
		return ""
	}
	made := substitution.ReplaceAllStringFunc(written, func(s string) string {
		name := s[2 : len(s)-1]
		value, ok := f.load.substitutions[name]
		if !ok {
			names := slices.Sorted(maps.Keys(f.load.substitutions))
			f.bad("Resource", oneOf(name, names)+", or give its value", "no value is given for ${%s}", name)
		}
		return value
	})
	if made == written && !strings.HasPrefix(made, "arn:") {
		f.bad("Resource", "name a function: \"${NameOfItsArn}\", or its ARN", "%q is neither", written)
	}
	if serviceResource.MatchString(made) {
		f.bad("Resource", "name the function itself, by its ARN", "%q is a service of Step Functions, and none is run here", made)
	}
	return made
}

// noSubstitution refuses ${Name} where none is made.
func (l *loader) noSubstitution(place, text string) {
	if substitution.MatchString(text) {
		l.problems.add(place, "write the text itself", "%q: a substitution is made in Resource only", text)
	}
}

// outside says what would be right in place of a field that the language has
// and the package does not run; "" for any other.
func outside(name string) string {
	switch name {
	case "Assign":
		return "pass values on with Parameters and ResultPath"
	case "Arguments", "Output", "Items", "Condition":
		return "that is JSONata: use Parameters, ResultSelector, ItemsPath, or a Choice's Variable"
	case "HeartbeatSeconds", "HeartbeatSecondsPath", "TimeoutSecondsPath":
		return "write TimeoutSeconds in the task, so that its longest time is known"
	case "TimeoutSeconds":
		return "write it in the tasks, so that the machine can go on after it"
	case "Iterator":
		return "call it ItemProcessor"
	case "Credentials":
		return "let the role of the state machine call the function"
	case "ItemReader", "ItemBatcher", "ResultWriter", "Label", "MaxConcurrencyPath",
		"ToleratedFailureCount", "ToleratedFailureCountPath", "ToleratedFailurePercentage", "ToleratedFailurePercentagePath":
		return "use an inline Map with ItemsPath, ItemSelector and MaxConcurrency"
	case "Branches":
		return "use a Map"
	case "Seconds", "SecondsPath", "Timestamp", "TimestampPath":
		return "use Retry with IntervalSeconds"
	}
	return ""
}
