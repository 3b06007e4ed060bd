package lambdaevent_test

import (
	"bytes"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

// reply is an answer as API Gateway reads it.
type reply struct {
	Status  int               `json:"statusCode"`
	Headers map[string]string `json:"headers"`
	Cookies []string          `json:"cookies"`
	Body    string            `json:"body"`
	Base64  bool              `json:"isBase64Encoded"`
}

func event(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func invoke(t *testing.T, payload []byte, h http.HandlerFunc) reply {
	t.Helper()
	f := lambdaevent.Function{HTTP: h, Log: slog.New(slog.DiscardHandler)}
	data, err := f.Invoke(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	return replyOf(t, data)
}

func replyOf(t *testing.T, data []byte) (r reply) {
	t.Helper()
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// seen is what a handler sees of a request.
type seen struct {
	Method, URI, Path, Host, From, Body string
	Length                              int64
	Query                               map[string][]string
	Header                              http.Header
}

func see(t *testing.T, payload []byte) (s seen) {
	t.Helper()
	invoke(t, payload, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		s = seen{
			r.Method, r.RequestURI, r.URL.EscapedPath(), r.Host, r.RemoteAddr, string(body), r.ContentLength, r.URL.Query(), r.Header,
		}
	})
	return s
}

func TestRequest(t *testing.T) {
	want := seen{
		Method: "GET", URI: "/v1/environments/prod/live/user%3Apost%2Fauth%20x?release=3&note=a%2Bb&note=%C3%BC",
		Path: "/v1/environments/prod/live/user%3Apost%2Fauth%20x", Host: "abc123.execute-api.eu-west-1.amazonaws.com", From: "203.0.113.9:0",
		Query: map[string][]string{"release": {"3"}, "note": {"a+b", "ü"}},
		Header: http.Header{
			"Accept": {"application/json, text/plain"}, "Authorization": {"Bearer slipway_x_y"}, "Content-Length": {"0"}, "Cookie": {"a=1; b=2"},
			"If-None-Match": {`"env-1", "env-2"`}, "User-Agent": {"curl/8.5.0"}, "X-Amzn-Trace-Id": {"Root=1-67891233-abcdef012345678912345678"},
			"X-Forwarded-For": {"10.1.1.1, 203.0.113.9"}, "X-Forwarded-Port": {"443"}, "X-Forwarded-Proto": {"https"},
		},
	}
	if d := cmp.Diff(want, see(t, event(t, "get.json"))); d != "" {
		t.Error(d)
	}
	want = seen{
		Method: "POST", URI: "/v1/environments/prod/syncs", Path: "/v1/environments/prod/syncs", Host: "slipway.example.com", From: "[2001:db8::7]:0",
		Body: "\x00\xff\xfe{}\n", Length: 6, Query: map[string][]string{},
		Header: http.Header{"Content-Length": {"6"}, "Content-Type": {"application/octet-stream"}},
	}
	if d := cmp.Diff(want, see(t, event(t, "post-base64.json"))); d != "" {
		t.Error(d)
	}
}

// TestPaths gives paths as API Gateway may, escaped or not.
func TestPaths(t *testing.T) {
	for raw, want := range map[string]string{
		"": "/", "/": "/", "/a%2Fb": "/a%2Fb", "/a b": "/a%20b", "/ü": "/%C3%BC", "/50%": "/50%25", "/a:b": "/a:b", "//a/../b": "//a/../b",
	} {
		payload := bytes.ReplaceAll(event(t, "get.json"), []byte("/v1/environments/prod/live/user%3Apost%2Fauth%20x"), []byte(raw))
		if got := see(t, payload).Path; got != want {
			t.Errorf("%q is %q, want %q", raw, got, want)
		}
	}
}

func TestStageStaysInOtherPaths(t *testing.T) {
	for raw, want := range map[string]string{"/live-stage": "/", "/live-stage/x": "/x", "/live-stages/x": "/live-stages/x", "/x": "/x"} {
		payload := bytes.ReplaceAll(event(t, "post-base64.json"), []byte("/live-stage/v1/environments/prod/syncs"), []byte(raw))
		if got := see(t, payload).Path; got != want {
			t.Errorf("%q is %q, want %q", raw, got, want)
		}
	}
}

func TestAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		want   reply
	}{
		"text": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				w.Header().Set("Content-Length", "9")
				w.Header().Add("Vary", "Accept")
				w.Header().Add("Vary", "Origin")
				w.WriteHeader(http.StatusCreated)
				w.Header().Set("Too", "late")
				w.WriteHeader(http.StatusAccepted)
				_, _ = io.WriteString(w, `{"a":`)
				_, _ = io.WriteString(w, `"ü"}`)
			},
			reply{Status: 201, Headers: map[string]string{"Content-Type": "application/json", "Vary": "Accept, Origin"}, Body: `{"a":"ü"}`},
		},
		"binary": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/octet-stream")
				_, _ = w.Write([]byte{0, 255, 1})
			},
			reply{Status: 200, Headers: map[string]string{"Content-Type": "application/octet-stream"}, Body: "AP8B", Base64: true},
		},
		"compressed": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "text/plain")
				w.Header().Set("Content-Encoding", "x")
				_, _ = io.WriteString(w, "abc")
			},
			reply{Status: 200, Headers: map[string]string{"Content-Type": "text/plain", "Content-Encoding": "x"}, Body: "YWJj", Base64: true},
		},
		"not modified": {
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Etag", `"e-1"`)
				w.WriteHeader(http.StatusNotModified)
				_, _ = io.WriteString(w, "no body")
			},
			reply{Status: 304, Headers: map[string]string{"Etag": `"e-1"`}},
		},
		"cookies": {
			func(w http.ResponseWriter, _ *http.Request) {
				http.SetCookie(w, &http.Cookie{Name: "a", Value: "1"})
				http.SetCookie(w, &http.Cookie{Name: "b", Value: "2"})
				w.WriteHeader(http.StatusEarlyHints)
				w.WriteHeader(http.StatusNoContent)
			},
			reply{Status: 204, Headers: map[string]string{}, Cookies: []string{"a=1", "b=2"}},
		},
		"nothing": {func(http.ResponseWriter, *http.Request) {}, reply{Status: 200, Headers: map[string]string{}}},
		"unnamed": {
			func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>") },
			reply{Status: 200, Headers: map[string]string{"Content-Type": "text/html; charset=utf-8"}, Body: "<html>"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			if d := cmp.Diff(c.want, invoke(t, event(t, "get.json"), c.answer)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestBadBody(t *testing.T) {
	payload := bytes.ReplaceAll(event(t, "post-base64.json"), []byte("AP/+e30K"), []byte("%%%"))
	r := invoke(t, payload, func(http.ResponseWriter, *http.Request) { t.Error("the handler was called") })
	if r.Status != 400 || !strings.Contains(r.Body, "whole") {
		t.Errorf("%+v", r)
	}
}
