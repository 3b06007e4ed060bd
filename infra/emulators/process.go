package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// patience is how long a process may take to end, before it is made to.
const patience = 10 * time.Second

// upTime is how long an emulator may take to answer.
const upTime = time.Minute

// process is an emulator that answers.
type process struct {
	name, url string
	command   *exec.Cmd
	ended     chan struct{}
}

// start fetches the emulator if need be, starts it on a free port of the
// loopback, and waits until it answers.
func (e emulator) start(ctx context.Context) (*process, error) {
	dir, err := e.prepare(ctx)
	if err != nil {
		return nil, err
	}
	port, err := freePort(ctx)
	if err != nil {
		return nil, err
	}
	log := filepath.Join(home, e.name+".log")
	out, err := os.Create(log)
	if err != nil {
		return nil, err
	}
	defer func() { _ = out.Close() }() // the process has its own
	args := e.serve(dir, port)
	c := exec.Command(args[0], args[1:]...) //nolint:noctx // it outlives the context, until stop
	c.Stdout, c.Stderr, c.Env = out, out, append(os.Environ(), e.env(port)...)
	if err := c.Start(); err != nil {
		return nil, err
	}
	p := &process{name: e.name, url: local(port), command: c, ended: make(chan struct{})}
	go func() {
		_ = c.Wait() // how it ends is in its log
		close(p.ended)
	}()
	if err := p.waitUp(ctx, e.ready); err != nil {
		p.stop()
		return nil, fmt.Errorf("%w; see %s", err, log)
	}
	return p, nil
}

var (
	errDied  = errors.New("it ended at once")
	errNotUp = errors.New("it does not answer")
)

// waitUp asks until there is an answer, whatever it says.
func (p *process) waitUp(ctx context.Context, path string) error {
	ctx, cancel := context.WithTimeout(ctx, upTime)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+path, http.NoBody)
		if err != nil {
			return err
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			return res.Body.Close()
		}
		select {
		case <-p.ended:
			return errDied
		case <-ctx.Done():
			return errNotUp
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stop ends the process and waits for its end.
func (p *process) stop() {
	_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = p.command.Process.Kill()
		<-p.ended
	}
}

// freePort gives a port that nobody listens on now.
func freePort(ctx context.Context) (int, error) {
	var c net.ListenConfig
	l, err := c.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	return port, l.Close()
}
