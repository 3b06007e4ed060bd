package main

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/slipway-dev/slipway/internal/api"
	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// apiServer is the HTTP API over the store in a folder, and a worker that runs
// the syncs that are asked for.
type apiServer struct {
	address string
	token   string // of ana, for everything
	stop    func()
}

func startAPI(data string) (apiServer, error) {
	ctx, cancel := context.WithCancel(context.Background())
	p := &program{stdout: io.Discard, stderr: io.Discard, getenv: func(string) string { return "" }, now: time.Now}
	s := &session{program: p, ctx: ctx, cli: &cli{Data: data}}
	fail := func(err error) (apiServer, error) {
		cancel()
		s.close()
		return apiServer{}, err
	}
	plane, err := s.openPlane()
	if err != nil {
		return fail(err)
	}
	store, _, err := s.openParts()
	if err != nil {
		return fail(err)
	}
	token, err := plane.CreateToken(ctx, control.NewToken{Name: "ana", Role: slipway.Admin, Actor: slipway.LocalActor("you")})
	if err != nil {
		return fail(err)
	}
	handler, err := api.New(ctx, api.Options{
		Plane: plane, Answers: store, Keys: store, Guard: auth.New(plane, time.Now), Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		return fail(err)
	}
	wake, ended := make(chan struct{}, 1), make(chan struct{})
	go func() {
		defer close(ended)
		runAsked(ctx, plane, wake)
	}()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler.ServeHTTP(w, r)
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/syncs") {
			select {
			case wake <- struct{}{}:
			default:
			}
		}
	}))
	return apiServer{web.URL, *token.Secret, sync.OnceFunc(func() {
		web.Close()
		cancel()
		<-ended
		s.close()
	})}, nil
}

// runAsked runs what waits whenever it is woken.
func runAsked(ctx context.Context, plane *control.Plane, wake <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		}
		es, err := plane.Environments(ctx)
		for _, e := range es {
			if err == nil {
				_, err = plane.RunWaiting(ctx, e.ID)
			}
		}
	}
}
