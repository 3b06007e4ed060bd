package asl_test

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/slipway-dev/slipway/internal/asl"
	"github.com/slipway-dev/slipway/internal/fault"
)

// FuzzLoad holds that any bytes are refused as they should be, or give a
// machine that ends, one way or the other.
func FuzzLoad(f *testing.F) {
	archive, err := txtar.ParseFile(filepath.Join("testdata", "refused.txtar"))
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(file.Data)
	}
	f.Add(good(f))
	f.Add([]byte(mapOf(`, "ItemsPath": "$.a", "Retry": [{"ErrorEquals": ["States.ALL"]}]`)))
	f.Fuzz(func(t *testing.T, definition []byte) {
		m, err := asl.Load(definition, functions())
		if err != nil {
			if m != nil || !fault.Is(err, fault.Invalid) || fault.CodeOf(err) != asl.CodeBadDefinition || fault.Of(err).Hint == "" {
				t.Fatalf("refused as %v", err)
			}
			return
		}
		if !json.Valid(definition) {
			t.Fatal("taken, and no JSON")
		}
		for _, s := range m.States() {
			if d, err := m.Longest(s.Name, 3); err != nil || d < s.Timeout {
				t.Fatalf("%s takes %v: %v", s.Name, d, err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		out, err := m.Run(ctx, newWorld(nil, nil).Run, json.RawMessage(`{"a": [1, {"b": null}]}`))
		_, failed := errors.AsType[*asl.ExecutionError](err)
		if err == nil != json.Valid(out) || err != nil && !failed && !fault.Is(err, fault.Internal) {
			t.Fatalf("ended with %s, %v", out, err)
		}
	})
}
