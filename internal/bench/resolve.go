package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slipway-dev/slipway/internal/api"
	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// How resolve is measured: clients that each send one request after the other,
// for a while at a time, in turns with the peer.
const (
	resolvers   = 8
	resolveTurn = 700 * time.Millisecond
	resolveRuns = 5
)

// load is what a server was asked in one turn.
type load struct {
	perSecond float64
	p99       time.Duration
}

// resolves measures resolve over loopback beside a handler that answers the same
// bytes and knows nothing.
func (b *bench) resolves(ctx context.Context, c command) error {
	p, shut, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = shut() }()
	token, err := p.CreateToken(ctx, control.NewToken{Name: "bench", Role: slipway.Viewer, Actor: slipway.LocalActor("bench")})
	if err != nil {
		return fmt.Errorf("make token: %w", err)
	}
	handler, err := api.New(ctx, api.Options{
		Plane: p.Plane, Answers: p.store, Keys: p.store, Guard: auth.New(p.Plane, time.Now), Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		return fmt.Errorf("make api: %w", err)
	}
	ours, endOurs, err := listen(handler)
	if err != nil {
		return err
	}
	defer endOurs()
	path := "/v1/environments/" + environment + "/live/" + "bench:1"
	ask := func(url string) func() error { return asking(ctx, url, *token.Secret, nil) }
	var answer []byte
	if err := asking(ctx, ours+path, *token.Secret, &answer)(); err != nil {
		return err
	}
	bare, endBare, err := listen(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}))
	if err != nil {
		return err
	}
	defer endBare()
	var mine, peers []load
	for range resolveRuns {
		peer, err := drive(ask(bare + "/"))
		if err != nil {
			return err
		}
		own, err := drive(ask(ours + path))
		if err != nil {
			return err
		}
		mine, peers = append(mine, own), append(peers, peer)
	}
	rate := func(l load) float64 { return l.perSecond }
	slow := func(l load) time.Duration { return l.p99 }
	a, bb := median(each(mine, rate)), median(each(peers, rate))
	b.table.row("resolves a second, beside a bare handler", fmt.Sprintf("%.0f", a), fmt.Sprintf("%.0f", bb), fmt.Sprintf("%.2f", a/bb))
	b.table.durations("the same, 99th of 100 by time", each(mine, slow), each(peers, slow))
	return nil
}

// listen serves on a port of this machine.
func listen(h http.Handler) (url string, end func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // ended by end
	if err != nil {
		return "", nil, fmt.Errorf("listen: %w", err)
	}
	s := &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.Serve(l) }()
	return "http://" + l.Addr().String(), func() { _ = s.Close() }, nil
}

// asking gives what sends one request on a client of its own connections, and
// keeps the answer where that is wanted.
func asking(ctx context.Context, url, token string, answer *[]byte) func() error {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: resolvers, MaxConnsPerHost: resolvers}}
	return func() error {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return fmt.Errorf("make request: %w", err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := client.Do(req)
		if err != nil {
			return fmt.Errorf("ask: %w", err)
		}
		defer func() { _ = resp.Body.Close() }()
		data, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != http.StatusOK {
			return fmt.Errorf("%s: status %d, %w", url, resp.StatusCode, err)
		}
		if answer != nil {
			*answer = data
		}
		return nil
	}
}

// drive sends requests from all clients for one turn.
func drive(ask func() error) (load, error) {
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		all    []time.Duration
		failed atomic.Pointer[error]
		end    = time.Now().Add(resolveTurn)
	)
	for range resolvers {
		wg.Go(func() {
			var took []time.Duration
			for time.Now().Before(end) {
				start := time.Now()
				if err := ask(); err != nil {
					failed.Store(&err)
					return
				}
				took = append(took, time.Since(start))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	wg.Wait()
	if err := failed.Load(); err != nil {
		return load{}, *err
	}
	slices.Sort(all)
	return load{float64(len(all)) / resolveTurn.Seconds(), all[len(all)*99/100]}, nil
}
