package sandbox

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"modernc.org/quickjs"

	"github.com/slipway-dev/slipway/internal/check"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func limits() check.Limits {
	l := check.DefaultLimits()
	l.Evaluation = 300 * time.Millisecond
	if raceEnabled {
		l.Evaluation = 4 * time.Second
	}
	return l
}

// program is a bundle as package bundle makes them, in small.
func program(top, settings, def string) string {
	return "var workflow = (() => {\n" + top + "\nreturn { workflowSettings: " + settings + ", default: " + def + " };\n})();\n"
}

func evaluateIn(t *testing.T, code string) check.Evaluation {
	t.Helper()
	start := time.Now()
	e, err := New().Evaluate(t.Context(), []byte(code), limits())
	if err != nil {
		t.Fatalf("a program must not be a fault: %v", err)
	}
	if took := time.Since(start); took > 3*time.Second && !raceEnabled {
		t.Errorf("took %v", took)
	}
	return e
}

func TestVersionIsTheOneThatIsLinkedIn(t *testing.T) {
	if quickjs.Version() != check.QuickJSVersion {
		t.Errorf("check.QuickJSVersion is %q, the engine is %q", check.QuickJSVersion, quickjs.Version())
	}
}

func TestReadsSettings(t *testing.T) {
	e := evaluateIn(t, program("", `{id: "a", trigger: "t", name: 3, failurePolicy: {action: "stop"}, bindings: {"kinde.env": {secret: "s3cret"}, url: true}, more: 1}`, "async () => {}"))
	if e.Failure != nil {
		t.Fatalf("failed: %+v", e.Failure)
	}
	s := e.Settings
	if s.ID.Value != "a" || s.Trigger.Value != "t" || s.Name.Type != "number" || s.Action.Value != "stop" {
		t.Errorf("got %+v", s)
	}
	if len(s.Options) != 2 || s.Options[0] != (check.RawValue{Type: "object", Value: "kinde.env"}) || s.Options[1].Type != "boolean" {
		t.Errorf("options: %+v", s.Options)
	}
}

func TestDefaultKinds(t *testing.T) {
	for code, want := range map[string]check.DefaultKind{
		"undefined": check.DefaultNone, "async function f() {}": check.DefaultAsync, "async () => {}": check.DefaultAsync,
		"() => 1": check.DefaultSync, "class A {}": check.DefaultClass, "function* g() {}": check.DefaultGenerator,
		"async function* g() {}": check.DefaultGenerator, "{ async handle() {} }": check.DefaultHandler,
		"3": check.DefaultOther, "null": check.DefaultOther, "kinde": check.DefaultOther,
	} {
		if e := evaluateIn(t, program("", "{}", code)); e.Failure != nil || e.Default != want {
			t.Errorf("%s: got %q %+v, want %q", code, e.Default, e.Failure, want)
		}
	}
}

