package main

import (
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
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code, err := run(ctx, *need, flag.Args())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "emulators:", err)
	}
	os.Exit(code)
}

// run gives the command's exit code.
func run(ctx context.Context, need bool, command []string) (code int, err error) {
	if len(command) == 0 {
		return 2, errors.New("name a command to run")
	}
	started, errs := startAll(ctx, all())
	defer func() {
		for _, p := range started {
			p.stop()
		}
	}()
	for _, err := range errs {
		fmt.Fprintf(os.Stderr, "emulators: %v\n", err)
	}
	if len(errs) > 0 && need {
		return 1, errors.New("every emulator is needed here")
	}
	var at []string
	for _, p := range started {
		at = append(at, p.name+"="+p.url)
	}
	c := exec.CommandContext(ctx, command[0], command[1:]...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	c.Env = append(os.Environ(), endpoints+"="+strings.Join(at, ","))
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
