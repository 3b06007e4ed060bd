package client_test

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/client"
	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// TestAddresses has the addresses and tokens that a client takes.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		address, token string
		insecure       bool
		code           string
	}{
		{"http://127.0.0.1:8080", token, false, ""},
		{"http://LocalHost:8080/", token, false, ""},
		{"http://[::1]:8080", token, false, ""},
		{"https://slipway.example.com/under/a/path/", token, false, ""},
		{"http://10.0.0.1", token, false, "insecure-server"},
		{"http://localhost.example.com", token, false, "insecure-server"},
		{"http://slipway.example.com", token, true, ""},
		{"slipway.example.com", token, false, "bad-server"},
		{"slipway.example.com:8080", token, false, "bad-server"},
		{"127.0.0.1:8080", token, false, "bad-server"},
		{"ftp://slipway.example.com", token, false, "bad-server"},
		{"https://", token, false, "bad-server"},
		{"https://ana:hunter2@slipway.example.com", token, false, "bad-server"},
		{"https://slipway.example.com?x=1", token, false, "bad-server"},
		{"https://slipway.example.com:port", token, false, "bad-server"},
		{"https://slipway.example.com", "", false, "no-token"},
		{"https://slipway.example.com", "slipway_a\nHost: b", false, "bad-token"},
		{"https://slipway.example.com", "slipway_ä", false, "bad-token"},
	} {
		_, err := client.New(client.Options{Address: c.address, Token: c.token, Insecure: c.insecure})
		if got := fault.CodeOf(err); got != c.code {
			t.Errorf("%s with token %q: %q, not %q", c.address, c.token, got, c.code)
		}
		if err != nil && strings.Contains(fmt.Sprint(err, fault.Of(err).Hint), "hunter2") {
			t.Errorf("%s: the password is shown: %v", c.address, err)
		}
	}
}

// TestProblems are answers of a server, and the faults that they are.
func TestProblems(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status  int
		problem string
		want    fault.Fault
	}{
		{
			409, `{"title":"Conflict","detail":"held by ana","code":"held","hint":"lift it","fixes":[["lift","{env}","greet"],["why","prod","greet"]]}`,
			fault.Fault{Kind: fault.Conflict, Code: "held", Detail: "held by ana", Hint: "lift it", Fixes: []fault.Fix{{"lift", fault.EnvArg, "greet"}, {"why", "prod", "greet"}}},
		},
		{404, `{"detail":"no","code":"unknown-sync"}`, fault.Fault{Kind: fault.NotFound, Code: "unknown-sync", Detail: "no"}},
		{412, `{"detail":"moved","code":"release-moved"}`, fault.Fault{Kind: fault.Conflict, Code: "release-moved", Detail: "moved"}},
		{
			422, `{"title":"Unprocessable Entity","code":"bad-request","errors":[{"location":"body.until","message":"is no time"}]}`,
			fault.Fault{Kind: fault.Invalid, Code: "bad-request", Detail: "unprocessable entity; body.until: is no time"},
		},
		{429, `{"detail":"later","code":"too-many-sign-ins"}`, fault.Fault{Kind: fault.Unavailable, Code: "too-many-sign-ins", Detail: "later"}},
		{403, `{"detail":"no","code":"forbidden","hint":"ask"}`, fault.Fault{Kind: fault.Invalid, Code: "forbidden", Detail: "no", Hint: "ask"}},
		{401, `{"detail":"no","code":"unauthenticated"}`, fault.Fault{
			Kind: fault.Invalid, Code: "unauthenticated", Detail: "no",
			Hint: "make a token on the server with slipway token create, and set SLIPWAY_TOKEN to it or name its file with --token-file",
		}},
		{500, `{"detail":"oh","code":"internal","requestId":"req_1"}`, fault.Fault{Kind: fault.Internal, Code: "internal", Detail: "oh", Hint: "the server's log says more of request req_1"}},
	} {
		s, cl := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(c.status)
			_, _ = fmt.Fprint(w, c.problem)
		})
		_, err := cl.Hold(context.Background(), "prod", "greet", control.Request{})
		got := *fault.Of(err)
		if d := cmp.Diff(c.want, fault.Fault{Kind: got.Kind, Code: got.Code, Detail: got.Detail, Hint: got.Hint, Fixes: got.Fixes}, cmp.AllowUnexported(fault.Fault{})); d != "" {
			t.Error(d)
		}
		if len(s.asked) != 1 {
			t.Errorf("%d was asked %d times", c.status, len(s.asked))
		}
	}
}

