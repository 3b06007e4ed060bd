package gitremote

import (
	"net"
	"strings"
	"sync"
	"sync/atomic"
)

const (
	maxGreeting = 256 << 10 // what a host may send before it has let anybody in
	maxNotes    = 1 << 20   // what it may say beside its answer
	keptNotes   = 4 << 10
)

// sshConn is a connection that tells its watch when the host sends something.
type sshConn struct {
	net.Conn
	watch  *watch
	in     atomic.Bool // nobody counts any more: we are let in
	greets int64       // read by one goroutine, the handshake's
}

// Read bounds what comes before the host lets anybody in.
func (c *sshConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.watch.heard()
	}
	if c.in.Load() {
		return n, err
	}
	if c.greets += int64(n); c.greets > maxGreeting {
		return 0, notGit(errTooMuch)
	}
	return n, err
}

// notes is what a host says beside its answer. The beginning is kept, to see
// what it means; it is never repeated.
type notes struct {
	watch *watch
	mutex sync.Mutex
	text  strings.Builder
	size  int64
}

// Write is called by another goroutine.
func (s *notes) Write(p []byte) (int, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.size += int64(len(p)); s.size > maxNotes {
		s.watch.tooMuch.Store(true)
		s.watch.cancel()
		return 0, errTooMuch
	}
	s.text.Write(p[:min(len(p), keptNotes-s.text.Len())])
	return len(p), nil
}

func (s *notes) said() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.text.String()
}
