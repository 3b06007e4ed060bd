package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slipway-dev/slipway/internal/control"
)

// Plane is what the server drives.
type Plane interface {
	Tick(ctx context.Context) ([]control.Ticked, error)
	RunNext(ctx context.Context, env string) (ran bool, err error)
	RunPlan(ctx context.Context, env, id string) (control.Plan, error)
	// Ready fails while the store does not answer.
	Ready(ctx context.Context) error
}

var _ Plane = (*control.Plane)(nil)

// Options are what a server is made of. All are required.
type Options struct {
	Listener net.Listener // closed by Run
	API      http.Handler
	Console  http.Handler // of / and what is below /console
	Metrics  http.Handler // whoever may ask for them is its own to say
	Plane    Plane
	Runner   *Runner // whose Start the plane calls
	Log      *slog.Logger
	Tick     time.Duration // between two ticks of the clock
	Drain    time.Duration // for what is under way when it stops
}

// Server is the HTTP server, the runner and the clock.
type Server struct {
	Options
	http     *http.Server
	stopping atomic.Bool
}

// How long a connection may take; answers have no limit of their own, their
// handlers do.
const (
	headerTime = 10 * time.Second
	readTime   = 30 * time.Second
	idleTime   = 2 * time.Minute
	writeTime  = 2 * time.Minute // for a reader to take the next part of an answer
	maxHeader  = 16 << 10
)

// ReadyTime is how long the store may take to answer a readiness check.
const readyTime = 2 * time.Second

// New returns a server that Run starts.
func New(o Options) *Server {
	s := &Server{Options: o}
	mux := http.NewServeMux()
	mux.Handle("/", o.API)
	for _, pattern := range []string{"GET /{$}", "/console", "/console/"} {
		mux.Handle(pattern, o.Console)
	}
	mux.HandleFunc("GET /healthz", s.healthy)
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", o.Metrics)
	s.http = &http.Server{
		Handler: patient(mux, writeTime), ReadHeaderTimeout: headerTime, ReadTimeout: readTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		ErrorLog: slog.NewLogLogger(o.Log.Handler(), slog.LevelDebug),
	}
	return s
}

// Run serves until ctx ends, then drains: requests under way are answered, and
// what runs gets the drain time to end before it is interrupted. What waits
// stays for the next start. The error is that of serving.
func (s *Server) Run(ctx context.Context) error {
	failed := make(chan error, 1)
	go func() { failed <- s.http.Serve(s.Listener) }()
	beats, stopClock := context.WithCancel(context.WithoutCancel(ctx))
	var clock sync.WaitGroup
	clock.Go(func() { s.beat(beats) })
	var err error
	select {
	case <-ctx.Done():
		s.Log.Info("stopping", "drain", s.Drain.String())
	case err = <-failed:
	}
	s.stopping.Store(true)
	s.Runner.Close()
	stopClock()
	if err == nil {
		err = s.stopAccepting(failed)
	}
	clock.Wait()
	return errors.Join(err, s.drain(context.WithoutCancel(ctx)))
}

// stopAccepting closes the listener. Only when nothing more is accepted are all
// connections known, for drain to wait for.
func (s *Server) stopAccepting(served <-chan error) error {
	if err := s.Listener.Close(); err != nil {
		return fmt.Errorf("close the listener: %w", err)
	}
	if err := <-served; !errors.Is(err, net.ErrClosed) && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// drain waits for requests and work, and then ends what is left.
func (s *Server) drain(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, s.Drain)
	defer cancel()
	var requests error
	var answered sync.WaitGroup
	answered.Go(func() {
		if requests = s.http.Shutdown(within); requests != nil {
			requests = fmt.Errorf("answer the requests under way: %w", errors.Join(requests, s.http.Close()))
		}
	})
	if left := s.Runner.Wait(within); left > 0 {
		s.Log.Warn("interrupting what is under way", "work", left)
		s.Runner.Interrupt()
	}
	answered.Wait()
	s.Runner.Interrupt() // the last requests may have asked for more
	s.Log.Info("stopped")
	return requests
}

// beat ticks at once and then regularly, until ctx ends. A tick that takes
// longer than the interval delays the next.
func (s *Server) beat(ctx context.Context) {
	t := time.NewTicker(s.Tick)
	defer t.Stop()
	for {
		ticked, err := s.Plane.Tick(ctx)
		s.tell(ctx, ticked, err)
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

func (s *Server) tell(ctx context.Context, ticked []control.Ticked, err error) {
	if err != nil && ctx.Err() == nil {
		s.Log.Error("tick", "error", err)
	}
	for _, t := range ticked {
		switch {
		case t.Ended != nil:
			s.Log.Warn("ended a sync whose worker had died", "environment", t.Environment, "sync", t.Ended.ID)
		case t.Problem != nil:
			s.Log.Warn("the branch gives no tip", "environment", t.Environment, "code", t.Problem.Code, "detail", t.Problem.Detail)
		case t.Asked != nil:
			s.Log.Info("the branch has moved", "environment", t.Environment, "sync", t.Asked.ID)
		}
	}
}

// healthy says that the process is there.
func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "ok") }

// ready says whether requests make sense: the store answers, and the server is
// not stopping.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.stopping.Load() {
		plain(w, http.StatusServiceUnavailable, "stopping")
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), readyTime)
	defer cancel()
	if err := s.Plane.Ready(ctx); err != nil {
		s.Log.Warn("not ready", "error", err)
		plain(w, http.StatusServiceUnavailable, "the store does not answer")
		return
	}
	plain(w, http.StatusOK, "ok")
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = fmt.Fprintln(w, text) // who asked has gone
}
