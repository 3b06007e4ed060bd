package sandbox

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"runtime/debug"
	"sync"
	"time"

	"modernc.org/quickjs"

	"github.com/slipway-dev/slipway/internal/check"
	"github.com/slipway-dev/slipway/internal/fault"
)

//go:embed prelude.js
var prelude string

// Sandbox is a check.Evaluator. It holds the compiled prelude and nothing else:
// no engine sees what another did.
type Sandbox struct {
	compile  sync.Once
	bytecode []byte // of the prelude, nil until it is compiled
	problem  error
}

var _ check.Evaluator = (*Sandbox)(nil)

// New returns a sandbox.
func New() *Sandbox { return &Sandbox{} }

// grace is how long an engine may take beyond its time limits. The limits are
// looked at between steps of the code; one step inside the engine that takes
// longer cannot be stopped, only left behind.
const grace = time.Second

// Evaluate runs code in an engine of its own, on a goroutine of its own. Code
// that keeps the engine from noticing its time limit has failed by time-out, and
// its engine is closed when the step it is in ends.
func (s *Sandbox) Evaluate(ctx context.Context, code []byte, l check.Limits) (check.Evaluation, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	answer := make(chan outcome, 1)
	go func() {
		growStack()
		answer <- s.evaluate(ctx, string(code), l)
	}()
	late := time.NewTimer(2*l.Evaluation + grace)
	defer late.Stop()
	select {
	case o := <-answer:
		if ctx.Err() != nil {
			return check.Evaluation{}, context.Cause(ctx)
		}
		return o.evaluation, o.err
	case <-ctx.Done():
		select { // the engine is interrupted: give it a moment to close
		case <-answer:
		case <-late.C:
		}
		return check.Evaluation{}, context.Cause(ctx)
	case <-late.C:
		return check.Evaluation{Failure: &check.Failure{Kind: check.TimedOut, Message: "the engine could not be interrupted"}}, nil
	}
}

type outcome struct {
	evaluation check.Evaluation
	err        error
}

// growStack makes the goroutine's stack as large as common code needs it, at
// once, while there is nothing on it to copy. The engine's own functions have
// large frames.
//
//go:noinline
func growStack() byte {
	var frame [96 << 10]byte
	return frame[0]
}

// compiled is the prelude as the engine reads it fastest. It is made once, in an
// engine of its own: parsing takes longer than all that common code does.
func (s *Sandbox) compiled() ([]byte, error) {
	s.compile.Do(func() {
		vm, err := quickjs.NewVM()
		if err != nil {
			s.problem = internal(err)
			return
		}
		defer func() { _ = vm.Close() }()
		if s.bytecode, err = vm.Compile(prelude, quickjs.EvalGlobal); err != nil {
			s.problem = internal(err)
		}
	})
	return s.bytecode, s.problem
}

func (s *Sandbox) evaluate(ctx context.Context, code string, l check.Limits) (o outcome) {
	debug.SetPanicOnFault(true) // of this goroutine, which runs the engine's memory
	defer func() {
		if r := recover(); r != nil {
			o = outcome{evaluation: check.Evaluation{Failure: &check.Failure{Kind: check.Threw, Message: "the code crashed the engine"}}}
		}
	}()
	first, err := s.compiled()
	if err != nil {
		return outcome{err: err}
	}
	vm, err := quickjs.NewVM()
	if err != nil {
		return outcome{err: internal(err)}
	}
	defer func() { _ = vm.Close() }()
	defer context.AfterFunc(ctx, vm.Interrupt)()
	vm.SetMemoryLimit(uintptr(l.Memory))
	vm.SetCanBlock(false)
	return run(vm, first, code, l)
}

// run runs the prelude, whose bytecode is first, and then the code.
func run(vm *quickjs.VM, first []byte, code string, l check.Limits) outcome {
	read, err := vm.EvalBytecodeValue(first)
	if err != nil {
		return outcome{err: internal(err)}
	}
	defer read.Free()
	// From here on: the prelude is ours, and a slow machine is no fault.
	if err := vm.SetEvalTimeout(l.Evaluation); err != nil {
		return outcome{err: internal(err)}
	}
	result, err := vm.EvalValue(code, quickjs.EvalGlobal)
	if err != nil {
		return failed(failureOf(err))
	}
	result.Free()
	text, err := read.Call(quickjs.UndefinedValue)
	if err != nil {
		f := failureOf(err)
		f.Kind = check.Unreadable
		return failed(f)
	}
	return decode(text, l)
}

// decode reads the one text that left the engine, and trusts nothing in it.
func decode(answer any, l check.Limits) outcome {
	text, ok := answer.(string)
	if !ok || len(text) > l.SettingBytes {
		return failed(check.Failure{Kind: check.Unreadable, Message: "the settings are too large"})
	}
	var d struct {
		Stubs []struct {
			Name  string `json:"name"`
			Stack string `json:"stack"`
		} `json:"stubs"`
		Default  check.DefaultKind `json:"default"`
		Settings check.RawSettings `json:"settings"`
	}
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return failed(check.Failure{Kind: check.Unreadable, Message: "the settings are not plain data"})
	}
	e := check.Evaluation{Settings: d.Settings, Default: d.Default}
	for _, stub := range d.Stubs {
		line, column := frame(stub.Stack)
		e.Stubs = append(e.Stubs, check.Stub{Name: stub.Name, Line: line, Column: column})
	}
	return outcome{evaluation: e}
}

func failed(f check.Failure) outcome {
	return outcome{evaluation: check.Evaluation{Failure: &f}}
}

func internal(err error) error {
	return fault.Wrap(err, fault.Internal, "sandbox", "the sandbox could not be set up")
}

// failureOf says what an engine's error means.
func failureOf(err error) check.Failure {
	f := check.Failure{Kind: check.Threw, Message: cut(err.Error())}
	if e, ok := errors.AsType[*quickjs.Error](err); ok {
		f.Line, f.Column = frame(e.Stack)
		if e.Name != "" && e.Message != "" {
			f.Message = cut(e.Name + ": " + e.Message)
		}
		if e.Name == "InternalError" {
			f.Kind = kindOf(e.Message)
		}
	}
	return f
}