// TestNoSlipwayServer is everything else that may answer at an address.
func TestNoSlipwayServer(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("the redirect was followed, with %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	for _, c := range []struct {
		code    string
		handler http.HandlerFunc
	}{
		{"not-slipway", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "<html>hello") }},
		{"not-slipway", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such page", http.StatusNotFound) }},
		{"not-slipway", func(w http.ResponseWriter, _ *http.Request) {
			answer(w, http.StatusNotFound, map[string]string{"error": "no"})
		}},
		{"bad-answer", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, []int{1}) }},
		{"server-moved", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}},
		{"server-unavailable", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "<html>", http.StatusBadGateway) }},
		{"server-unreachable", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
	} {
		_, cl := serve(t, c.handler)
		_, err := cl.Environment(context.Background(), "prod")
		if got := fault.CodeOf(err); got != c.code {
			t.Errorf("%q, not %q: %v", got, c.code, err)
		}
		keepsToken(t, err)
	}
}

// keepsToken asserts that nothing of an error shows the token.
func keepsToken(t *testing.T, err error) {
	t.Helper()
	for e := err; e != nil; e = errors.Unwrap(e) {
		if text := fmt.Sprintf("%v %+v", e, e); strings.Contains(text, "thesecret") {
			t.Errorf("the token is shown: %s", text)
		}
	}
	if f := fault.Of(err); f != nil && strings.Contains(fmt.Sprint(f.Hint, f.Fixes), "thesecret") {
		t.Errorf("the token is shown: %v", f)
	}
}

// TestTLS is a server with a certificate of its own authority.
func TestTLS(t *testing.T) {
	t.Parallel()
	h := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, struct{}{}) }))
	h.Config.ErrorLog = log.New(io.Discard, "", 0)
	h.StartTLS()
	defer h.Close()
	authority := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: h.Certificate().Raw})
	plain, _ := serve(t, func(http.ResponseWriter, *http.Request) {})
	for _, c := range []struct {
		address string
		ca      []byte
		code    string
	}{
		{h.URL, nil, "server-certificate"},
		{h.URL, authority, ""},
		{strings.Replace(h.URL, "127.0.0.1", "localhost", 1), authority, "server-certificate"},
		{strings.Replace(plain.URL, "http://", "https://", 1), nil, "not-tls"},
		{"http://127.0.0.1:1", nil, "server-unreachable"},
	} {
		s := &server{}
		_, err := s.client(t, client.Options{Address: c.address, Authorities: c.ca}).Environments(context.Background())
		if got := fault.CodeOf(err); got != c.code {
			t.Errorf("%s: %q, not %q: %v", c.address, got, c.code, err)
		}
		keepsToken(t, err)
	}
	if _, err := client.New(client.Options{Address: h.URL, Token: token, Authorities: []byte("none")}); fault.CodeOf(err) != "bad-authorities" {
		t.Error(err)
	}
}

// TestTriedAgain is a write whose answer is lost: it goes again under its key.
func TestTriedAgain(t *testing.T) {
	t.Parallel()
	lost := func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }
	busy := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "3")
		answer(w, http.StatusConflict, map[string]string{"code": "idempotency-in-progress", "detail": "wait"})
	}
	full := func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusServiceUnavailable, map[string]string{"code": "store-busy", "detail": "busy"})
	}
	done := func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, control.Moved{Changed: true}) }
	for _, c := range []struct {
		name    string
		answers []http.HandlerFunc
		code    string
	}{
		{"lost and still at it", []http.HandlerFunc{lost, busy, busy, done}, ""},
		{"busy", []http.HandlerFunc{full, full, full, done}, ""},
		{"too busy", []http.HandlerFunc{full, full, full, full}, "store-busy"},
		{"long at it", []http.HandlerFunc{busy, busy, busy, busy, busy, busy, done}, ""},
	} {
		var s *server
		var cl *client.Client
		s, cl = serve(t, func(w http.ResponseWriter, r *http.Request) {
			s.mu.Lock()
			n := len(s.asked)
			s.mu.Unlock()
			c.answers[n-1](w, r)
		})
		m, err := cl.Hold(context.Background(), "prod", "greet", control.Request{})
		if fault.CodeOf(err) != c.code || m.Changed != (c.code == "") {
			t.Errorf("%s: %v", c.name, err)
		}
		if len(s.asked) != len(c.answers) || len(s.paused) != len(c.answers)-1 {
			t.Errorf("%s: asked %d times, waited %d times", c.name, len(s.asked), len(s.paused))
		}
		for _, a := range s.asked {
			if a.key == "" || a.key != s.asked[0].key {
				t.Errorf("%s: keys %q and %q", c.name, s.asked[0].key, a.key)
			}
		}
		if c.name == "long at it" && s.paused[0] != 3*time.Second {
			t.Errorf("waited %v where the server said 3 s", s.paused[0])
		}
	}
}

// TestInterruptedWrite says that it may have been done.
func TestInterruptedWrite(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	_, c := serve(t, func(http.ResponseWriter, *http.Request) { cancel() })
	_, err := c.Hold(ctx, "prod", "greet", control.Request{})
	if f := fault.Of(err); f.Code != client.CodeInterrupted || !strings.Contains(f.Hint, "may have done it") || errors.Is(err, context.Canceled) {
		t.Errorf("%v: %s", err, f.Hint)
	}
}
