package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// TestATickThatFailsTellsWhatItDid: a program reads what was done in one
// environment also where another failed, in one document.
func TestATickThatFailsTellsWhatItDid(t *testing.T) {
	t.Parallel()
	failed := fault.New(fault.Unavailable, "store-busy", "it is busy").WithHint("ask again")
	for _, c := range []struct {
		ticked []control.Ticked
		failed error
		code   string
		status error
	}{
		{[]control.Ticked{{Environment: "prod"}}, nil, "", nil},
		{[]control.Ticked{{Environment: "prod"}}, failed, "store-busy", exitStatus(exitRefused)},
		{nil, failed, "", failed},
	} {
		var out bytes.Buffer
		s := &session{program: &program{name: "slipway", stdout: &out}, json: true, cli: &cli{}}
		if err := s.printTickedJSON(c.ticked, c.failed); !errors.Is(err, c.status) {
			t.Errorf("%+v: ends with %v, want %v", c, err, c.status)
		}
		var got struct {
			Ticked []control.Ticked
			Error  refusal
		}
		if err := json.Unmarshal(out.Bytes(), &got); err != nil && out.Len() > 0 {
			t.Fatalf("printed %s: %v", out.Bytes(), err)
		}
		if len(got.Ticked) != len(c.ticked) || got.Error.Code != c.code {
			t.Errorf("printed %s", out.Bytes())
		}
	}
}
