package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/slipway-dev/slipway/internal/api"
	"github.com/slipway-dev/slipway/internal/auth"
	"github.com/slipway-dev/slipway/internal/console"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/gitremote"
	"github.com/slipway-dev/slipway/internal/server"
	"github.com/slipway-dev/slipway/internal/slipway"
)

type serveCmd struct {
	Listen                 string   `help:"Address to listen on. Default: 127.0.0.1:8080." placeholder:"HOST:PORT"`
	Host                   []string `help:"Names that requests may call the server by, separated by commas. May be repeated." placeholder:"NAMES"`
	TLSCert                string   `help:"File of the certificate, in PEM." name:"tls-cert" placeholder:"FILE"`
	TLSKey                 string   `help:"File of its key." name:"tls-key" placeholder:"FILE"`
	TrustedProxy           []string `help:"Addresses or prefixes of proxies before it, separated by commas. May be repeated." placeholder:"ADDRESSES"`
	Tick                   string   `help:"Time between two ticks of the clock. Default: 10s." placeholder:"DURATION"`
	Drain                  string   `help:"Time for what is under way to end when it stops. Default: 30s." placeholder:"DURATION"`
	Syncs                  string   `help:"Syncs that run side by side. Default: 2." placeholder:"N"`
	AllowLocalRepositories string   `help:"yes: also read repositories on its own disk and at addresses that are not public. Default: no." placeholder:"yes|no"`
	FailedSignIns          string   `help:"How often an address may fail to sign in within a minute. Default: 10." placeholder:"N"`
	LogFormat              string   `help:"text or json. Default: text." placeholder:"FORMAT"`
	LogLevel               string   `help:"debug, info, warn or error. Default: info." placeholder:"LEVEL"`
}

func (c *serveCmd) flags() map[string]string {
	return map[string]string{
		"listen": c.Listen, "host": strings.Join(c.Host, ","), "tls-cert": c.TLSCert, "tls-key": c.TLSKey, "trusted-proxy": strings.Join(c.TrustedProxy, ","), "tick": c.Tick,
		"drain": c.Drain, "syncs": c.Syncs, "allow-local-repositories": c.AllowLocalRepositories, "failed-sign-ins": c.FailedSignIns, "log-format": c.LogFormat, "log-level": c.LogLevel,
	}
}

// served is what the settings mean.
type served struct {
	data        string // folder
	door        server.Door
	tick, drain time.Duration
	syncs       int
	allowLocal  bool
	failures    int
	log         *slog.Logger
}

func (c *serveCmd) settings(s *session) (v served, err error) {
	dir, err := s.dataDir()
	if err != nil {
		return v, err
	}
	v.data = dir
	file, err := operatorFile{configPath(dir), s.getenv}.read()
	if err != nil {
		return v, err
	}
	set, err := settleServe(c.flags(), s.getenv, file.Serve)
	if err != nil {
		return v, err
	}
	v.door = server.Door{
		Address: set["listen"].text, Cert: set["tls-cert"].text, Key: set["tls-key"].text,
		Names: set["host"].list(), Proxies: set["trusted-proxy"].list(),
	}
	for i, name := range v.door.Names {
		v.door.Names[i] = strings.ToLower(name)
	}
	if v.tick, err = set["tick"].duration(time.Second, time.Hour); err != nil {
		return v, err
	}
	if v.drain, err = set["drain"].duration(0, time.Hour); err != nil {
		return v, err
	}
	if v.syncs, err = set["syncs"].number(1, 64); err != nil {
		return v, err
	}
	if v.allowLocal, err = set["allow-local-repositories"].yes(); err != nil {
		return v, err
	}
	if v.failures, err = set["failed-sign-ins"].number(1, 1_000_000); err != nil {
		return v, err
	}
	v.log, err = s.logger(set["log-format"], set["log-level"])
	return v, err
}

// logger writes to stderr.
func (s *session) logger(format, level settled) (*slog.Logger, error) {
	var o slog.HandlerOptions
	var least slog.Level
	if err := least.UnmarshalText([]byte(level.text)); err != nil {
		return nil, level.bad("say debug, info, warn or error")
	}
	o.Level = least
	switch format.text {
	case "json":
		return slog.New(slog.NewJSONHandler(s.stderr, &o)), nil
	case "text":
		return slog.New(slog.NewTextHandler(s.stderr, &o)), nil
	}
	return nil, format.bad("say text or json")
}

