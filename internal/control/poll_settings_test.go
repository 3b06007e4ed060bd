package control_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// losing is a store that loses the answer of a change of settings, or stops
// after it, as a process that dies does.
type losing struct {
	control.Store
	answer, stop bool
	stopped      bool
}

// UpdateEnvironment changes it, whatever it says.
func (s *losing) UpdateEnvironment(ctx context.Context, e slipway.Environment) error {
	err := s.Store.UpdateEnvironment(ctx, e)
	s.stopped = s.stop
	if s.answer {
		s.answer = false
		return fault.New(fault.Unavailable, "store-busy", "the store did not answer")
	}
	return err
}

// PutPoll fails once it has stopped.
func (s *losing) PutPoll(ctx context.Context, p slipway.Poll) error {
	if s.stopped {
		return fault.New(fault.Internal, "died", "the process died")
	}
	return s.Store.PutPoll(ctx, p)
}

func losingWorld(t *testing.T) (*world, *hooked, *losing) {
	t.Helper()
	store := &losing{}
	w, remote := leftWaiting(t, func(s control.Store) control.Store {
		store.Store = s
		return store
	})
	return w, remote, store
}

func TestALostAnswerBeginsThePollAnewToo(t *testing.T) {
	t.Parallel()
	w, remote, store := losingWorld(t)
	remote.onTip = func() error { return fault.New(fault.Unavailable, "repository-unreachable", "it is down") }
	w.untilDue()
	w.tick()
	store.answer = true
	res, err := w.SetEnvironment(w.ctx, "prod", control.EnvironmentChange{Triggers: &[]string{"user:signed_out"}}, ana)
	if err != nil || !res.Changed || w.poll().Failures != 0 {
		t.Errorf("set %+v, %v: the poll is %+v", res, err, w.poll())
	}
}

// TestAChangeThatStopsHalfway leaves no poll that is never due, or a day late,
// where it should be asked, and none that is asked where it should not be.
func TestAChangeThatStopsHalfway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, to int }{{0, 60}, {86400, 60}, {60, 0}, {86400, 0}} {
		t.Run(fmt.Sprint(c.from, " to ", c.to), func(t *testing.T) {
			t.Parallel()
			w, remote, store := losingWorld(t)
			w.configure(c.from)
			store.stop = true
			if _, err := w.SetEnvironment(w.ctx, "prod", control.EnvironmentChange{PollSeconds: &c.to}, ana); err == nil {
				t.Fatal("it did not stop")
			}
			store.stop, store.stopped = false, false
			asked := 0
			remote.onTip = func() error { asked++; return nil }
			for _, wait := range []time.Duration{2 * time.Minute, 25 * time.Hour} {
				w.pass(wait)
				w.tick()
				if (asked > 0) != (c.to > 0) {
					t.Errorf("asked %d times %v later", asked, wait)
				}
			}
		})
	}
}
