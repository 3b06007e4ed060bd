package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/slipway-dev/slipway/internal/api"
	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/slipway"
)

// The night: so many environments of one store are busy, each with one sync
// after the other, while somebody rolls back in another one.
const (
	busyEnvironments = 50
	busyAtOnce       = 4 // syncs side by side
	busyWorkflows    = 5
	rollbacks        = 200
)

// night measures from the call of a roll back to the answer of a resolve that
// shows it.
func (b *bench) night(ctx context.Context) error {
	r, err := newRepository(ctx, filepath.Join(b.dir, "night"), busyWorkflows)
	if err != nil {
		return err
	}
	c, err := newStore(ctx, b.slipway, filepath.Join(b.dir, "night-store"), r)
	if err != nil {
		return err
	}
	o, shut, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = shut() }()
	who := slipway.LocalActor("bench")
	if err := o.prepare(ctx, r, who); err != nil {
		return err
	}
	busy, stop := context.WithCancel(ctx)
	defer stop()
	synced := atomic.Int64{}
	var wg sync.WaitGroup
	places := make(chan struct{}, busyAtOnce)
	for n := range busyEnvironments {
		wg.Go(func() {
			for busy.Err() == nil {
				places <- struct{}{}
				_, err := o.Sync(busy, fmt.Sprint("busy", n), control.SyncOptions{Actor: who})
				<-places
				if err == nil {
					synced.Add(1)
				}
			}
		})
	}
	took, err := o.rollBackAndResolve(ctx, who)
	stop()
	wg.Wait()
	if err != nil {
		return err
	}
	slices.Sort(took)
	b.table.row(fmt.Sprintf("roll back to the resolve that shows it, %d environments busy: median", busyEnvironments), short(median(took)), "-", "-")
	b.table.row(fmt.Sprintf("the same, 99th of 100, beside 1 s (%d syncs ended meanwhile)", synced.Load()), short(took[len(took)*99/100]), "1.00 s", ratio(took[len(took)*99/100], time.Second))
	return nil
}

// prepare makes the busy environments, and two releases of the quiet one.
func (o opened) prepare(ctx context.Context, r *repository, who slipway.Actor) error {
	for n := range busyEnvironments {
		_, err := o.AddEnvironment(ctx, control.NewEnvironment{
			Slug: fmt.Sprint("busy", n), Repository: slipway.Repository{URL: r.url()}, Triggers: r.triggers(), Actor: who,
		})
		if err != nil {
			return fmt.Errorf("add environment: %w", err)
		}
	}
	for range 2 {
		if err := r.change(ctx); err != nil {
			return err
		}
		s, err := o.Sync(ctx, environment, control.SyncOptions{Actor: who})
		if err != nil || s.Status != slipway.SyncSucceeded {
			return fmt.Errorf("sync ended %s: %w", s.Status, err)
		}
	}
	return nil
}

// rollBackAndResolve makes the older and the newer deployment of one workflow
// live in turn, over HTTP, and resolves until that shows.
func (o opened) rollBackAndResolve(ctx context.Context, who slipway.Actor) ([]time.Duration, error) {
	token, err := o.CreateToken(ctx, control.NewToken{Name: "bench", Role: slipway.Deployer, Actor: who})
	if err != nil {
		return nil, fmt.Errorf("make token: %w", err)
	}
	handler, err := api.New(ctx, api.Options{
		Plane: o.Plane, Answers: o.store, Keys: o.store, Guard: auth.New(o.Plane, time.Now), Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		return nil, fmt.Errorf("make api: %w", err)
	}
	url, end, err := listen(handler)
	if err != nil {
		return nil, err
	}
	defer end()
	ds, _, err := o.Deployments(ctx, environment, control.DeploymentFilter{Workflow: "w0"}, control.Page{Limit: 2})
	if err != nil || len(ds) != 2 {
		return nil, fmt.Errorf("read %d deployments: %w", len(ds), err)
	}
	base := url + "/v1/environments/" + environment
	var took []time.Duration
	for n := range rollbacks {
		target := ds[(n+1)%2].ID
		start := time.Now()
		if _, err := call(ctx, http.MethodPost, base+"/deployments/"+target+"/live", *token.Secret); err != nil {
			return nil, err
		}
		for {
			answer, err := call(ctx, http.MethodGet, base+"/live/bench:0", *token.Secret)
			if err != nil {
				return nil, err
			}
			if strings.Contains(answer, target) {
				break
			}
		}
		took = append(took, time.Since(start))
	}
	return took, nil
}

var errRefused = errors.New("refused")

// call sends one request and reads the answer.
func call(ctx context.Context, method, url, token string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, nil)
	if err != nil {
		return "", fmt.Errorf("make request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("ask: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = fmt.Errorf("%w: %d %s", errRefused, resp.StatusCode, data)
	}
	return string(data), err
}
