package server

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestSleepingReaderIsLeft: a reader that takes nothing more keeps no handler,
// however long its answer is.
func TestSleepingReaderIsLeft(t *testing.T) {
	failed := make(chan error, 1)
	s := httptest.NewServer(patient(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for part := strings.Repeat("x", 1<<20); ; {
			if _, err := fmt.Fprint(w, part); err != nil {
				failed <- err
				return
			}
		}
	}), 100*time.Millisecond))
	defer s.Close()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-failed // nobody reads
}

// TestSlowHandlerIsNotCut: a handler that works for longer than a reader may
// sleep answers, and so does the next on the same connection, with a body or
// without.
func TestSlowHandlerIsNotCut(t *testing.T) {
	const wait = 50 * time.Millisecond
	s := httptest.NewServer(patient(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(3 * wait)
		if r.URL.Path == "/none" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		_, _ = fmt.Fprint(w, "done")
	}), wait))
	defer s.Close()
	c, err := net.Dial("tcp", s.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	answers := bufio.NewReader(c)
	for _, path := range []string{"/", "/none", "/none", "/"} {
		time.Sleep(3 * wait)
		if _, err := fmt.Fprintf(c, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatalf("%s on a connection that was used before: %v", path, err)
		}
		body := make([]byte, 4)
		if n, _ := resp.Body.Read(body); path == "/" && string(body[:n]) != "done" {
			t.Errorf("%s: %q", path, body[:n])
		}
		_ = resp.Body.Close()
	}
}
