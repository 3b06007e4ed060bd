package asl

import "slices"

// maxConcurrency is how many items an inline Map runs at once at most, as on AWS.
const maxConcurrency = 40

// state reads the fields of a state's kind.
func (f *fields) state(st *state) {
	st.result = &resultPath{text: "$"}
	if st.Kind == KindFail {
		f.fail(st)
		return
	}
	st.inputPath, st.outputPath = f.path("InputPath"), f.path("OutputPath")
	switch st.Kind {
	case KindTask:
		f.task(st)
	case KindChoice:
		f.choice(st)
	case KindPass:
		f.pass(st)
	case KindMap:
		f.mapped(st)
	}
}

func (f *fields) task(st *state) {
	st.Resource = f.resource()
	if !f.has("TimeoutSeconds") {
		f.bad("TimeoutSeconds", "say after how many seconds an attempt has failed", "it is missing, and AWS would wait for three years")
	}
	st.Timeout = f.seconds("TimeoutSeconds", 1)
	st.parameters = f.template("Parameters", false)
	f.results(st)
}

// results reads what tasks and Maps share.
func (f *fields) results(st *state) {
	st.selector = f.template("ResultSelector", false)
	st.result = f.resultPath()
	st.Retry = f.retriers()
	st.catches = f.catchers()
	f.transition(st)
}

func (f *fields) pass(st *state) {
	st.parameters = f.template("Parameters", false)
	v, ok := f.take("Result")
	if st.value, st.hasResult = plain(v), ok; ok && st.parameters != nil {
		f.bad("Result", "keep Result or Parameters", "Parameters say what the state gives, too")
	}
	st.result = f.resultPath()
	f.transition(st)
}

func (f *fields) fail(st *state) {
	st.errorName, st.cause = f.textOrPath("Error"), f.textOrPath("Cause")
	if !f.has("Error") && !f.has("ErrorPath") {
		f.bad("Error", "name the error", "it is missing")
	}
}

// textOrPath reads a field, or the one that says where it is found.
func (f *fields) textOrPath(name string) textOrPath {
	var out textOrPath
	out.text = f.text(name)
	if f.has(name+"Path") && f.has(name) {
		f.bad(name+"Path", "keep one of the two", "%s says it, too", name)
	}
	if out.path = f.path(name + "Path"); out.path == nil {
		f.bad(name+"Path", rightPath, "it is null")
	}
	if !f.has(name + "Path") {
		out.path = nil
	}
	return out
}

func (f *fields) mapped(st *state) {
	if _, ok := f.obj.get("Parameters"); ok {
		f.take("Parameters")
		f.bad("Parameters", "call it ItemSelector", "a Map has none")
	}
	if st.itemsPath = f.path("ItemsPath"); st.itemsPath == nil {
		f.bad("ItemsPath", rightPath, "it is null")
	}
	st.item = f.template("ItemSelector", true)
	st.MaxConcurrency = f.whole("MaxConcurrency", 0, maxConcurrency, 0)
	if st.MaxConcurrency == 0 {
		st.MaxConcurrency = maxConcurrency
	}
	f.results(st)
	v, ok := f.take("ItemProcessor")
	if !ok {
		f.bad("ItemProcessor", "write an object with StartAt and States", "it is missing")
		return
	}
	p := f.load.fieldsOf(within(f.place, "ItemProcessor"), v)
	if p == nil {
		return
	}
	if config, ok := p.take("ProcessorConfig"); ok {
		p.load.processorConfig(within(p.place, "ProcessorConfig"), config)
	}
	st.processor = p.load.scope(p)
	p.done()
}

func (l *loader) processorConfig(place string, v any) {
	f := l.fieldsOf(place, v)
	if f == nil {
		return
	}
	f.only("Mode", "INLINE")
	f.done()
}

// transition reads where a state leads: Next, or End.
func (f *fields) transition(st *state) {
	end, there := f.flag("End")
	switch next := f.has("Next"); {
	case next && there:
		f.bad("Next", "keep Next or End", "the state has both")
	case there && !end:
		f.bad("End", "write true, or Next in its place", "it is false")
	case !next && !f.has("End"):
		f.bad("Next", "name the next state, or write \"End\": true", "it is missing")
	}
	f.take("Next")
	if f.has("Next") {
		st.Next = []string{f.needed("Next", "name the next state")}
	}
}

// link finds the states that transitions name; false if one is not there.
func (l *loader) link(s *scope, names []string) bool {
	linked := true
	find := func(place, name string) *state {
		to := s.state(name)
		if to == nil && name != "" {
			l.problems.add(place, oneOf(name, names), "there is no state %q here", name)
		}
		linked = linked && to != nil
		return to
	}
	for _, st := range s.states {
		for i := range st.choices {
			st.choices[i].next = find(within(at(within(st.place, "Choices"), i), "Next"), st.choices[i].to)
		}
		if st.Kind == KindChoice {
			if len(st.Next) > len(st.choices) {
				st.fallback = find(within(st.place, "Default"), st.Next[len(st.choices)])
			}
		} else if len(st.Next) > 0 {
			st.next = find(within(st.place, "Next"), st.Next[0])
		}
		for i := range st.catches {
			st.catches[i].next = find(within(at(within(st.place, "Catch"), i), "Next"), st.catches[i].Next)
		}
	}
	return linked
}

// after are the states that st can lead to, in order, each once.
func (st *state) after() []*state {
	var out []*state
	add := func(to *state) {
		if to != nil && !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	for _, c := range st.choices {
		add(c.next)
	}
	add(st.fallback)
	add(st.next)
	for _, c := range st.catches {
		add(c.next)
	}
	return out
}
