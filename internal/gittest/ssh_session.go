package gittest

import (
	"context"
	"errors"
	"io"
	"net"
	"os/exec"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/ssh"
)

// Break is where an answer breaks off: after so many bytes of the references,
// or of what follows a request for a pack.
type Break struct {
	InPack bool
	After  int
	Hang   bool // stay silent from there; otherwise the connection is dropped
}

// Program is what runs in place of Git. It returns the exit status.
type Program func(ctx context.Context, in io.Reader, out, errs io.Writer) int

// serve speaks with one client until either leaves.
func (s *SSHServer) serve(ctx context.Context, conn net.Conn) {
	if s.silent {
		_, _ = io.Copy(io.Discard, conn)
		return
	}
	link, channels, requests, err := ssh.NewServerConn(conn, s.config)
	if err != nil {
		return
	}
	ctx, cancel := context.WithCancel(ctx)
	s.running.Go(func() {
		defer cancel()
		_ = link.Wait()
	})
	s.running.Go(func() { ssh.DiscardRequests(requests) })
	for offered := range channels {
		channel, requests, err := offered.Accept()
		if err != nil {
			continue
		}
		s.running.Go(func() { s.session(ctx, link, channel, requests) })
	}
	_ = link.Close()
}

// session runs the first command of a session.
func (s *SSHServer) session(ctx context.Context, link io.Closer, channel ssh.Channel, requests <-chan *ssh.Request) {
	defer func() { _ = channel.Close() }()
	for request := range requests {
		var command struct{ Line string }
		known := request.Type == "exec" && ssh.Unmarshal(request.Payload, &command) == nil
		_ = request.Reply(known, nil)
		if !known {
			continue
		}
		s.mutex.Lock()
		s.commands = append(s.commands, command.Line)
		s.mutex.Unlock()
		s.running.Go(func() { ssh.DiscardRequests(requests) })
		status := s.run(ctx, link, channel, command.Line)
		_, _ = channel.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{status}))
		return
	}
}

func (s *SSHServer) run(ctx context.Context, link io.Closer, channel ssh.Channel, line string) uint32 {
	out := &breaker{ctx: ctx, link: link, to: channel, at: s.broken}
	in := &noticed{from: channel, asked: &out.asked}
	program := s.program
	if program == nil {
		program = s.git(line)
	}
	return uint32(program(ctx, in, out, channel.Stderr()))
}

// git is the real program, with no configuration but ours.
func (s *SSHServer) git(line string) Program {
	return func(ctx context.Context, in io.Reader, out, errs io.Writer) int {
		path, ok := strings.CutPrefix(line, "git-upload-pack '")
		if !ok {
			return 127
		}
		path = strings.TrimSuffix(path, "'")
		if path == "/repo.git" || path == "repo.git" || path == "~/repo.git" {
			path = s.repo.Dir
		}
		command := exec.CommandContext(ctx, "git", "upload-pack", path)
		command.Env = isolated(s.home)
		command.Stdout, command.Stderr = out, errs
		stdin, err := command.StdinPipe()
		if err != nil {
			return 126
		}
		s.running.Go(func() {
			_, _ = io.Copy(stdin, in)
			_ = stdin.Close()
		})
		err = command.Run()
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			return max(exit.ExitCode(), 1)
		}
		return 0
	}
}

// noticed notes that the client has asked for something.
type noticed struct {
	from  io.Reader
	asked *atomic.Bool
}

func (n *noticed) Read(p []byte) (int, error) {
	size, err := n.from.Read(p)
	if size > 0 {
		n.asked.Store(true)
	}
	return size, err
}

// breaker is an answer that breaks off, if it says where.
type breaker struct {
	ctx   context.Context
	link  io.Closer
	to    io.Writer
	at    *Break
	asked atomic.Bool
	sent  int
}

// Write sends what comes before the break.
func (b *breaker) Write(p []byte) (int, error) {
	if b.at == nil || b.at.InPack != b.asked.Load() {
		return b.to.Write(p)
	}
	part := p[:min(len(p), b.at.After-b.sent)]
	n, err := b.to.Write(part)
	if b.sent += n; err != nil || len(part) == len(p) {
		return n, err
	}
	if b.at.Hang {
		<-b.ctx.Done()
		return n, b.ctx.Err()
	}
	_ = b.link.Close()
	return n, net.ErrClosed
}
