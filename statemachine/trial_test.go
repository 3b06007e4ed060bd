package statemachine_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/asl"
	"github.com/slipway-dev/slipway/statemachine"
)

// TestPathsDeployed runs the definition on Step Functions along every path, and
// wants what the table says and what the interpreter does: the states, what each
// task is called with, the waits before retries, and the end. A path with a
// time-out is run twice: once the task says that it was one, and once it is, by a
// definition whose task has less time.
func TestPathsDeployed(t *testing.T) {
	d := deploy(t)
	var trials []*trial
	machine := d.create(t, statemachine.Definition)
	for i, p := range paths() {
		trials = append(trials, &trial{path: p, machine: machine, local: load(t), here: p.script(i), there: p.script(i)})
		for name, answers := range p.tasks {
			if slices.Contains(answers, timeout) {
				trials = append(trials, d.late(t, p, i, name))
			}
		}
	}
	ctx, cancel := context.WithTimeoutCause(t.Context(), patience, errors.New("it does not come to an end"))
	defer cancel()
	var wg sync.WaitGroup
	for _, r := range trials { // all at the same time, since most of it is waiting
		d.scripts.add(r.there)
		wg.Go(func() { r.wentThere, r.err = d.run(ctx, r.machine, r.there) })
		wg.Go(func() { r.wentHere, r.errHere = interpret(ctx, r.local, r.here) })
	}
	wg.Wait()
	for _, r := range trials {
		name := r.name
		if r.there.hangs {
			name += ", by the clock"
		}
		t.Run(name, r.compare)
	}
}

// trial is a path on both.
type trial struct {
	path
	machine             string // ARN
	local               *asl.Machine
	here, there         *script
	wentHere, wentThere went
	errHere, err        error
}

// patience is how long all of it may take: one that goes round for ever fails.
const patience = 5 * time.Minute

// timeLimit is what a task that hangs is given in place of the definition's, which
// are minutes.
const timeLimit = 15 * time.Second

// late is the trial of a path whose time-outs of one task are provoked.
func (d *deployment) late(t *testing.T, p path, n int, task string) *trial {
	t.Helper()
	definition := hurried(t, task)
	r := &trial{path: p, machine: d.create(t, definition), local: read(t, definition), here: p.script(n), there: p.script(n)}
	for _, s := range []*script{r.here, r.there} {
		s.sync, s.hangs = s.sync+"_late", true
	}
	return r
}

// hurried is the definition with timeLimit for one task.
func hurried(t *testing.T, task string) string {
	t.Helper()
	var definition any
	if err := json.Unmarshal([]byte(statemachine.Definition), &definition); err != nil {
		t.Fatal(err)
	}
	changed := 0
	var visit func(v any)
	visit = func(v any) {
		fields, ok := v.(map[string]any)
		if !ok {
			return
		}
		if fields["Resource"] == "${"+task+"}" {
			fields["TimeoutSeconds"] = timeLimit.Seconds()
			changed++
		}
		for _, f := range fields {
			visit(f)
		}
	}
	visit(definition)
	text, err := json.Marshal(definition)
	if err != nil || changed == 0 {
		t.Fatalf("%d states changed (%v)", changed, err)
	}
	return string(text)
}

// compare wants of the deployed machine what the table says, and what the
// interpreter did.
func (r *trial) compare(t *testing.T) {
	if err := errors.Join(r.err, r.errHere); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(visible(r.want), r.wentThere.path()); d != "" {
		t.Errorf("the states differ from the table (-table +deployed):\n%s(%s)", d, r.wentThere.end)
	}
	if r.wentThere.fails != r.fails {
		t.Errorf("ended with %q (%s), want %q", r.wentThere.fails, r.wentThere.end, r.fails)
	}
	agree(t, "states", visible(r.wentHere.path()), r.wentThere.path())
	agree(t, "calls", texts(r.here.called()), texts(r.there.called()))
	agree(t, "ends", ending(r.wentHere), ending(r.wentThere))
	agree(t, "errors of tasks", r.wentHere.errors, r.wentThere.errors)
	if len(r.wentHere.waits) != len(r.wentThere.waits) {
		t.Fatalf("waited for retries %v, want %v", r.wentThere.waits, r.wentHere.waits)
	}
	for i, want := range r.wentHere.waits {
		if got := r.wentThere.waits[i]; got < scaled(t, want)-time.Millisecond { // its clock counts them whole
			t.Errorf("retry %d came after %v, want %v or later", i+1, got, want)
		}
	}
}

// agree fails unless the deployed machine did what the interpreter does.
func agree[T any](t *testing.T, what string, here, there T) {
	t.Helper()
	if d := cmp.Diff(here, there); d != "" {
		t.Errorf("the %s differ (-interpreter +deployed):\n%s", what, d)
	}
}

func texts(calls []call) []string {
	var out []string
	for _, c := range calls {
		out = append(out, c.String())
	}
	return out
}

// ending is how a run ended: the output, or the error with its cause.
func ending(w went) any {
	if w.fails != "" {
		return []any{w.fails, causeOf(w.fails, w.end)}
	}
	var output any
	if err := json.Unmarshal([]byte(w.end), &output); err != nil {
		return err.Error()
	}
	return output
}
