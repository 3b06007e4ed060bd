package gitremote

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// watch looks over one operation with one host, whatever the transport: it ends
// a host that falls silent, and remembers what faults are made from.
type watch struct {
	stall  time.Duration
	cancel context.CancelFunc // ends the operation

	mutex sync.Mutex
	timer *time.Timer // there while something is waited for

	tooMuch atomic.Bool // the host sent more than it may
	stalled atomic.Bool // the host fell silent
	cut     atomic.Bool // an answer ended before its end
}

// start begins to wait for the host.
func (w *watch) start() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	w.timer = time.AfterFunc(w.stall, func() {
		w.stalled.Store(true)
		w.cancel()
	})
}

// heard begins the wait anew: the host has sent something.
func (w *watch) heard() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.timer != nil {
		w.timer.Reset(w.stall)
	}
}

// end ends the wait.
func (w *watch) end() {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.timer != nil {
		w.timer.Stop()
		w.timer = nil
	}
}

// bounded gives out so many bytes of what a host sends, and then an error, or
// the end if quiet.
type bounded struct {
	watch *watch
	in    io.Reader
	left  int64
	quiet bool
	ended bool // the host sent an end
}

// Read waits for the host no longer than it may be silent.
func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 && b.quiet {
		return 0, io.EOF
	}
	if b.left <= 0 {
		b.watch.tooMuch.Store(true)
		return 0, errTooMuch
	}
	b.watch.start()
	defer b.watch.end()
	n, err := b.in.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	switch {
	case errors.Is(err, io.EOF):
		b.ended = true
	case err != nil:
		b.watch.cut.Store(true)
	}
	return n, err
}
