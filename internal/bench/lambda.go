package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// runtimeAPI is Lambda's Runtime API for one process: it gives one event, and
// keeps the first that the process says.
type runtimeAPI struct {
	event string
	given atomic.Bool
	said  chan said // room for one
}

// said is what a function answered, and when that had arrived.
type said struct {
	text string
	at   time.Time
	bad  bool // it is an error, or the function could not start
}

func (r *runtimeAPI) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", r.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/one/response", r.hear(false))
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/one/error", r.hear(true))
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", r.hear(true))
	return mux
}

// next gives the event, and has no second one.
func (r *runtimeAPI) next(w http.ResponseWriter, q *http.Request) {
	if r.given.Swap(true) {
		<-q.Context().Done()
		return
	}
	h := w.Header()
	h.Set("Lambda-Runtime-Aws-Request-Id", "one")
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(time.Now().Add(time.Minute).UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-west-1:123456789012:function:bench")
	_, _ = io.WriteString(w, r.event) // who hung up needs none
}

func (r *runtimeAPI) hear(bad bool) http.HandlerFunc {
	return func(w http.ResponseWriter, q *http.Request) {
		data, err := io.ReadAll(q.Body)
		select {
		case r.said <- said{string(data), time.Now(), bad || err != nil}:
		default: // it is not the first
		}
		w.WriteHeader(http.StatusAccepted)
	}
}

// firstAnswer starts a function and gives it an event. It says how long it took
// from the start of the process to its answer, and ends it. Each process has a
// Runtime API of its own: the last request of one that is ended cannot take the
// event of the next.
func firstAnswer(ctx context.Context, program, event, want string, env []string) (time.Duration, error) {
	r := &runtimeAPI{event: event, said: make(chan said, 1)}
	url, end, err := listen(r.handler())
	if err != nil {
		return 0, err
	}
	defer end()
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	var log strings.Builder
	c := exec.CommandContext(ctx, program)
	c.Stderr = &log
	c.Env = append([]string{"AWS_LAMBDA_RUNTIME_API=" + strings.TrimPrefix(url, "http://")}, env...)
	start := time.Now()
	if err := c.Start(); err != nil {
		cancel()
		return 0, fmt.Errorf("start %s: %w", program, err)
	}
	exited := make(chan struct{})
	go func() { _ = c.Wait(); close(exited) }()
	var first said
	select {
	case first = <-r.said:
	case <-exited:
	}
	cancel()
	<-exited // and the log is whole
	if first.bad || !strings.Contains(first.text, want) {
		return 0, fmt.Errorf("%s answers %q, not %s: %s", program, first.text, want, &log)
	}
	return first.at.Sub(start), nil
}
