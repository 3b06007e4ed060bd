package asl

import (
	"math"
	"slices"
	"strings"
	"time"
)

// Error names of the language.
const (
	errorAll       = "States.ALL"
	errorTask      = "States.TaskFailed"
	errorTimeout   = "States.Timeout"
	errorRuntime   = "States.Runtime"
	errorDataLimit = "States.DataLimitExceeded"
	errorNoChoice  = "States.NoChoiceMatched"
	errorResult    = "States.ResultPathMatchFailure"
	errorCrash     = "Runtime.ExitError" // what AWS calls the crash of a function
)

// maxAttempts is how often a retrier may try again.
const maxAttempts = 100

// retriers reads Retry.
func (f *fields) retriers() []Retrier {
	var out []Retrier
	f.handlers("Retry", func(h *fields, last bool) {
		r := Retrier{
			Errors: h.errorEquals(last), Interval: h.seconds("IntervalSeconds", 1),
			MaxAttempts: h.whole("MaxAttempts", 0, maxAttempts, 3), Backoff: h.number("BackoffRate", 1, 2),
			MaxDelay: h.seconds("MaxDelaySeconds", int(longest/time.Second)),
		}
		if r.MaxDelay <= r.Interval && h.has("MaxDelaySeconds") {
			h.bad("MaxDelaySeconds", "write more than IntervalSeconds", "no delay would ever grow to it")
		}
		switch s := h.text("JitterStrategy"); {
		case s == "FULL":
			r.Jitter = true
		case s != "NONE" && h.has("JitterStrategy"):
			h.bad("JitterStrategy", `write "FULL" or "NONE"`, "it is %q", s)
		}
		out = append(out, r)
	})
	return out
}

// catchers reads Catch.
func (f *fields) catchers() []catch {
	var out []catch
	f.handlers("Catch", func(h *fields, last bool) {
		c := catch{result: h.resultPath()}
		c.Errors = h.errorEquals(last)
		c.Next = h.needed("Next", "name the state to go on with")
		out = append(out, c)
	})
	return out
}

// handlers reads the elements of Retry or Catch.
func (f *fields) handlers(name string, read func(h *fields, last bool)) {
	v, ok := f.take(name)
	if !ok {
		return
	}
	list, ok := v.([]any)
	if !ok {
		f.bad(name, "write an array of objects", "it is %s", kindOf(v))
	}
	for i, e := range list {
		if h := f.load.commented(at(within(f.place, name), i), e); h != nil {
			read(h, i == len(list)-1)
			h.done()
		}
	}
}

// errorEquals reads the names of a retrier's or a catcher's errors.
func (f *fields) errorEquals(last bool) []string {
	const name, right = "ErrorEquals", "write an array of error names"
	v, _ := f.take(name)
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		f.bad(name, right, "it names no error")
		return nil
	}
	var out []string
	for i, e := range list {
		s, ok := e.(string)
		if !ok || s == "" {
			f.bad(at(name, i), right, "it is no name")
			continue
		}
		f.load.noSubstitution(within(f.place, at(name, i)), s)
		if slices.Contains(out, s) {
			f.bad(at(name, i), "keep one of the two", "%q stands twice", s)
		}
		f.errorName(at(name, i), s)
		out = append(out, s)
	}
	if slices.Contains(out, errorAll) {
		if len(list) > 1 {
			f.bad(name, "let it stand alone: it matches the others, too", "%s stands beside other names", errorAll)
		}
		if !last {
			f.bad(name, "move it to the end: what follows is never reached", "%s is not in the last place", errorAll)
		}
	}
	return out
}

// errorName refuses names of the language that nothing here gives.
func (f *fields) errorName(place, name string) {
	given := []string{errorAll, errorTask, errorTimeout, errorDataLimit, errorNoChoice, errorResult}
	switch {
	case name == errorRuntime:
		f.bad(place, "leave it out", "%s always ends an execution: nothing retries or catches it", name)
	case strings.HasPrefix(name, "States.") && !slices.Contains(given, name):
		f.bad(place, oneOf(name, given), "%q is no error that is given here", name)
	}
}

// matches reports whether a list of names has an error: exactly, or by a name
// that stands for many. What ends an execution is matched by no such name.
func matches(names []string, name string) bool {
	terminal := name == errorRuntime || name == errorDataLimit
	for _, n := range names {
		switch {
		case n == name && name != errorRuntime:
			return true
		case n == errorAll && !terminal:
			return true
		case n == errorTask && !terminal && name != errorTimeout:
			return true
		}
	}
	return false
}

// delay is the n-th of a retrier, from 0, at its longest.
func (r Retrier) delay(n int) time.Duration {
	most := min(r.MaxDelay, longest)
	d := r.Interval.Seconds() * math.Pow(r.Backoff, float64(n))
	if d >= most.Seconds() {
		return most
	}
	return time.Duration(d * float64(time.Second))
}