// Each attack has to end as its own failure, in time, on a process that lives on.
func TestAttacks(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector makes the attacks too slow to tell apart")
	}
	cases := []struct {
		name, top, settings string
		want                check.FailureKind
	}{
		{"endless loop", "for (;;) {}", "{}", check.TimedOut},
		{"loop that catches", "for (;;) { try { for (;;) {} } catch (e) {} finally { continue; } }", "{}", check.TimedOut},
		{"a gibibyte", "new ArrayBuffer(1 << 30)", "{}", check.OutOfSpace},
		{"growing array", "const a = []; for (;;) a.push(new Uint8Array(1 << 20))", "{}", check.OutOfSpace},
		{"growing string", "let s = 'x'; for (;;) s += s", "{}", check.OutOfSpace},
		{"deep recursion", "const f = () => 1 + f(); f()", "{}", check.TooDeep},
		{"recursive getter", "const o = { get a() { return o.a } }; o.a", "{}", check.TooDeep},
		{"recursive toString", "const o = { toString() { return '' + o } }; '' + o", "{}", check.TooDeep},
		{"regular expression", "/(a+)+$/.test('a'.repeat(40) + 'b')", "{}", check.TimedOut},
		{"throws", "null.x", "{}", check.Threw},
		{"throws no error", "throw { toString() { for (;;); } }", "{}", check.Threw},
		{"throws a proxy", "throw new Proxy({}, { get() { for (;;); } })", "{}", check.Threw},
		{"sparse array", "new Array(4294967295).indexOf(1)", "{}", check.Threw},
		{"sparse callback", "new Array(4294967295).forEach(() => {})", "{}", check.Threw},
		{"array-like", "[].includes.call({ length: 2 ** 53 - 1 }, 1)", "{}", check.Threw},
		{"lying array-like", "let n = 0; [].indexOf.call({ get length() { return n++ ? 2 ** 53 - 1 : 0 } }, 1)", "{}", check.Threw},
		{"lying proxy", "[].indexOf.call(new Proxy([], { get: (t, k) => k === 'length' ? 2 ** 53 - 1 : 0 }), 1)", "{}", check.Threw},
		{"array iterator", "new Array(4294967295).values().drop(4294967295).next()", "{}", check.Threw},
		{"spreadable", "[].concat({ length: 2 ** 52, [Symbol.isConcatSpreadable]: true })", "{}", check.Threw},
		{"long search", "'a'.repeat(1e6).indexOf('a'.repeat(5e5) + 'b')", "{}", check.Threw},
		{"JSON of a deep array", "let a = []; for (let i = 0; i < 1e4; i++) a = [a]; JSON.stringify(a)", "{}", check.TooDeep},
		{"built-ins replaced", "JSON.stringify = Object.keys = Array.isArray = () => { for (;;); }; String.prototype.slice = null; throw 1", "{}", check.Threw},
		{"getter loops", "", "{ get id() { for (;;); } }", check.Unreadable},
		{"getter throws", "", "{ get id() { throw new Error('no') } }", check.Unreadable},
		{"proxy loops", "", "new Proxy({}, { get() { for (;;); } })", check.Unreadable},
		{"proxy of keys", "", "new Proxy({}, { ownKeys() { for (;;); } })", check.Unreadable},
		{"bindings proxy", "", "{ bindings: new Proxy({}, { ownKeys() { throw 1 } }) }", check.Unreadable},
		{"engine's files", "const s = import.meta", "{}", check.Threw},
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			e := evaluateIn(t, program(tc.top, tc.settings, "async () => {}"))
			if e.Failure == nil || e.Failure.Kind != tc.want {
				t.Fatalf("got %+v, want %s", e.Failure, tc.want)
			}
			if len(e.Failure.Message) > 1000 {
				t.Error("the message is not bounded")
			}
		})
	}
}

// What the code does to the built-ins, and jobs that it leaves behind, does not
// change what is read.
func TestReadingIsApartFromTheCode(t *testing.T) {
	for name, top := range map[string]string{
		"toJSON":     "Object.prototype.toJSON = String.prototype.toJSON = () => 'hacked'",
		"stringify":  "JSON.stringify = () => 'hacked'; JSON.parse = null",
		"reflect":    "Reflect.apply = Reflect.ownKeys = Object.keys = () => ['hacked']",
		"array set":  "Object.defineProperty(Array.prototype, '0', { set() { throw 1 } })",
		"slice":      "String.prototype.slice = () => 'hacked'",
		"jobs":       "(function f() { Promise.resolve().then(f) })()",
		"loop job":   "Promise.resolve().then(() => { for (;;); })",
		"rejection":  "Promise.reject(new Error('x'))",
		"import":     "new Function('return import(\"/etc/hostname\")')().catch(() => {})",
		"huge name":  "",
		"weak":       "WeakSet.prototype.has = () => true",
		"has method": "WeakSet.prototype.add = () => { throw 1 }",
	} {
		e := evaluateIn(t, program(top, "{ id: 'a', trigger: 't', big: 'x'.repeat(1e6) }", "async () => {}"))
		if e.Failure != nil || e.Settings.ID.Value != "a" || e.Settings.Trigger.Value != "t" {
			t.Errorf("%s: %+v %+v", name, e.Failure, e.Settings)
		}
	}
}

