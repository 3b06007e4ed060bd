package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// TestMain lets this test stand for an emulator: a server that ends when it is
// told to.
func TestMain(m *testing.M) {
	port := os.Getenv("EMULATORS_TEST_PORT")
	if port == "" {
		os.Exit(m.Run())
	}
	if port == "none" {
		fmt.Println("no such port")
		os.Exit(3)
	}
	go func() {
		fmt.Println(http.ListenAndServe("127.0.0.1:"+port, http.NotFoundHandler()))
		os.Exit(1)
	}()
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	<-told
	os.Exit(0)
}

// pretender is an emulator that needs nothing fetched.
func pretender(t *testing.T, port string) emulator {
	t.Helper()
	t.Chdir(t.TempDir())
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return emulator{
		name: "pretender", title: "Pretender", file: "pins", pins: []byte("1"),
		fetch: func(string) []string { return nil },
		serve: func(string, int) []string { return []string{self} },
		env: func(free int) []string {
			if port == "" {
				port = fmt.Sprint(free)
			}
			return []string{"EMULATORS_TEST_PORT=" + port}
		},
		ready: "/",
	}
}

func TestStartAndStop(t *testing.T) {
	started, errs := startAll(t.Context(), []emulator{pretender(t, "")})
	if len(errs) != 0 || len(started) != 1 {
		t.Fatalf("%d started, %v", len(started), errs)
	}
	p := started[0]
	res, err := http.Get(p.url)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	p.stop()
	if err := p.command.Process.Signal(syscall.Signal(0)); !errors.Is(err, os.ErrProcessDone) {
		t.Errorf("after stop the process gives %v", err)
	}
	p.stop() // twice is no harm
}

// TestLeftOut wants one line for what cannot be had, and the others started.
func TestLeftOut(t *testing.T) {
	good := pretender(t, "")
	bad, poor := pretender(t, "none"), good
	bad.name = "bad" // each has a folder of its own
	poor.tools = []string{"no-such-tool-anywhere"}
	started, errs := startAll(t.Context(), []emulator{bad, good, poor})
	for _, p := range started {
		p.stop()
	}
	if len(started) != 1 || len(errs) != 2 {
		t.Fatalf("%d started, %v", len(started), errs)
	}
	for i, want := range []error{errDied, errNoTool} {
		if !errors.Is(errs[i], want) || strings.Contains(errs[i].Error(), "\n") {
			t.Errorf("got %q, want %q in one line", errs[i], want)
		}
	}
}

func TestFetchedOnce(t *testing.T) {
	e := pretender(t, "")
	fetched := 0
	e.fetch = func(string) []string {
		fetched++
		return nil
	}
	for range 2 {
		if _, err := e.prepare(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	e.pins = []byte("2")
	if _, err := e.prepare(context.Background()); err != nil || fetched != 2 {
		t.Errorf("fetched %d times (%v), want once for each pin", fetched, err)
	}
	e.pins, e.fetch = []byte("3"), func(string) []string { return []string{"false"} }
	for range 2 {
		if _, err := e.prepare(context.Background()); err == nil {
			t.Error("what could not be fetched is taken for fetched")
		}
	}
}
