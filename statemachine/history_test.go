package statemachine_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sfn"
	"github.com/aws/aws-sdk-go-v2/service/sfn/types"
)

// unseen are the states of the definition that the emulator's history does not
// show, with the reason. All else is compared; and if one shows after all, the test
// fails, so that it is struck from here.
//
// The emulator writes no event for what goes on between the items of a Map but
// those of tasks: no MapIterationStarted, no StateEntered. Which state a task in a
// Map was called by is therefore read from the call: its item, and whether it is
// of one file alone.
func unseen() map[string]string {
	return map[string]string{
		"One by one": "a Map inside a Map has no events; each of its items is seen by its task's call",
		"Poisonous":  "a Pass inside a Map has no events; without it the Map would fail and Finish failed be entered",
	}
}

// visible is a path without what is unseen.
func visible(path string) string {
	states := slices.DeleteFunc(strings.Split(path, ", "), func(s string) bool { return unseen()[nameOf(s)] != "" })
	return strings.Join(states, ", ")
}

// history reads an execution's events.
func history(ctx context.Context, machines *sfn.Client, execution string) ([]types.HistoryEvent, error) {
	var events []types.HistoryEvent
	pages := sfn.NewGetExecutionHistoryPaginator(machines, &sfn.GetExecutionHistoryInput{ExecutionArn: &execution})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		events = append(events, page.Events...)
	}
	return events, nil
}

// reading is an execution's history as it is read, event by event.
type reading struct {
	went
	tasks  map[string]string // by the function's ARN
	state  string            // entered last
	tries  int               // at it
	maps   string            // the Map that was entered
	at     int               // how many states were entered until then
	within bool              // the execution is in it
	failed *types.HistoryEvent
	outer  []string // tasks called outside the Map
	inner  []string // and in it
}

// read reads what an execution did from its history, and for the items of its Map
// from its calls. The two must tell of the same calls.
func (d *deployment) read(events []types.HistoryEvent, calls []call) (went, error) {
	r := &reading{tasks: map[string]string{}}
	for name, arn := range d.functions {
		r.tasks[arn] = name
	}
	for _, e := range events {
		switch {
		case e.StateEnteredEventDetails != nil:
			if err := r.entered(e); err != nil {
				return r.went, err
			}
		case e.TaskScheduledEventDetails != nil:
			r.scheduled(e)
		case e.TaskFailedEventDetails != nil:
			r.failed = &e
			r.errors = append(r.errors, aws.ToString(e.TaskFailedEventDetails.Error))
		}
	}
	return r.went, r.place(calls)
}

func (r *reading) entered(e types.HistoryEvent) error {
	r.state, r.tries = aws.ToString(e.StateEnteredEventDetails.Name), 0
	if why := unseen()[r.state]; why != "" {
		return fmt.Errorf("the history shows %q after all: strike it from what is unseen (%s)", r.state, why)
	}
	r.states = append(r.states, r.state)
	if r.within = e.Type == types.HistoryEventTypeMapStateEntered; r.within {
		r.maps, r.at = r.state, len(r.states)
	}
	return nil
}

func (r *reading) scheduled(e types.HistoryEvent) {
	resource := aws.ToString(e.TaskScheduledEventDetails.Resource)
	if r.failed != nil && r.failed.Id == e.Id-1 && aws.ToString(r.failed.TaskFailedEventDetails.Resource) == resource {
		r.waits = append(r.waits, e.Timestamp.Sub(*r.failed.Timestamp))
	}
	if r.within {
		r.inner = append(r.inner, r.tasks[resource])
		return
	}
	r.outer = append(r.outer, r.tasks[resource])
	if r.tries++; r.tries > 1 {
		r.states = append(r.states, fmt.Sprint(r.state, "#", r.tries))
	}
}

// place puts the states of the Map's items where the Map was entered.
func (r *reading) place(calls []call) error {
	var outer, inner, states []string
	tries := map[string]int{}
	for _, c := range calls {
		if !c.inMap() {
			outer = append(outer, c.task)
			continue
		}
		inner = append(inner, c.task)
		state := c.state(r.maps)
		if tries[state]++; tries[state] > 1 {
			state += fmt.Sprint("#", tries[state])
		}
		states = append(states, state)
	}
	slices.Sort(inner)
	slices.Sort(r.inner)
	if !slices.Equal(outer, r.outer) || !slices.Equal(inner, r.inner) {
		return fmt.Errorf("the history has the tasks %v and %v in the Map, called were %v and %v", r.outer, r.inner, outer, inner)
	}
	r.states = slices.Insert(r.states, r.at, states...)
	return nil
}

// state is the state of a Map that called.
func (c call) state(maps string) string {
	item := fmt.Sprintf("%s[%d].", maps, c.number("index"))
	switch only := c.number("only"); {
	case only > 0:
		return fmt.Sprintf("%sOne by one[%d].Validate one", item, only-1)
	case c.task == "Split":
		return item + "Split batch"
	}
	return item + "Validate batch"
}

// scaled is a wait as the emulator makes it: SFN_WAIT_SCALE shortens them.
func scaled(t *testing.T, d time.Duration) time.Duration {
	t.Helper()
	text := os.Getenv("SFN_WAIT_SCALE")
	if text == "" {
		return d
	}
	scale, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return time.Duration(float64(d) * scale)
}