// The methods that the prelude wraps are found as the engine's own are: no loop
// over an array comes to them, and the code may replace them.
func TestWrappedMethodsKeepTheirAttributes(t *testing.T) {
	e := evaluateIn(t, program(`const odd = [];
		for (const of of [Array, String]) for (const name of Reflect.ownKeys(of.prototype)) {
			const d = Object.getOwnPropertyDescriptor(of.prototype, name);
			if (typeof d.value === "function" && (!d.writable || d.enumerable || !d.configurable)) odd.push(String(name));
		}`, "{ id: 'odd: ' + odd.join() }", "async () => {}"))
	if e.Failure != nil || e.Settings.ID.Value != "odd: " {
		t.Errorf("%+v %q", e.Failure, e.Settings.ID.Value)
	}
}

func TestHugeSettingsAreBounded(t *testing.T) {
	e := evaluateIn(t, program("const b = {}; for (let i = 0; i < 1e4; i++) b['k'.repeat(100) + i] = {}", "{ id: 'x'.repeat(1e7), bindings: b }", "async () => {}"))
	if e.Failure != nil || len(e.Settings.ID.Value) != 4096 || len(e.Settings.Options) != 200 {
		t.Errorf("got %+v, id of %d, %d options", e.Failure, len(e.Settings.ID.Value), len(e.Settings.Options))
	}
}

func TestStandInsRecordTheirUse(t *testing.T) {
	e := evaluateIn(t, program("console.log('x', kinde.env.get('A').value);\nfor (const x of kinde.fetch('u')) {}\nnew URL('http://a').host + 1;", "{ id: kinde.env.get('ID') }", "async () => {}"))
	if e.Failure != nil {
		t.Fatalf("%+v", e.Failure)
	}
	var names []string
	for _, s := range e.Stubs {
		names = append(names, s.Name)
		if s.Line < 2 {
			t.Errorf("%s has no place", s.Name)
		}
	}
	if got := strings.Join(names, " "); got != "console kinde.env kinde.fetch URL" {
		t.Errorf("used: %s", got)
	}
	if e.Settings.ID.Type != "binding" {
		t.Errorf("an id from a binding is %+v", e.Settings.ID)
	}
}

func TestNoClockNoChance(t *testing.T) {
	code := program("const d = new Date(); class D extends Date {}", "{ id: [Date.now(), +new Date(), +d, +new D(), Date.UTC(2001, 0), new Date(5).getTime(), d instanceof Date, Date().slice(0, 15), Math.random(), typeof performance, new d.constructor().getTime()].join(' ') }", "async () => {}")
	first, second := evaluateIn(t, code), evaluateIn(t, code)
	want := "946684800000 946684800000 946684800000 946684800000 978307200000 5 true "
	if !strings.HasPrefix(first.Settings.ID.Value, want) || first.Settings.ID != second.Settings.ID {
		t.Errorf("got %q then %q (%+v)", first.Settings.ID.Value, second.Settings.ID.Value, first.Failure)
	}
	if !strings.HasSuffix(first.Settings.ID.Value, "undefined 946684800000") {
		t.Errorf("a clock is left: %q", first.Settings.ID.Value)
	}
}

func TestFailureHasThePlace(t *testing.T) {
	e := evaluateIn(t, "var workflow = (() => {\n  const a = null;\n  a.b;\n})();")
	if e.Failure == nil || e.Failure.Line != 3 || !strings.HasPrefix(e.Failure.Message, "TypeError") {
		t.Errorf("got %+v", e.Failure)
	}
}

func TestCallerGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("enough")
	time.AfterFunc(20*time.Millisecond, func() { cancel(why) })
	l := limits()
	l.Evaluation = 10 * time.Second
	if _, err := New().Evaluate(ctx, []byte("for (;;) {}"), l); !errors.Is(err, why) {
		t.Errorf("got %v, want the context's cause", err)
	}
}

// An engine that is closed gives its memory back.
func TestNothingLeaks(t *testing.T) {
	code := program("const a = []; for (let i = 0; i < 20; i++) a.push(new Uint8Array(1 << 20).fill(1)); globalThis.keep = a; null.x", "{}", "1")
	evaluateIn(t, code)
	before, goroutines := resident(t), runtime.NumGoroutine()
	for range 15 {
		evaluateIn(t, code)
	}
	if grown := resident(t) - before; grown > 60<<20 {
		t.Errorf("15 engines of 20 MiB left %d MiB", grown>>20)
	}
	if n := runtime.NumGoroutine(); n > goroutines+2 {
		t.Errorf("%d goroutines, %d before", n, goroutines)
	}
}