// Run serves until the program is told to end.
func (c *serveCmd) Run(s *session) error {
	if err := s.onlyLocal("serve", "it is one"); err != nil {
		return err
	}
	v, err := c.settings(s)
	if err != nil {
		return err
	}
	metrics, runner := server.NewMetrics(), server.NewRunner(v.syncs, v.log)
	plane, err := s.openPlaneWith(gitremote.Options{PublicOnly: !v.allowLocal}, func(o *control.Options) {
		o.Start = runner.Start
		o.Progress = nil
		o.Observe = func(e control.Event) {
			metrics.Happened(e)
			logEvent(v.log, e)
		}
	})
	if err != nil {
		return err
	}
	runner.Drive(plane)
	h, err := c.handlers(s, v, plane, metrics)
	if err != nil {
		return err
	}
	listener, err := v.door.Open()
	if err != nil {
		return err
	}
	if err := s.greet(plane, v, listener); err != nil {
		return errors.Join(err, listener.Close())
	}
	err = server.New(server.Options{
		Listener: listener, API: h.api, Console: h.console, Metrics: h.metrics, Plane: plane, Runner: runner, Log: v.log, Tick: v.tick, Drain: v.drain,
	}).Run(s.ctx)
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// handlers are what answers requests.
type handlers struct{ api, console, metrics http.Handler }

func (c *serveCmd) handlers(s *session, v served, plane *control.Plane, metrics *server.Metrics) (h handlers, err error) {
	s.store.Observe(metrics.Stored)
	guard := auth.New(plane, s.now)
	guard.AllowFailures(v.failures)
	h.api, err = api.New(s.ctx, api.Options{
		Plane: plane, Answers: s.store, Keys: s.store, Guard: guard, Log: v.log, Now: s.now, Version: version().Version, Hosts: v.door.Hosts(), Address: v.door.Sender,
		Observe: func(a api.Answered) { metrics.Answered(a.Operation, a.Status, a.Took) },
	})
	if err != nil {
		return h, err
	}
	h.console, err = console.New(s.ctx, console.Options{
		Plane: plane, Answers: s.store, Keys: s.store, Guard: guard, Log: v.log, Now: s.now, Version: version().Version, Hosts: v.door.Hosts(), Address: v.door.Sender,
		Secure:  v.door.Cert != "" || len(v.door.Proxies) > 0,
		Observe: func(a console.Answered) { metrics.Answered(a.Page, a.Status, a.Took) },
	})
	if err != nil {
		return h, err
	}
	h.metrics = metrics.Handler(plane, s.now, func(r *http.Request) error {
		if v.door.Direct(r) {
			return nil
		}
		who, err := guard.SignIn(r.Context(), r.Header.Get("Authorization"), v.door.Sender(r))
		if err == nil && !who.Everywhere() {
			err = who.Permit(slipway.Admin, "") // it is refused
		}
		return err
	})
	return h, nil
}

func logEvent(log *slog.Logger, e control.Event) {
	switch {
	case e.Began != nil:
		log.Info("sync began", "environment", e.Environment, "sync", e.Began.ID, "sequence", e.Began.Sequence, "by", e.Began.StartedBy.String())
	case e.Sync != nil:
		attributes := []any{"environment", e.Environment, "sync", e.Sync.ID, "status", e.Sync.Status, "found", e.Sync.Counts.Found, "live", e.Sync.Counts.Live}
		if e.Sync.Problem != nil {
			attributes = append(attributes, "code", e.Sync.Problem.Code, "detail", e.Sync.Problem.Detail)
		}
		log.Info("sync ended", attributes...)
	case e.Row != nil:
		log.Info("release", "environment", e.Environment, "number", e.Row.Number, "cause", e.Row.Cause, "actor", e.Row.Actor.String(), "changes", len(e.Row.Changes))
	}
}

// greet says where the server is, and how to come in: by a link that signs in
// whoever started it, where that is this machine alone.
func (s *session) greet(plane *control.Plane, v served, l net.Listener) error {
	at := v.address(l.Addr().String())
	v.log.Info("serving", "address", at, "data", v.data, "version", version().Version)
	s.print("serving on %s", at)
	s.print("the store is in %s", clean(v.data))
	if v.door.Near() {
		link, err := s.signInLink(at)
		if err != nil {
			return err
		}
		s.print("open the console, once and within %d minutes, with", int(console.LinkLife.Minutes()))
		s.print("  %s", link)
		s.print("another link: %s", s.command([]string{"sign-in"}))
	}
	tokens, err := plane.Tokens(context.WithoutCancel(s.ctx))
	if err == nil && len(tokens) == 0 {
		s.print("nobody has a token yet; make the first one, for yourself, with")
		s.print("  %s", s.command([]string{"token", "create", "NAME", "--role", string(slipway.Admin)}))
	}
	return nil
}

// address is where browsers find a server that listens there.
func (v served) address(at string) string {
	if v.door.Cert != "" {
		return "https://" + at
	}
	return "http://" + at
}
