package task

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

func TestLeasesCoverTheStates(t *testing.T) {
	m, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for step, least := range map[string]time.Duration{
		"start": time.Minute, "fetch": 3*2*time.Minute + time.Minute, "validate": 15 * time.Minute, "go live": 7 * time.Minute, "finish": 6 * time.Minute,
	} {
		if got := m.Lease(step, 1); got < least {
			t.Errorf("the lease for %s is %v, under %v", step, got, least)
		}
	}
	if one, many := m.Lease("validate", 1), m.Lease("validate", 40); many <= one {
		t.Errorf("40 batches have %v, one has %v", many, one)
	}
}

func TestErrorNames(t *testing.T) {
	for err, want := range map[error]string{
		fault.New(fault.Unavailable, "x", "x"): "Unavailable", fault.New(fault.LeaseLost, "x", "x"): "LeaseLost",
		fault.New(fault.NotFound, "x", "x"): "NotFound", errors.New("x"): "Internal",
	} {
		if got := ErrorName(fmt.Errorf("wrapped: %w", fail(err))); got != want {
			t.Errorf("%v is named %s, want %s", err, got, want)
		}
	}
}

func TestProblemComesThroughTheMachine(t *testing.T) {
	err := fail(fault.New(fault.Unavailable, "repository-unreachable", "the host is silent").WithHint("try again"))
	cause, _ := json.Marshal(map[string]string{"errorType": ErrorName(err), "errorMessage": err.Error()})
	got := stateError{Error: "Unavailable", Cause: string(cause)}.problem()
	want := slipway.Problem{Code: "repository-unreachable", Detail: "the host is silent", Hint: "try again", Transient: true}
	if *got != want {
		t.Errorf("got %+v, want %+v", *got, want)
	}
	for name, code := range map[string]string{"States.Timeout": "timed-out", "Sandbox.Timedout": "timed-out", "Runtime.ExitError": "crashed", "Runtime.OutOfMemory": "crashed", "Lambda.TooManyRequestsException": "throttled", "States.Runtime": "internal"} {
		if p := (stateError{Error: name, Cause: "no JSON"}).problem(); p.Code != code || p.Hint == "" {
			t.Errorf("%s is %+v", name, p)
		}
	}
}
