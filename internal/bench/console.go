package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// pageTurns is how often the page is asked for.
const pageTurns = 50

// page measures the console's page of an environment on a store of many
// workflows: the time to its first byte, over loopback, beside what the store took
// of that.
func (b *bench) page(ctx context.Context, c command) error {
	p, shut, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = shut() }()
	client, at, end, err := p.reader(ctx)
	if err != nil {
		return err
	}
	defer end()
	var stored atomic.Int64
	p.store.Observe(func(_ string, took time.Duration) { stored.Add(int64(took)) })
	var pages, queries []time.Duration
	for range pageTurns {
		stored.Store(0)
		took, err := firstByte(ctx, client, at)
		if err != nil {
			return err
		}
		pages, queries = append(pages, took), append(queries, time.Duration(stored.Load()))
	}
	b.table.durations(fmt.Sprintf("the console's page of %d workflows, beside the store's part of it", b.workflows), pages, queries)
	return nil
}

// reader serves the console and signs in: it gives the browser of who did, and the
// page's address.
func (o opened) reader(ctx context.Context) (client *http.Client, at string, end func(), err error) {
	handler, err := console.New(ctx, console.Options{
		Plane: o.Plane, Answers: o.store, Keys: o.store, Guard: auth.New(o.Plane, time.Now), Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		return nil, "", nil, fmt.Errorf("make console: %w", err)
	}
	token, err := o.CreateToken(ctx, control.NewToken{Name: "reader", Role: slipway.Viewer, Actor: slipway.LocalActor("bench")})
	if err != nil {
		return nil, "", nil, fmt.Errorf("make token: %w", err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, "", nil, fmt.Errorf("keep cookies: %w", err)
	}
	site, end, err := listen(handler)
	if err != nil {
		return nil, "", nil, err
	}
	client, at = &http.Client{Jar: jar}, site+console.Root+"/environments/"+environment
	form := url.Values{"token": {*token.Secret}, "next": {strings.TrimPrefix(at, site)}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, site+console.Root+"/sign-in", strings.NewReader(form.Encode()))
	if err == nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		err = send(client, req) // and follows to the page
	}
	if err != nil {
		end()
		return nil, "", nil, fmt.Errorf("sign in: %w", err)
	}
	return client, at, end, nil
}

// firstByte is the time from asking to the first byte of the answer, which is read
// to its end.
func firstByte(ctx context.Context, client *http.Client, at string) (took time.Duration, err error) {
	var began, first time.Time
	trace := &httptrace.ClientTrace{GotFirstResponseByte: func() { first = time.Now() }}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodGet, at, nil)
	if err != nil {
		return 0, fmt.Errorf("make request: %w", err)
	}
	began = time.Now()
	if err := send(client, req); err != nil {
		return 0, err
	}
	return first.Sub(began), nil
}

// send sends a request whose answer must be the page, and reads it to its end.
func send(client *http.Client, req *http.Request) error {
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("ask: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err == nil && (resp.StatusCode != http.StatusOK || !strings.Contains(string(body), "workflow-w1\"")) {
		err = fmt.Errorf("%s answered %s", req.URL.Path, resp.Status)
	}
	return err
}
