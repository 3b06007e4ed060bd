package lambdaevent_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

// most is what Lambda takes of an answer.
const most = 6 << 20

// answered gives a request of a method to a handler that answers with a body, and
// the answer as it goes to Lambda.
func answered(t *testing.T, method string, status int, body []byte) (data []byte, log string) {
	t.Helper()
	var lines strings.Builder
	f := lambdaevent.Function{
		Log: slog.New(slog.NewTextHandler(&lines, nil)),
		HTTP: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Slipway-Request-Id", "req_1")
			w.Header().Set("X-Content-Type-Options", "nosniff")
			w.Header().Set("Content-Type", "text/plain")
			w.Header().Set("ETag", `"e-1"`)
			w.WriteHeader(status)
			_, _ = w.Write(body)
		}),
	}
	payload := bytes.Replace(event(t, "get.json"), []byte(`"method": "GET"`), []byte(`"method": "`+method+`"`), 1)
	data, err := f.Invoke(t.Context(), payload)
	if err != nil {
		t.Fatal(err)
	}
	return data, lines.String()
}

// TestAnswersAtTheLimit gives answers that just fit and answers that just do not.
func TestAnswersAtTheLimit(t *testing.T) {
	for name, c := range map[string]struct {
		part string
		as   int // bytes that a part is encoded to
	}{
		"text":   {"a", 1},
		"base64": {"\xff\xff\xff", 4},
	} {
		t.Run(name, func(t *testing.T) {
			one, _ := answered(t, http.MethodGet, http.StatusOK, []byte(c.part))
			parts := (most - (len(one) - c.as)) / c.as
			data, log := answered(t, http.MethodGet, http.StatusOK, bytes.Repeat([]byte(c.part), parts))
			if r := replyOf(t, data); r.Status != http.StatusOK || len(data) > most || len(data)+c.as <= most || r.Headers["Etag"] == "" || log != "" {
				t.Errorf("%d parts give %d in %d bytes: %s", parts, r.Status, len(data), log)
			}
			data, log = answered(t, http.MethodGet, http.StatusOK, bytes.Repeat([]byte(c.part), parts+1))
			if r := replyOf(t, data); r.Status != http.StatusBadRequest || len(data) > most || !strings.Contains(log, "answer too large") {
				t.Errorf("%d parts give %d in %d bytes: %s", parts+1, r.Status, len(data), log)
			}
		})
	}
}

// TestEscapedText: a text has as much room as bytes have, however much of it JSON
// escapes.
func TestEscapedText(t *testing.T) {
	for size, want := range map[int]int{1 << 10: 200, 2 << 20: 200, 5 << 20: 400} {
		body := bytes.Repeat([]byte("<"), size)
		data, _ := answered(t, http.MethodGet, http.StatusOK, body)
		r := replyOf(t, data)
		got := []byte(r.Body)
		if r.Base64 {
			got, _ = base64.StdEncoding.DecodeString(r.Body) // what is no base64 is not equal
		}
		if r.Status != want || (want == 200) != bytes.Equal(got, body) || r.Base64 != (size == 2<<20) {
			t.Errorf("%d signs give %d with %d bytes, base64 %v", size, r.Status, len(got), r.Base64)
		}
	}
}

// TestTooLarge: whoever reads is told to ask for less, whoever wrote is not told
// that nothing happened.
func TestTooLarge(t *testing.T) {
	type told struct {
		Type, Title, Code, RequestID string
		Status                       int
	}
	large := bytes.Repeat([]byte{'a'}, most)
	for name, c := range map[string]struct {
		method         string
		status, answer int
		hint           string
	}{
		"a read":                  {http.MethodGet, 200, 400, "smaller limit"},
		"a write":                 {http.MethodPost, 201, 500, "may be done"},
		"a read that was refused": {http.MethodGet, 404, 500, "may be done"},
	} {
		t.Run(name, func(t *testing.T) {
			data, _ := answered(t, c.method, c.status, large)
			r := replyOf(t, data)
			headers := map[string]string{
				"Content-Type": "application/problem+json", "Slipway-Request-Id": "req_1", "X-Content-Type-Options": "nosniff",
			}
			if d := cmp.Diff(reply{Status: c.answer, Headers: headers, Body: r.Body}, r); d != "" {
				t.Error(d)
			}
			var p struct {
				told
				Detail, Hint string
			}
			if err := json.Unmarshal([]byte(r.Body), &p); err != nil {
				t.Fatal(err)
			}
			want := told{"about:blank", http.StatusText(c.answer), "answer-too-large", "req_1", c.answer}
			if d := cmp.Diff(want, p.told); d != "" || !strings.Contains(p.Detail, "6 MiB") || !strings.Contains(p.Hint, c.hint) {
				t.Errorf("%s\n%s", d, r.Body)
			}
		})
	}
	head, log := answered(t, http.MethodHead, http.StatusOK, large)
	if r := replyOf(t, head); r.Status != http.StatusOK || r.Body != "" || log != "" {
		t.Errorf("HEAD, which has no body, gives %d %s", r.Status, log)
	}
}
