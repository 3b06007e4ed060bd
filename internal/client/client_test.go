package client_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/slipway-dev/slipway/internal/client"
	"github.com/slipway-dev/slipway/internal/control"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "slipway_01j_thesecret"

// asked is a request as a server saw it.
type asked struct {
	line string // method, path and query
	body string
	key  string
	auth string
	seen string
	saw  string
}

// server answers what its handler does and remembers what it was asked.
type server struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []asked
	paused []time.Duration
	lines  []string
}

func serve(t *testing.T, h http.HandlerFunc) (*server, *client.Client) {
	t.Helper()
	s := &server{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.asked = append(s.asked, asked{
			r.Method + " " + r.URL.RequestURI(), string(body), r.Header.Get("Idempotency-Key"), r.Header.Get("Authorization"), r.Header.Get("If-None-Match"),
			r.Header.Get("If-Match"),
		})
		s.mu.Unlock()
		h(w, r)
	}))
	t.Cleanup(s.Close)
	c := s.client(t, client.Options{Address: s.URL})
	return s, c
}

// client is one that notes its pauses in place of waiting.
func (s *server) client(t *testing.T, o client.Options) *client.Client {
	t.Helper()
	o.Token, o.UserAgent = token, "slipway/test"
	o.Pause = func(ctx context.Context, d time.Duration) error {
		s.paused = append(s.paused, d)
		return ctx.Err()
	}
	o.Progress = func(p control.Progress) {
		line := p.Step + " " + p.Text
		if p.Of > 0 {
			line = p.Step + " " + strings.Repeat("|", p.Done)
		}
		s.lines = append(s.lines, line)
	}
	c, err := client.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	if status >= 400 {
		w.Header().Set("Content-Type", "application/problem+json")
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}
