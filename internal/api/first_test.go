package api

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"

	"github.com/slipway-dev/slipway/internal/slipway"
)

// TestEachOperationAloneIsAsDescribed holds what each operation is served by, an
// API of its own, to the description: the same parameters, bodies and answers.
func TestEachOperationAloneIsAsDescribed(t *testing.T) {
	a, err := build(t.Context(), Options{Keys: noKey{}, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	a.mux.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/v1/openapi.json", nil))
	type document struct {
		Paths      map[string]map[string]any
		Components struct{ Schemas map[string]any }
	}
	var all document
	if err := json.Unmarshal(w.Body.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, tell := range a.described {
		alone := a.apiOf(tell).OpenAPI()
		if err := giveExamples(alone); err != nil {
			t.Fatal(err)
		}
		data, err := json.Marshal(alone)
		if err != nil {
			t.Fatal(err)
		}
		var one document
		if err := json.Unmarshal(data, &one); err != nil {
			t.Fatal(err)
		}
		for path, item := range one.Paths {
			for method, op := range item {
				seen++
				if d := cmp.Diff(all.Paths[path][method], op); d != "" {
					t.Errorf("%s %s is described otherwise (-described +alone):\n%s", method, path, d)
				}
			}
			for name, schema := range one.Components.Schemas {
				if d := cmp.Diff(all.Components.Schemas[name], schema); d != "" && !strings.HasPrefix(name, "Error") { // huma's own
					t.Errorf("%s: %s is described otherwise (-described +alone):\n%s", path, name, d)
				}
			}
		}
	}
	if seen != len(a.table) || seen < 30 {
		t.Errorf("%d operations of %d were compared", seen, len(a.table))
	}
}

// TestFirstRequestsAtOnce: what is made at the first request is made once, however
// many come first.
func TestFirstRequestsAtOnce(t *testing.T) {
	s := newServer(t, nil)
	paths := []string{"/v1/environments", prod, prod + "/workflows", prod + "/live", "/v1/openapi.json", "/v1/openapi.yaml"}
	const times = 4
	answers := make([]*httptest.ResponseRecorder, times*len(paths))
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, paths[i%len(paths)], nil)
			r.Header.Set("Authorization", "Bearer "+s.tokens[slipway.Viewer])
			answers[i] = httptest.NewRecorder()
			s.http.ServeHTTP(answers[i], r)
		})
	}
	all.Wait()
	for i, w := range answers {
		if first := answers[i%len(paths)]; w.Code != http.StatusOK || w.Body.String() != first.Body.String() {
			t.Errorf("%s gave %d %s", paths[i%len(paths)], w.Code, w.Body)
		}
	}
}

// BenchmarkBuild builds the API as list does, beside what waits for a first
// request: one operation's part, and the whole description.
func BenchmarkBuild(b *testing.B) {
	o := Options{Keys: noKey{}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Groups: Reads, DescribeAll: true}
	b.Run("mounted", func(b *testing.B) {
		for b.Loop() {
			if _, err := build(b.Context(), o); err != nil {
				b.Fatal(err)
			}
		}
	})
	a, err := build(b.Context(), o)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("an operation", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			a.apiOf(a.described[i%len(a.described)])
		}
	})
	b.Run("described", func(b *testing.B) {
		for b.Loop() {
			d := &description{api: a, huma: huma.NewAPI(a.config(), &served{})}
			if err := d.make(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
