package main

import (
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/slipway-dev/slipway/internal/lambdaevent"
)

// TestPage gives the function its sample, and other paths.
func TestPage(t *testing.T) {
	sample, err := os.ReadFile("event.json")
	if err != nil {
		t.Fatal(err)
	}
	f := lambdaevent.Function{HTTP: pages(), Log: slog.New(slog.DiscardHandler)}
	for path, want := range map[string]int{"/": 200, "/console": 200, "/other": 404} {
		data, err := f.Invoke(t.Context(), []byte(strings.ReplaceAll(string(sample), `"rawPath": "/"`, `"rawPath": "`+path+`"`)))
		if err != nil {
			t.Fatal(err)
		}
		var r struct {
			Status  int `json:"statusCode"`
			Headers map[string]string
			Body    string
		}
		if err := json.Unmarshal(data, &r); err != nil {
			t.Fatal(err)
		}
		if r.Status != want || want == 200 && (!strings.Contains(r.Body, "/v1/openapi.json") || !strings.HasPrefix(r.Headers["Content-Type"], "text/html")) {
			t.Errorf("%s: %+v", path, r)
		}
	}
}
