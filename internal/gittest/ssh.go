package gittest

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os/exec"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"
)

// SSHServer serves one repository over ssh, on 127.0.0.1, to one user and key.
type SSHServer struct {
	URL string // of the repository, without a user

	repo     *Repo
	home     string
	config   *ssh.ServerConfig
	hostKeys []Key
	user     string
	key      Key
	silent   bool
	broken   *Break
	program  Program
	listener net.Listener
	stop     context.CancelFunc
	running  sync.WaitGroup

	mutex    sync.Mutex
	conns    map[net.Conn]bool
	logins   []string
	commands []string
}

// SSHOption changes how a server serves.
type SSHOption func(*SSHServer)

// WithHostKeys gives the server these host keys; without it, it has one.
func WithHostKeys(keys ...Key) SSHOption { return func(s *SSHServer) { s.hostKeys = keys } }

// WithUser lets in a user by this name; without it, it is git.
func WithUser(name string) SSHOption { return func(s *SSHServer) { s.user = name } }

// WithSilence accepts connections and never says anything.
func WithSilence() SSHOption { return func(s *SSHServer) { s.silent = true } }

// WithBreak breaks the answers off.
func WithBreak(b Break) SSHOption { return func(s *SSHServer) { s.broken = &b } }

// WithProgram runs a program in place of Git.
func WithProgram(p Program) SSHOption { return func(s *SSHServer) { s.program = p } }

// ServeSSH serves a repository at /repo.git, and at repo.git of the user's home,
// to who has the key, until the test ends. It skips the test where git is not
// installed.
func ServeSSH(t testing.TB, repo *Repo, key Key, options ...SSHOption) *SSHServer {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("this test needs the git program")
	}
	s := &SSHServer{repo: repo, home: t.TempDir(), user: "git", key: key, conns: map[net.Conn]bool{}}
	for _, option := range options {
		option(s)
	}
	if len(s.hostKeys) == 0 {
		s.hostKeys = []Key{NewKey(t, "ed25519")}
	}
	s.config = &ssh.ServerConfig{PublicKeyCallback: s.letIn}
	for _, k := range s.hostKeys {
		s.config.AddHostKey(k.signer)
	}
	var ctx context.Context
	ctx, s.stop = context.WithCancel(context.Background()) // the test's own ends before its clean-up
	var err error
	if s.listener, err = (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0"); err != nil {
		s.stop()
		t.Fatalf("gittest: listen: %v", err)
	}
	s.URL = "ssh://" + s.Host() + "/repo.git"
	s.running.Go(func() { s.accept(ctx) })
	t.Cleanup(s.Close)
	return s
}

// Close ends the server and whatever it still answers.
func (s *SSHServer) Close() {
	s.stop()
	_ = s.listener.Close()
	s.mutex.Lock()
	for conn := range s.conns {
		_ = conn.Close()
	}
	s.mutex.Unlock()
	s.running.Wait()
}

// Host is the server's host and port, to which a credential can be bound.
func (s *SSHServer) Host() string { return s.listener.Addr().String() }

// KnownHosts are the lines that know all the server's host keys.
func (s *SSHServer) KnownHosts() string {
	lines := ""
	for _, k := range s.hostKeys {
		lines += k.Line(s.Host())
	}
	return lines
}

// Open is how many connections are open now.
func (s *SSHServer) Open() int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return len(s.conns)
}

// Logins are the users that tried to come in so far, once for each key they
// showed.
func (s *SSHServer) Logins() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]string(nil), s.logins...)
}

// Commands are the commands so far.
func (s *SSHServer) Commands() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]string(nil), s.commands...)
}

func (s *SSHServer) letIn(who ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	s.mutex.Lock()
	s.logins = append(s.logins, who.User())
	s.mutex.Unlock()
	if who.User() != s.user || !bytes.Equal(key.Marshal(), s.key.signer.PublicKey().Marshal()) {
		return nil, errors.New("who are you?")
	}
	return &ssh.Permissions{}, nil
}

func (s *SSHServer) accept(ctx context.Context) {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.mutex.Lock()
		s.conns[conn] = true
		s.mutex.Unlock()
		if ctx.Err() != nil {
			_ = conn.Close()
		}
		s.running.Go(func() {
			defer func() { _ = conn.Close() }()
			s.serve(ctx, conn)
			s.mutex.Lock()
			delete(s.conns, conn)
			s.mutex.Unlock()
		})
	}
}
