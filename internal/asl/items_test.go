package asl_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/slipway-dev/slipway/internal/asl"
)

// mapOf is a Map with these fields over the task f.
func mapOf(fields string) string {
	return machine(`"A": {"Type": "Map", "End": true` + fields + `, "ItemProcessor": {"StartAt": "Check", "States": {
		"Check": {"Type": "Task", "Resource": "${f}", "TimeoutSeconds": 10, "End": true}}}}, "Caught": {"Type": "Pass", "End": true}`)
}

func withoutCaught(definition string) string {
	return strings.Replace(definition, `, "Caught": {"Type": "Pass", "End": true}`, "", 1)
}

func TestMap(t *testing.T) {
	for _, c := range []struct{ name, fields, input, want string }{
		{"in order", ``, `[3, 1, 2]`, `[3,1,2]`},
		{"nothing to do", ``, `[]`, `[]`},
		{"ItemsPath", `, "ItemsPath": "$.a", "ResultPath": "$.r"`, `{"a": [1]}`, `{"a":[1],"r":[1]}`},
		{
			"ItemSelector", `, "InputPath": "$.x", "ItemsPath": "$.a",
				"ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value.k", "s.$": "$.s", "c": 1}`,
			`{"x": {"a": [{"k": "p"}, {"k": "q"}], "s": true}}`, `[{"c":1,"i":0,"s":true,"v":"p"},{"c":1,"i":1,"s":true,"v":"q"}]`,
		},
		{"ItemSelector nowhere", `, "ItemSelector": {"v.$": "$$.Map.Item.Value.k"}`, `[{}]`, `States.Runtime in A: ItemSelector: the path $$.Map.Item.Value.k leads nowhere`},
		{"ResultSelector", `, "ResultSelector": {"first.$": "$[0]"}`, `[8, 9]`, `{"first":8}`},
		{"ResultPath null", `, "ResultPath": null`, `[8]`, `[8]`},
		{"no array", `, "ItemsPath": "$.a"`, `{"a": {}}`, `States.Runtime in A: ItemsPath: $.a leads to an object, not to an array`},
		{"nowhere", `, "ItemsPath": "$.a"`, `{}`, `States.Runtime in A: ItemsPath: the path $.a leads nowhere`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := load(t, withoutCaught(mapOf(c.fields)))
			if got := end(m.Run(t.Context(), newWorld(nil, nil).Run, json.RawMessage(c.input))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// As many items run at once as MaxConcurrency says, and no more; without it, 40.
func TestMaxConcurrency(t *testing.T) {
	for fields, want := range map[string]int{`, "MaxConcurrency": 1`: 1, `, "MaxConcurrency": 3`: 3, `, "MaxConcurrency": 0`: 40, ``: 40} {
		synctest.Test(t, func(t *testing.T) {
			var mu sync.Mutex
			now, most := 0, 0
			f := func(_ context.Context, in json.RawMessage) (json.RawMessage, error) {
				mu.Lock()
				now++
				most = max(most, now)
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				now--
				mu.Unlock()
				return in, nil
			}
			input, _ := json.Marshal(make([]int, 100))
			began := time.Now()
			if _, err := load(t, withoutCaught(mapOf(fields))).Run(t.Context(), newWorld(f, nil).Run, input); err != nil {
				t.Error(err)
			}
			if took := time.Duration((100+want-1)/want) * time.Second; most != want || time.Since(began) != took {
				t.Errorf("%s: %d at once in %v, want %d", fields, most, time.Since(began), want)
			}
		})
	}
}

// The item that fails first stops the others, which are waited for; what has
// not begun never does.
func TestItemFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		ended := []string{}
		f := func(ctx context.Context, in json.RawMessage) (json.RawMessage, error) {
			if string(in) == "1" {
				time.Sleep(time.Second)
				return nil, named("Bad")
			}
			<-ctx.Done()
			time.Sleep(2 * time.Second)
			mu.Lock()
			defer mu.Unlock()
			ended = append(ended, string(in)+" "+context.Cause(ctx).Error())
			return nil, ctx.Err()
		}
		w := newWorld(f, nil)
		began := time.Now()
		got := end(load(t, withoutCaught(mapOf(`, "MaxConcurrency": 3`))).Run(t.Context(), w.Run, json.RawMessage(`[0, 1, 2, 3]`)))
		if want := `Bad in A[1].Check: {"errorMessage":"it said Bad","errorType":"Bad"}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		slices.Sort(ended)
		if want := "[0 another item of the Map failed 2 another item of the Map failed]"; fmt.Sprint(ended) != want || time.Since(began) != 3*time.Second {
			t.Errorf("%v ended after %v", ended, time.Since(began))
		}
		if slices.Contains(w.path, "A[3].Check") {
			t.Errorf("went %v", w.path)
		}
	})
}

func TestMapRetriesAndCatches(t *testing.T) {
	const handlers = `, "MaxConcurrency": 1, "Retry": [{"ErrorEquals": ["Bad"], "MaxAttempts": 1}],
		"Catch": [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "Caught"}], "ItemsPath": "$.a"`
	m := load(t, mapOf(handlers))
	w := newWorld(answers("1", "!Bad", "1", "2"), nil)
	if got := end(m.Run(t.Context(), w.Run, json.RawMessage(`{"a": [0, 0]}`))); got != "[1,2]" {
		t.Error(got)
	}
	if got := strings.Join(w.path, " "); got != "A A[0].Check A[1].Check A#2 A[0].Check A[1].Check" {
		t.Error(got)
	}
	w = newWorld(answers("!Bad"), nil)
	want := `{"a":[0],"e":{"Cause":"{\"errorMessage\":\"it said Bad\",\"errorType\":\"Bad\"}","Error":"Bad"}}`
	if got := end(m.Run(t.Context(), w.Run, json.RawMessage(`{"a": [0]}`))); got != want {
		t.Error(got)
	}
}

// A Map in a Map has paths of both; a Fail in an item is the item's failure.
func TestNestedMap(t *testing.T) {
	m := load(t, machine(`"A": {"Type": "Map", "MaxConcurrency": 1, "End": true, "ItemProcessor": {"ProcessorConfig": {"Mode": "INLINE"},
		"StartAt": "B", "States": {"B": {"Type": "Map", "MaxConcurrency": 1, "End": true, "ItemProcessor": {"StartAt": "C", "States": {
			"C": {"Type": "Choice", "Choices": [{"Variable": "$", "NumericGreaterThan": 8, "Next": "D"}], "Default": "E"},
			"D": {"Type": "Fail", "Error": "TooMuch"}, "E": {"Type": "Succeed"}}}}}}}`))
	w := newWorld(nil, nil)
	if got := end(m.Run(t.Context(), w.Run, json.RawMessage(`[[1, 2], []]`))); got != "[[1,2],[]]" {
		t.Error(got)
	}
	if got := strings.Join(w.path, " "); got != "A A[0].B A[0].B[0].C A[0].B[0].E A[0].B[1].C A[0].B[1].E A[1].B" {
		t.Error(got)
	}
	if got := end(m.Run(t.Context(), w.Run, json.RawMessage(`[[1], [2, 9]]`))); got != "TooMuch in A[1].B[1].D: " {
		t.Error(got)
	}
}

// The time of a task is over: its context ends, and its answer is dropped.
func TestTimeout(t *testing.T) {
	for name, c := range map[string]struct {
		f    asl.Task
		took time.Duration
	}{
		"listens": {func(ctx context.Context, _ json.RawMessage) (json.RawMessage, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}, 5 * time.Second},
		"is slow":  {sleeps(7 * time.Second), 7 * time.Second},
		"is deaf":  {sleeps(time.Minute), 8 * time.Second},
		"is quick": {sleeps(5*time.Second - 1), 5*time.Second - 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(c.f, nil)
				w.Grace = 3 * time.Second
				began := time.Now()
				got := end(load(t, withCatchers(`, "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Caught"}]`)).Run(t.Context(), w.Run, nil))
				want := `{"Cause":"the task took longer than 5s","Error":"States.Timeout"}`
				if name == "is quick" {
					want = "1"
				}
				if took := time.Since(began); got != want || took != c.took {
					t.Errorf("got %s after %v", got, took)
				}
				time.Sleep(time.Minute) // until the deaf have ended
			})
		})
	}
}

// sleeps is a task that asks nobody.
func sleeps(d time.Duration) asl.Task {
	return func(context.Context, json.RawMessage) (json.RawMessage, error) {
		time.Sleep(d)
		return json.RawMessage("1"), nil
	}
}

// The end of the whole is neither retried nor caught.
func TestCancelled(t *testing.T) {
	enough := errors.New("enough")
	const handlers = `, "Retry": [{"ErrorEquals": ["States.ALL"]}], "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Caught"}]`
	waits := func(ctx context.Context, _ json.RawMessage) (json.RawMessage, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	for name, c := range map[string]struct {
		definition string
		f          asl.Task
		took       time.Duration
	}{
		"in a task":        {withCatchers(handlers), waits, 2 * time.Second},
		"in a deaf task":   {withCatchers(handlers), sleeps(time.Minute), 7 * time.Second},
		"in a Map":         {mapOf(handlers), waits, 2 * time.Second},
		"before a retry":   {withCatchers(handlers), answers("!X"), 2 * time.Second},
		"in a Map's retry": {mapOf(handlers), answers("!X"), 2 * time.Second},
		"in a deaf Map":    {mapOf(handlers), sleeps(time.Minute), 7 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(t.Context(), 2*time.Second, enough)
				defer cancel()
				w := newWorld(c.f, nil)
				w.Sleep = func(ctx context.Context, d time.Duration) error {
					select {
					case <-ctx.Done():
						return ctx.Err()
					case <-time.After(time.Hour + d):
						return nil
					}
				}
				began := time.Now()
				_, err := load(t, c.definition).Run(ctx, w.Run, json.RawMessage("[1, 2]"))
				if took := time.Since(began); !errors.Is(err, enough) || took != c.took || slices.Contains(w.path, "Caught") {
					t.Errorf("got %v after %v, went %v", err, took, w.path)
				}
				time.Sleep(time.Minute) // until the deaf have ended
			})
		})
	}
}
