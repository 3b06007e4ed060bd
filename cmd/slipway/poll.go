package main

import (
	"fmt"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/when"
)

// parsePoll reads how often a branch is asked for its tip, in seconds: nil for "",
// 0 for off.
func parsePoll(text string) (*int, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // nothing was said
	}
	if seconds, ok := when.Poll(text); ok {
		return &seconds, nil
	}
	return nil, fault.New(fault.Invalid, "bad-poll", "%q does not say how often", text).WithHint("write a length of time in whole seconds, such as 30s, 2m or 1h, or off")
}

// polled says in one line how a branch is asked for its tip, and what came of it.
func polled(p control.PollView) string {
	if p.EverySeconds == 0 {
		return "off"
	}
	text := "every " + (time.Duration(p.EverySeconds) * time.Second).String()
	if p.Due != nil {
		text += ", next at " + stamp(*p.Due)
	}
	if p.Problem != nil {
		text += fmt.Sprintf("; failed %d times: %s [%s]", p.Failures, clean(p.Problem.Detail), p.Problem.Code)
	}
	return text
}
