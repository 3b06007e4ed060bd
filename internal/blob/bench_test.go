package blob_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/slipway-dev/slipway/internal/blob"
)

func BenchmarkPutContent(b *testing.B) {
	blobs, err := blob.OpenDir(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	data := bytes.Repeat([]byte("x"), 20<<10)
	b.Run("new", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			if _, err := blobs.PutContent(b.Context(), "bundle", append(data, fmt.Sprint(b.N, i)...)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("stored", func(b *testing.B) {
		for b.Loop() {
			if _, err := blobs.PutContent(b.Context(), "bundle", data); err != nil {
				b.Fatal(err)
			}
		}
	})
	if err := blobs.Close(); err != nil {
		b.Fatal(err)
	}
}
