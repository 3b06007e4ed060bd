package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
)

// endpoints is the variable in which the command finds them.
const endpoints = "SLIPWAY_DYNAMODB_ENDPOINTS"

func main() {
	need := flag.Bool("need", false, "fail where an emulator cannot be had")
	deploy := flag.Bool("stack", false, "deploy the stack too, and delete it afterwards")
	elsewhere := flag.String("at", "", "start no emulator: deploy to the `environment` of samconfig.toml at AWS_ENDPOINT_URL")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	r := run{need: *need, deploy: *deploy, command: flag.Args()}
	if *elsewhere != "" {
		r.deploy, r.at, r.endpoint = true, *elsewhere, os.Getenv("AWS_ENDPOINT_URL")
	}
	code, err := r.do(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "emulators:", err)
	}
	os.Exit(code)
}

// run is a command and what is to stand beside it.
type run struct {
	need    bool // whatever cannot be had is a failure
	deploy  bool
	command []string
	// at names the environment of samconfig.toml to deploy to, "" for the emulator
	// that is started here, and endpoint is where it is.
	at, endpoint string
}

// do gives the command's exit code.
func (r run) do(ctx context.Context) (code int, err error) {
	if len(r.command) == 0 {
		return 2, errors.New("name a command to run")
	}
	var started []*process
	var errs []error
	var g *guard
	if r.at == "" && r.deploy {
		if g, err = startGuard(ctx); err != nil {
			return 1, err
		}
	}
	if r.at == "" {
		started, errs = startAll(ctx, all(g.address()))
	}
	defer func() {
		for _, p := range started {
			p.stop()
		}
	}()
	env, at := os.Environ(), r.endpoint
	var found []string
	for _, p := range started {
		found = append(found, p.name+"="+p.url)
		if p.name == ministack {
			at = p.url
		}
	}
	env = append(env, endpoints+"="+strings.Join(found, ","))
	if r.deploy && at != "" {
		if err := g.guards(at); err != nil {
			return 1, err
		}
		d, failed := deploy(ctx, cmp.Or(r.at, "emulator"), at)
		if d != nil {
			defer func() {
				if left := d.remove(context.WithoutCancel(ctx)); left != nil {
					code, err = max(code, 1), errors.Join(err, left)
				}
			}()
		}
		if failed != nil {
			errs = append(errs, fmt.Errorf("the deployed stack left out: %w", failed))
		} else {
			env = append(env, d.target(g.address())...)
		}
	}
	for _, err := range errs {
		fmt.Fprintf(os.Stderr, "emulators: %v\n", err)
	}
	if len(errs) > 0 && (r.need || r.at != "") {
		return 1, errors.New("nothing may be left out here")
	}
	code, err = execute(ctx, r.command, env)
	if g != nil && at != "" {
		if refused := g.verdict(); refused != nil {
			return max(code, 1), errors.Join(err, refused)
		}
	}
	return code, err
}

func execute(ctx context.Context, command, env []string) (code int, err error) {
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Stdin, c.Stdout, c.Stderr, c.Env = os.Stdin, os.Stdout, os.Stderr, env
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = patience
	err = c.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, fmt.Errorf("run the command: %w", err)
	}
	return 0, nil
}

// startAll fetches and starts emulators side by side. Those that cannot be had
// are errors, each one line.
func startAll(ctx context.Context, list []emulator) (started []*process, errs []error) {
	got := make([]*process, len(list))
	said := make([]error, len(list))
	var wg sync.WaitGroup
	for i, e := range list {
		wg.Go(func() {
			if got[i], said[i] = e.start(ctx); said[i] != nil {
				said[i] = fmt.Errorf("%s left out: %w", e.title, said[i])
			}
		})
	}
	wg.Wait()
	for i := range list {
		if said[i] != nil {
			errs = append(errs, said[i])
		} else {
			started = append(started, got[i])
		}
	}
	return started, errs
}
