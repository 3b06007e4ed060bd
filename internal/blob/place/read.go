package place

import (
	"context"
	"crypto/sha256"
	"encoding/hex"

	"github.com/slipway-dev/slipway/internal/control"
	"github.com/slipway-dev/slipway/internal/fault"
)

// Source is a place that gives whole blobs.
type Source interface {
	// Read gives the bytes under key; NotFound ("unknown-blob"), as Unknown makes
	// it, and only where it is certain that there are none.
	Read(ctx context.Context, key string) ([]byte, error)
}

// Reader reads blobs from a source.
type Reader struct{ from Source }

var _ control.BlobReader = Reader{}

// From gives a reader of a source.
func From(s Source) Reader { return Reader{s} }

// Content implements control.BlobReader.
func (r Reader) Content(ctx context.Context, kind, digest string) ([]byte, error) {
	key, err := Key(kind, digest)
	if err != nil {
		return nil, err
	}
	absent := Unknown(key)
	for _, copied := range Copies(key) {
		data, err := r.from.Read(ctx, copied)
		if fault.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if sum := sha256.Sum256(data); digest == DigestPrefix+hex.EncodeToString(sum[:]) {
			return data, nil
		}
		absent = absent.WithHint("its bytes are damaged; a new sync or check puts it again")
	}
	return nil, absent
}

// Get implements control.BlobReader.
func (r Reader) Get(ctx context.Context, name string) ([]byte, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	return r.from.Read(ctx, name)
}

// Unknown says that there is no blob.
func Unknown(key string) *fault.Fault {
	return fault.New(fault.NotFound, "unknown-blob", "there is no blob %s", key)
}
